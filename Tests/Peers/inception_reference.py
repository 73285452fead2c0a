#!/usr/bin/env python3
"""InceptionV1 with its auxiliary heads under the names of TensorFlow and captum.optim, and torchvision's GoogLeNet, with random weights
and what PyTorch makes of them: what the tests of Networks compare with.

    inception_reference.py                               writes the committed narrow networks into Tests/NetworksTests/Reference
    inception_reference.py --check                       computes them again and compares with the committed files
    inception_reference.py --live DIR [--seed N] [--full]  writes files of the same form with other numbers into DIR, at full width

GoogLeNet is torchvision's own code, made narrow through its own argument `blocks`. InceptionV1 is the transcription of TensorFlow's graph
in networks_reference.py.
"""
import argparse
import importlib
import pathlib
import sys
import types

import numpy
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file

from networks_reference import COMMITTED, FULL, Inception, channels_last, check_committed, narrow

# Beside a torch without CUDA these two modules of torchvision do not load; its networks do without them.
for absent in ("torchvision._meta_registrations", "torchvision._autograd_registrations"):
    sys.modules.setdefault(absent, types.ModuleType(absent))
tv = importlib.import_module("torchvision.models.googlenet")  # the package has a function of this name

SEED = 20141409


# ---------------------------------------------------------------- InceptionV1 with auxiliary heads

HEADS = [(0, "mixed4a"), (1, "mixed4d")]
CAPTUM = {"conv2d0": "conv1", "conv2d1": "conv2", "conv2d2": "conv3", "softmax2": "fc"} | {
    name: f"aux{number + 1}.{part}" for number in (0, 1)
    for name, part in [(f"head{number}_bottleneck", "conv"), (f"nn{number}", "fc1"), (f"softmax{number}", "fc2")]}
CAPTUM_BRANCHES = {"1x1": "conv_1x1", "3x3_bottleneck": "conv_3x3_reduce", "3x3": "conv_3x3", "5x5_bottleneck": "conv_5x5_reduce",
                   "5x5": "conv_5x5", "pool_reduce": "pool_proj"}


def captum(layer):
    if layer in CAPTUM:
        return CAPTUM[layer]
    block, branch = layer.split("_", 1)
    return f"{block}.{CAPTUM_BRANCHES[branch]}"


class WithHeads(Inception):
    """`heads` holds the weights of TensorFlow's graph: HWIO, and a dense layer that reads rows of positions."""

    def __init__(self, *arguments, bottleneck, hidden):
        super().__init__(*arguments)
        random, classes = arguments[-1], arguments[-2]
        channels = {name: one + three + five + pool for name, _, (one, _, three, _, five, pool) in self.blocks}
        self.heads = {}
        for number, block in HEADS:
            for name, shape in [(f"head{number}_bottleneck", (1, 1, channels[block], bottleneck)),
                                (f"nn{number}", (16 * bottleneck, hidden)), (f"softmax{number}", (hidden, classes))]:
                fan_in = numpy.prod(shape[:-1])
                self.heads[name + "_w"] = torch.randn(*shape, generator=random) * (2 / fan_in) ** 0.5
                self.heads[name + "_b"] = torch.randn(shape[-1], generator=random) * 0.5

    def run(self, images):
        nodes = super().run(images)
        for number, block in HEADS:
            x = nodes[f"head{number}_pool"] = F.avg_pool2d(nodes[block], 5, 3)
            x = F.relu(F.conv2d(x, self.heads[f"head{number}_bottleneck_w"].permute(3, 2, 0, 1), self.heads[f"head{number}_bottleneck_b"]))
            nodes[f"head{number}_bottleneck"] = x
            x = x.permute(0, 2, 3, 1).flatten(1)
            x = nodes[f"nn{number}"] = F.relu(x @ self.heads[f"nn{number}_w"] + self.heads[f"nn{number}_b"])
            x = nodes[f"softmax{number}_pre_activation"] = x @ self.heads[f"softmax{number}_w"] + self.heads[f"softmax{number}_b"]
            nodes[f"softmax{number}"] = F.softmax(x, 1)
        return nodes

    def tensorflow_file(self):
        result = dict(self.heads)
        for key, value in self.weights.items():
            name = key.replace("_pre_relu_conv", "").replace("_pre_activation_matmul", "")
            if name.endswith(".bias"):
                result[name.removesuffix(".bias") + "_b"] = value
            else:
                result[name.removesuffix(".weight") + "_w"] = value.permute(2, 3, 1, 0) if value.dim() == 4 else value.T
        # A graph has other constants too.
        result["mixed3a/concat_dim"] = torch.tensor([1.0])
        return {name: value.contiguous().numpy() for name, value in result.items()}

    def captum_file(self):
        result = {}
        for key, value in self.tensorflow_file().items():
            if "/" in key:
                continue
            name, value = key[:-2], torch.from_numpy(value)
            if value.dim() == 4:
                value = value.permute(3, 2, 0, 1)
            elif value.dim() == 2 and name.startswith("nn"):
                # PyTorch flattens channel by channel.
                value = value.reshape(4, 4, -1, value.shape[1]).permute(2, 0, 1, 3).flatten(0, 2).T
            elif value.dim() == 2:
                value = value.T
            result[captum(name) + (".weight" if key.endswith("_w") else ".bias")] = value.contiguous().numpy()
        return result


def inception(random, divisor):
    widths = FULL if divisor == 1 else narrow(FULL, divisor)
    stem = tuple(max(1, width // divisor) for width in (64, 64, 192))
    model = WithHeads(stem, True, widths, 7 if divisor > 1 else 1008, random, bottleneck=128 // divisor, hidden=1024 // divisor)
    images = torch.rand(1, 3, 28, 28, generator=random)
    values = {"images": channels_last(images)}
    nodes = model.run(F.interpolate(images, scale_factor=8))
    parts = ("head{}_pool", "head{}_bottleneck", "nn{}", "softmax{}_pre_activation", "softmax{}")
    for name in ["mixed5b", "softmax2_pre_activation"] + [part.format(number) for number in (0, 1) for part in parts]:
        values["activation/" + name] = channels_last(nodes[name])
    return model, values


# ---------------------------------------------------------------- GoogLeNet

def googlenet(random, divisor):
    small = lambda width: width if width == 3 else max(1, width // divisor)
    classes = 7 if divisor > 1 else 1000

    def auxiliary(inputs, classes, dropout):
        head = tv.InceptionAux(small(inputs), classes, dropout=dropout)
        if divisor > 1:
            head.conv = tv.BasicConv2d(small(inputs), small(128), kernel_size=1)
            head.fc1 = torch.nn.Linear(16 * small(128), small(1024))
            head.fc2 = torch.nn.Linear(small(1024), classes)
        return head

    model = tv.GoogLeNet(
        num_classes=classes, aux_logits=True, transform_input=True, init_weights=False,
        blocks=[lambda inputs, outputs, **options: tv.BasicConv2d(small(inputs), small(outputs), **options),
                lambda *widths: tv.Inception(*map(small, widths)), auxiliary])
    model.fc = torch.nn.Linear(small(1024), classes)
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.weight.copy_(torch.rand(module.weight.shape, generator=random) + 0.5)
                module.running_var.copy_(torch.rand(module.weight.shape, generator=random) * 1.5 + 0.5)
                module.bias.copy_(torch.randn(module.weight.shape, generator=random) * 0.3)
                module.running_mean.copy_(torch.randn(module.weight.shape, generator=random) * 0.5)
            elif isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
                fan_in = module.weight[0].numel()
                module.weight.copy_(torch.randn(module.weight.shape, generator=random) * (2 / fan_in) ** 0.5)
                if module.bias is not None:
                    module.bias.copy_(torch.randn(module.bias.shape, generator=random) * 0.5)
    model.eval()
    nodes = {}
    for name, module in model.named_modules():
        module.register_forward_hook(lambda module, inputs, output, name=name: nodes.update({name: output}))
    mean, deviation = (torch.tensor(v).view(1, 3, 1, 1) for v in ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]))
    values = {}

    # An odd size: poolings in ceil mode have a last window that reaches over the end.
    images = torch.rand(2, 3, 61, 74, generator=random)
    values["images"] = channels_last(images)
    model((images - mean) / deviation)
    blocks = [name for name in nodes if name.startswith("inception") and "." not in name]
    for name in ["conv2", "maxpool2", "maxpool3", "maxpool4", "inception3a.branch3.1", "inception4a.branch4.0", *blocks]:
        values["activation/" + name] = channels_last(nodes[name])

    images = torch.rand(1, 3, 28, 28, generator=random).requires_grad_()
    values["head/images"] = channels_last(images)
    output = model((F.interpolate(images, scale_factor=8) - mean) / deviation)
    values["head/gradient"] = channels_last(torch.autograd.grad(output[0, 1], images, retain_graph=True)[0])
    values["head/activation/fc"] = channels_last(output)
    values["head/activation/softmax"] = channels_last(F.softmax(output, 1))
    for name, block in [("aux1", "inception4a"), ("aux2", "inception4d")]:
        getattr(model, name)(nodes[block])  # torchvision itself looks at them in training only
        for part in ("conv", "fc2"):
            values[f"head/activation/{name}.{part}"] = channels_last(nodes[f"{name}.{part}"])
    weights = {name: value.detach().float().numpy() for name, value in model.state_dict().items()}
    return weights, values


def files(seed, full=False):
    random = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    model, values = inception(random, 1 if full else 32)
    weights, googlenet_values = googlenet(random, 1 if full else 16)
    return {
        "inceptionv1-tensorflow.weights.safetensors": model.tensorflow_file(),
        "inceptionv1-captum.weights.safetensors": model.captum_file(),
        "inceptionv1-heads.values.safetensors": values,
        "googlenet.weights.safetensors": weights,
        "googlenet.values.safetensors": googlenet_values,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--live", type=pathlib.Path)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    if arguments.check:
        return check_committed(files(SEED))
    folder = arguments.live or COMMITTED
    folder.mkdir(parents=True, exist_ok=True)
    for name, tensors in files(arguments.seed if arguments.live else SEED, arguments.full).items():
        save_file(tensors, folder / name)


if __name__ == "__main__":
    main()
