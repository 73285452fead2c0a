#!/usr/bin/env python3
"""The networks of torchvision and timm with random weights, and what their own code makes of them: what the tests of the zoo compare with.

    zoo_reference.py               writes Tests/NetworksTests/Reference/zoo.json: narrow networks
    zoo_reference.py --check       computes everything again and compares with the committed file
    zoo_reference.py --live DIR    writes networks of full width, <name>.weights.safetensors and <name>.values.safetensors, into DIR; then
                                   HOOKE_ZOO_REFERENCE=DIR swift test --filter ZooReferenceTests

The narrow networks are the libraries' own, every weight cut to its first 32nd on both axes. Their weights and images come from the formula of
sweep_reference.py, so that the file holds only names, shapes, and some numbers about the activations.
"""
import importlib
import json
import pathlib
import sys
import types

import numpy
import torch
from torch import nn

from committed_networks import arguments, compare, write_live
from sweep_reference import numbers, projected

# Beside a torch without CUDA these two modules of torchvision do not load; its networks do without them.
for absent in ("torchvision._meta_registrations", "torchvision._autograd_registrations"):
    sys.modules.setdefault(absent, types.ModuleType(absent))
models = importlib.import_module("torchvision.models")
timm = importlib.import_module("timm")

COMMITTED = pathlib.Path(__file__).resolve().parent.parent / "NetworksTests" / "Reference" / "zoo.json"
DIVISOR, CLASSES = 32, 7
IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
HALF = ([0.5] * 3, [0.5] * 3)


def inception_v3(classes):
    # With transform_input, as the published weights have it; its own normalization comes before.
    return models.inception_v3(num_classes=classes, aux_logits=True, transform_input=True, init_weights=False)


# Builder, size of images, their normalization, and the logits.
NETWORKS = {
    "alexnet": (lambda classes: models.alexnet(num_classes=classes), 224, IMAGENET, "fc8"),
    "vgg19": (lambda classes: models.vgg19(num_classes=classes, init_weights=False), 224, IMAGENET, "fc8"),
    "inceptionv3": (inception_v3, 299, IMAGENET, "fc"),
    "resnetv2_50": (lambda classes: timm.create_model("resnetv2_50", num_classes=classes), 224, HALF, "head.fc"),
}


def cut(model, classes):
    """Every layer's weights cut to the first part of their outputs and inputs; the classifier keeps its outputs, the images theirs."""
    narrow = lambda n: n if n in (3, classes) else n // DIVISOR
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            out, into = module.weight.shape[:2]
            module.weight = nn.Parameter(module.weight.data[:narrow(out), :narrow(into)].clone())
            if module.bias is not None:
                module.bias = nn.Parameter(module.bias.data[:narrow(out)].clone())
        elif isinstance(module, nn.BatchNorm2d):
            for name in ("weight", "bias"):
                setattr(module, name, nn.Parameter(getattr(module, name).data[:narrow(module.num_features)].clone()))
            for name in ("running_mean", "running_var"):
                setattr(module, name, getattr(module, name)[:narrow(module.num_features)].clone())
    return model


def forms(model):
    """Scale and offset of each tensor's random numbers, which lie between -1 and 1."""
    result = {}
    for name, value in model.state_dict().items():
        leaf, parent = name.rsplit(".", 1)[1], dict(model.named_modules())[name.rsplit(".", 1)[0]]
        if leaf == "num_batches_tracked":
            result[name] = (0, 100)
        elif isinstance(parent, nn.BatchNorm2d):
            result[name] = {"weight": (0.3, 1), "bias": (0.2, 0), "running_mean": (0.3, 0), "running_var": (0.5, 1)}[leaf]
        else:
            result[name] = (round(float(numpy.sqrt(6 / numpy.prod(parent.weight.shape[1:]))), 6) if leaf == "weight" else 0.1, 0)
    return result


def fill(model):
    for seed, (name, (scale, offset)) in enumerate(forms(model).items()):
        value = model.state_dict()[name]
        value.copy_((numbers(seed, *value.shape) * scale + offset) if value.dim() else torch.tensor(offset))


def observed(name, model):
    """The modules whose outputs are nodes of Hooke's graph, by node."""
    modules, result = dict(model.named_modules()), {}
    if name in ("alexnet", "vgg19"):
        convolutions = {"alexnet": ["conv1", "conv2", "conv3", "conv4", "conv5"],
                        "vgg19": [f"conv{group + 1}_{i + 1}" for group, count in enumerate((2, 2, 4, 4, 4)) for i in range(count)]}[name]
        pools = ["pool1", "pool2", "pool5" if name == "alexnet" else "pool3", "pool4", "pool5"]
        for module, names in ((model.features, (convolutions, pools)), (model.classifier, (["fc6", "fc7", "fc8"], []))):
            weighted, pooled, last = iter(names[0]), iter(names[1]), None
            for layer in module:
                if isinstance(layer, (nn.Conv2d, nn.Linear)):
                    last = next(weighted)
                    result[last if last == "fc8" else last + "_pre_relu"] = layer
                elif isinstance(layer, nn.ReLU):
                    result[last] = layer
                elif isinstance(layer, nn.MaxPool2d):
                    result[next(pooled)] = layer
        return result | {"avgpool": model.avgpool}
    for path, module in modules.items():
        if type(module).__name__ == "BasicConv2d":
            result[path] = module
            result[path + "_pre_relu"] = module.bn
        elif type(module).__name__.startswith("Inception") and path.startswith("Mixed"):
            result[path] = module
        elif type(module).__name__ == "BatchNormAct2d" or type(module).__name__ == "PreActBottleneck":
            result[path] = module
        elif path.endswith((".conv3", "downsample.conv", "stem.conv", "stem.pool", "maxpool1", "maxpool2", "head.fc", "AuxLogits.fc")) or path == "fc":
            result[path] = module
    return result


def run(name, model, images, normalization, gradient=None):
    """Outputs by node, and the gradient of one logit to the images."""
    values = {}

    def keep(node):
        def hook(_, __, output):
            # What comes next may work in place.
            values[node] = (output.flatten(1) if node == "head.fc" else output).clone()
        return hook

    hooks = [module.register_forward_hook(keep(node)) for node, module in observed(name, model).items()]
    mean, deviation = (torch.tensor(v, dtype=images.dtype).view(1, 3, 1, 1) for v in normalization)
    images = images.clone().requires_grad_()
    model((images - mean) / deviation)
    if gradient and name == "inceptionv3":  # the auxiliary head runs in training only, and reads images of this size
        model.AuxLogits(values["Mixed_6e"])
    for hook in hooks:
        hook.remove()
    if gradient:
        (gradient,) = torch.autograd.grad(values[gradient][:, 1].sum(), images)
    return {node: value.detach() for node, value in values.items()}, gradient


def committed():
    result = []
    for name, (build, size, normalization, logits) in NETWORKS.items():
        model = cut(build(CLASSES), CLASSES).double().eval()
        fill(model)
        tensors = [[key, list(value.shape), *forms(model)[key]] for key, value in model.state_dict().items()]
        case = dict(name=name, size=size, tensors=tensors)
        images = (numbers(901, 1, size, size, 3) / 2 + 0.5).permute(0, 3, 1, 2)
        values, gradient = run(name, model, images, normalization, logits)
        case["activations"] = {node: projected(value, 20) for node, value in values.items()}
        case |= dict(logits=logits, gradient=projected(gradient, 30))
        # Layers with positions take images of other sizes.
        height, width = (size * 3 // 5 + 3, size * 7 // 10 + 4)
        values, _ = run(name, model, (numbers(902, 2, height, width, 3) / 2 + 0.5).permute(0, 3, 1, 2), normalization)
        last = {"alexnet": "pool5", "vgg19": "pool5", "inceptionv3": "Mixed_7c", "resnetv2_50": "norm"}[name]
        case["oblong"] = dict(height=height, width=width, layer=last, values=projected(values[last], 20))
        result.append(case)
    return result


def live(folder):
    for name, (build, size, normalization, logits) in NETWORKS.items():
        model = build(1000).eval()
        fill(model)
        images = torch.rand(1, 3, size, size, generator=torch.Generator().manual_seed(11))
        values, gradient = run(name, model, images, normalization, logits)
        write_live(folder, name, model.state_dict(), images, values, gradient, logits)


def main():
    asked = arguments(__doc__)
    if asked.live:
        return live(asked.live)
    found = committed()
    if not asked.check:
        COMMITTED.write_text("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in found) + "\n]\n")
        return print(f"{len(found)} networks, {COMMITTED.stat().st_size // 1024} kB")
    for one, other in zip(json.loads(COMMITTED.read_text()), found, strict=True):
        compare(one, other)
    print(f"the {len(found)} committed networks are torchvision's and timm's")


if __name__ == "__main__":
    main()
