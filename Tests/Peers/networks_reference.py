#!/usr/bin/env python3
"""Values computed by PyTorch that the tests of Networks compare with.

    networks_reference.py                        writes the committed files into Tests/NetworksTests/Reference
    networks_reference.py --check                computes them again and compares with the committed files
    networks_reference.py --live DIR [--seed N]  writes files of the same form with other numbers into DIR; then
                                                 HOOKE_REFERENCE=DIR swift test --filter Networks

Nothing here shares code with Hooke: convolutions, poolings, normalization and gradients are PyTorch's own.
"""
import argparse
import pathlib
import sys

import numpy
import torch
import torch.nn.functional as F
from safetensors.numpy import load_file, save_file

HERE = pathlib.Path(__file__).resolve().parent
COMMITTED = HERE.parent / "NetworksTests" / "Reference"
SEED = 20200310


# ---------------------------------------------------------------- TensorFlow's operations, in PyTorch

def same_padding(size, kernel, stride):
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def pad(x, kernel, stride, value=0.0):
    top, bottom = same_padding(x.shape[2], kernel, stride)
    left, right = same_padding(x.shape[3], kernel, stride)
    return F.pad(x, (left, right, top, bottom), value=value)


def convolution(x, weight, bias, stride=1):
    return F.conv2d(pad(x, weight.shape[2], stride), weight, bias, stride)


def max_pool(x, size, stride):
    return F.max_pool2d(pad(x, size, stride, -float("inf")), size, stride)


def average_pool(x, size, stride):
    share = F.avg_pool2d(pad(torch.ones_like(x), size, stride), size, stride)
    return F.avg_pool2d(pad(x, size, stride), size, stride) / share


def normalization(x, radius=5, bias=2.0, alpha=1e-4, beta=0.5):
    window = 2 * radius + 1
    return F.local_response_norm(x, window, alpha * window, beta, bias)


class RedirectedReLU(torch.autograd.Function):
    """Lucid's rule, in its own (descent) signs, per batch element."""

    @staticmethod
    def forward(context, x):
        context.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(context, gradient):
        (x,) = context.saved_tensors
        standard = torch.where(x < 0, 0, gradient)
        redirected = torch.where((x < 0) & (gradient > 0), 0, gradient)
        alive = standard.flatten(1).norm(dim=1) > 0
        return torch.where(alive.view(-1, *[1] * (x.dim() - 1)), standard, redirected)


class GuidedReLU:
    """Guided backpropagation as captum does it: what a ReLU hands back is clamped from below. Signs of an objective that is raised."""

    def __call__(self, x):
        own = x.view_as(x)
        own.register_hook(lambda gradient: gradient.clamp(min=0))
        return F.relu(own)


def with_gradient_of(straight, layer):
    """The layer, with the derivative of another."""
    return lambda x, *arguments: straight(x, *arguments) + (layer(x, *arguments) - straight(x, *arguments)).detach()


# ---------------------------------------------------------------- single layers

def channels_last(x):
    x = x.detach()
    return (x.permute(0, 2, 3, 1) if x.dim() == 4 else x).contiguous().numpy().astype(numpy.float32)


def layers(random):
    values = {}

    def case(name, layer, shape, scale=1.0, parameters={}):
        x = (torch.randn(*shape, generator=random) * scale).requires_grad_()
        y = layer(x)
        g = torch.randn(y.shape, generator=random)
        (dx,) = torch.autograd.grad(y, x, g)
        for key, value in dict(input=x, output=y, gradient=g, inputGradient=dx).items():
            values[f"{name}/{key}"] = channels_last(value)
        for key, value in parameters.items():
            values[f"{name}/{key}"] = value

    for size, stride, height, width in [
        (7, 2, 17, 12), (3, 1, 9, 8), (3, 2, 11, 12), (5, 1, 6, 5), (1, 1, 4, 5), (1, 2, 5, 6), (2, 1, 5, 4), (2, 3, 8, 7), (7, 1, 3, 2)
    ]:
        weight = torch.randn(6, 5, size, size, generator=random)
        bias = torch.randn(6, generator=random)
        parameters = dict(weight=weight.permute(2, 3, 1, 0).contiguous().numpy(), bias=bias.numpy())
        case(f"convolution-{size}-{stride}-{height}x{width}", lambda x: convolution(x, weight, bias, stride), (2, 5, height, width),
             parameters=parameters)
    for size, stride, height, width in [(3, 2, 9, 8), (3, 2, 8, 11), (3, 1, 5, 6), (2, 2, 7, 6), (5, 3, 4, 3)]:
        case(f"maxpool-{size}-{stride}-{height}x{width}", lambda x: max_pool(x, size, stride), (2, 5, height, width))
        case(f"avgpool-{size}-{stride}-{height}x{width}", lambda x: average_pool(x, size, stride), (2, 5, height, width))
    # On a coarse grid of values most windows have ties: the first of the largest gets the gradient.
    case("maxpool-ties", lambda x: max_pool(x, 3, 2), (2, 5, 9, 8))
    x = (torch.randint(0, 3, (2, 5, 9, 8), generator=random).float()).requires_grad_()
    g = torch.randn(2, 5, 5, 4, generator=random)
    y = max_pool(x, 3, 2)
    values |= {"maxpool-ties/input": channels_last(x), "maxpool-ties/output": channels_last(y), "maxpool-ties/gradient": channels_last(g),
               "maxpool-ties/inputGradient": channels_last(torch.autograd.grad(y, x, g)[0])}
    for channels in (3, 7, 11, 24, 64):
        case(f"lrn-{channels}", normalization, (2, channels, 3, 4), scale=100.0)
    case("lrn-other", lambda x: normalization(x, 2, 1.0, 1e-2, 0.75), (2, 9, 3, 4), scale=10.0)
    case("relu", F.relu, (2, 5, 3, 4))
    case("globalavgpool", lambda x: x.mean((2, 3)), (2, 5, 3, 4))
    matrix, bias = torch.randn(4, 7, generator=random), torch.randn(4, generator=random)
    case("dense", lambda x: F.linear(x, matrix, bias), (3, 7), parameters=dict(weight=matrix.T.contiguous().numpy(), bias=bias.numpy()))
    case("softmax", lambda x: F.softmax(x, 1), (3, 7), scale=3.0)
    return values


# ---------------------------------------------------------------- whole networks

class Inception:
    """An InceptionV1-like network; every value by name in `nodes`."""

    def __init__(self, stem, pool0, blocks, classes, random):
        self.pool0, self.blocks, self.weights = pool0, blocks, {}

        def weighted(key, *shape):
            fan_in = numpy.prod(shape[1:])
            self.weights[key + ".weight"] = torch.randn(*shape, generator=random) * (2 / fan_in) ** 0.5
            self.weights[key + ".bias"] = torch.randn(shape[0], generator=random) * 0.5

        convolution = lambda name, size, inputs, outputs: weighted(name + "_pre_relu_conv", outputs, inputs, size, size)
        convolution("conv2d0", 7, 3, stem[0])
        self.weights["conv2d0_pre_relu_conv.weight"] *= 0.1  # pixels reach -117...138
        convolution("conv2d1", 1, stem[0], stem[1])
        convolution("conv2d2", 3, stem[1], stem[2])
        channels = stem[2]
        for name, _, (one, three_in, three, five_in, five, pool) in blocks:
            convolution(name + "_1x1", 1, channels, one)
            convolution(name + "_3x3_bottleneck", 1, channels, three_in)
            convolution(name + "_3x3", 3, three_in, three)
            convolution(name + "_5x5_bottleneck", 1, channels, five_in)
            convolution(name + "_5x5", 5, five_in, five)
            convolution(name + "_pool_reduce", 1, channels, pool)
            channels = one + three + five + pool
        weighted("softmax2_pre_activation_matmul", classes, channels)

    def run(self, images, relu=F.relu, max_pool=max_pool, normalization=normalization, begin=None, head=True):
        """All values. `begin` names a node that becomes a leaf, for gradients to it."""
        nodes = {}

        def put(name, value):
            nodes[name] = value.detach().requires_grad_() if name == begin else value
            return nodes[name]

        def unit(name, x, stride=1):
            key = name + "_pre_relu_conv"
            return put(name, relu(put(name + "_pre_relu", convolution(
                x, self.weights[key + ".weight"], self.weights[key + ".bias"], stride))))

        put("input", images)
        x = unit("conv2d0", images * 255 - 117, 2)
        if self.pool0:
            x = put("maxpool0", max_pool(x, 3, 2))
        x = put("localresponsenorm0", normalization(x))
        x = unit("conv2d2", unit("conv2d1", x))
        x = put("localresponsenorm1", normalization(x))
        for name, pool, _ in self.blocks:
            if pool:
                x = put(pool, max_pool(x, 3, 2))
            branches = [
                ("_1x1", lambda: unit(name + "_1x1", x)),
                ("_3x3", lambda: unit(name + "_3x3", unit(name + "_3x3_bottleneck", x))),
                ("_5x5", lambda: unit(name + "_5x5", unit(name + "_5x5_bottleneck", x))),
                ("_pool_reduce", lambda: unit(name + "_pool_reduce", put(name + "_pool", max_pool(x, 3, 1)))),
            ]
            outputs = [branch() for _, branch in branches]
            put(name + "_pre_relu", torch.cat([nodes[name + suffix + "_pre_relu"] for suffix, _ in branches], 1))
            x = put(name, torch.cat(outputs, 1))
        if head:
            x = put("avgpool0", x.mean((2, 3)))
            key = "softmax2_pre_activation_matmul"
            x = put("softmax2_pre_activation", F.linear(x, self.weights[key + ".weight"], self.weights[key + ".bias"]))
            put("softmax2", F.softmax(x, 1))
        return nodes


def network(model, size, random):
    """Forward values at all nodes, and gradients."""
    values = {}
    canonical = ["conv2d0", "conv2d1", "conv2d2"] + [name for name, _, _ in model.blocks]
    last = model.blocks[-1][0]

    # Eight pixels of the image for each stored one keep the files small.
    images = torch.rand(1, 3, size // 8, size // 8, generator=random).requires_grad_()
    values["head/images"] = channels_last(images)
    nodes = model.run(F.interpolate(images, scale_factor=8))
    values["head/gradient"] = channels_last(torch.autograd.grad(nodes["softmax2"][0, 1].log(), images)[0])
    for name, value in nodes.items():
        if name in ("avgpool0", "softmax2_pre_activation", "softmax2", last):
            values["head/activation/" + name] = channels_last(value)

    # A batch of an odd size that is not square. Image 0 has gradients at inactive units only, image 1 anywhere.
    images = torch.rand(2, 3, 37, 46, generator=random)
    values["images"] = channels_last(images)
    nodes = model.run(images, head=False)
    for name, value in nodes.items():
        if name in canonical or name in (last + "_pre_relu", last + "_3x3") or (
                name + "_pre_relu" not in nodes and name != "input" and name[:-9] not in canonical[3:]):
            values["activation/" + name] = channels_last(value)
    seeds = {}
    for name in [canonical[4], canonical[5], canonical[3] + "_5x5_bottleneck", last + "_pre_relu", "conv2d2", "maxpool4"]:
        seed = torch.randn(nodes[name].shape, generator=random)
        if name.endswith("_pre_relu") or name == "maxpool4":
            seed[0] = 0
        else:
            seed[0] = torch.where(nodes[name][0] <= 0, seed[0], 0)
        seeds[name] = seed
        values["seed/" + name] = channels_last(seed)
    for rule, relu in dict(standard=F.relu, redirected=RedirectedReLU.apply).items():
        for target in ("input", "conv2d2", canonical[3]):
            leaf = images.clone().requires_grad_()
            nodes = model.run(leaf, relu=relu, begin=None if target == "input" else target, head=False)
            depends = [name for name in seeds if target == "input" or list(nodes).index(name) > list(nodes).index(target)]
            loss = -sum((nodes[name] * seeds[name]).sum() for name in depends)
            (gradient,) = torch.autograd.grad(loss, nodes[target])
            values[f"gradient/{rule}/{target}"] = channels_last(-gradient)

    # Expanded weights: the same network made linear, one channel in the box that the layer's channels see together.
    for source, name, channel in [("mixed3a", "mixed3b", 5), ("conv2d1", "mixed3a", 2), ("maxpool1", "mixed3b", 3), ("mixed3a", "mixed4a", 1)]:
        nodes = model.run(torch.rand(1, 3, 2 * size, 2 * size, generator=random), relu=lambda x: x, max_pool=average_pool,
                          normalization=lambda x: x * 2 ** -0.5, begin=source, head=False)
        centre = nodes[name][0, :, nodes[name].shape[2] // 2, nodes[name].shape[3] // 2]
        (reached,) = torch.autograd.grad(centre.sum(), nodes[source], retain_graph=True)
        (gradient,) = torch.autograd.grad(centre[channel], nodes[source])
        rows, columns = (reached[0] != 0).any(0).nonzero().T
        box = gradient[0, :, rows.min():rows.max() + 1, columns.min():columns.max() + 1]
        values[f"expanded/{source}/{name}/{channel}"] = box.permute(1, 2, 0).contiguous().numpy()
    return values


def backward_rules(model, values):
    """Gradients to the images under other rules, from the seeds of `network`."""
    rules = dict(
        guided=dict(relu=GuidedReLU()),
        linearReLU=dict(relu=with_gradient_of(lambda x: x, F.relu)),
        averageMaxPool=dict(max_pool=with_gradient_of(average_pool, max_pool)),
        linearized=dict(relu=with_gradient_of(lambda x: x, F.relu), max_pool=with_gradient_of(average_pool, max_pool),
                        normalization=with_gradient_of(lambda x: x * 2 ** -0.5, normalization)),
    )
    for rule, layers in rules.items():
        leaf = torch.tensor(values["images"]).permute(0, 3, 1, 2).requires_grad_()
        nodes = model.run(leaf, head=False, **layers)
        value = 0
        for name, seed in values.items():
            if name.startswith("seed/"):
                value = value + (nodes[name[5:]] * torch.tensor(seed).permute(0, 3, 1, 2)).sum()
        yield rule, channels_last(torch.autograd.grad(value, leaf)[0])


def narrow(blocks, divisor):
    return [(name, pool, tuple(max(1, w // divisor) for w in widths)) for name, pool, widths in blocks]


MINI = [
    ("mixed3a", "maxpool1", (16, 24, 32, 8, 8, 8)), ("mixed3b", None, (32, 32, 48, 12, 24, 16)),
    ("mixed4a", "maxpool4", (32, 32, 56, 12, 16, 16)), ("mixed4b", None, (32, 32, 64, 12, 16, 16)),
    ("mixed4c", None, (32, 32, 64, 16, 16, 16)), ("mixed5a", "maxpool10", (64, 48, 80, 16, 32, 32)),
]
FULL = [
    ("mixed3a", "maxpool1", (64, 96, 128, 16, 32, 32)), ("mixed3b", None, (128, 128, 192, 32, 96, 64)),
    ("mixed4a", "maxpool4", (192, 96, 204, 16, 48, 64)), ("mixed4b", None, (160, 112, 224, 24, 64, 64)),
    ("mixed4c", None, (128, 128, 256, 24, 64, 64)), ("mixed4d", None, (112, 144, 288, 32, 64, 64)),
    ("mixed4e", None, (256, 160, 320, 32, 128, 128)), ("mixed5a", "maxpool10", (256, 160, 320, 48, 128, 128)),
    ("mixed5b", None, (384, 192, 384, 48, 128, 128)),
]


def files(seed):
    random = torch.Generator().manual_seed(seed)
    result = {"layers.safetensors": layers(random)}
    for name, model, size in [
        ("mini-inception-4", Inception((6, 6, 12), False, narrow(MINI, 4), 5, random), 64),
        ("inceptionv1-32", Inception((2, 2, 6), True, narrow(FULL, 32), 7, random), 224),
    ]:
        result[name + ".weights.safetensors"] = {key: value.numpy() for key, value in model.weights.items()}
        result[name + ".values.safetensors"] = values = network(model, size, random)
        result[name + ".rules.safetensors"] = dict(backward_rules(model, values))
    return result


def check_committed(made):
    """Ends the script with a message when the committed files are not what it makes now."""
    worst = 0.0
    for name, tensors in made.items():
        committed = load_file(COMMITTED / name)
        if committed.keys() != tensors.keys():
            sys.exit(f"{name} has other tensors than this script makes")
        for key, value in tensors.items():
            error = abs(value - committed[key]).max() / max(abs(value).max(), 1e-30)
            worst = max(worst, error)
            if error > 1e-4:
                sys.exit(f"{name}: {key} differs by {error}")
    print(f"the committed values are PyTorch's; largest relative difference {worst:.1e}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--live", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    if arguments.check:
        return check_committed(files(SEED))
    folder = arguments.live or COMMITTED
    folder.mkdir(parents=True, exist_ok=True)
    for name, tensors in files(arguments.seed if arguments.live else SEED).items():
        save_file(tensors, folder / name)


if __name__ == "__main__":
    main()
