#!/usr/bin/env python3
"""Caffe's AlexNet in PyTorch, with random weights: what the tests of the zoo compare with.

    alexnet_reference.py               writes Tests/NetworksTests/Reference/alexnet-caffe.json: a narrow network
    alexnet_reference.py --check       computes everything again and compares with the committed file
    alexnet_reference.py --live DIR    writes the network of full width, alexnet-caffe.weights.safetensors and .values.safetensors, into DIR; then
                                       HOOKE_ZOO_REFERENCE=DIR swift test --filter ZooReferenceTests

The network is a transcription of Caffe's models/bvlc_alexnet/deploy.prototxt: two groups in conv2, conv4 and conv5, normalization over five
channels after the ReLU, poolings that round up, images in BGR. The file has the form of zoo_reference.py's, whose formula for weights and
images it shares.
"""
import json
import pathlib

import numpy
import torch
import torch.nn.functional as F

from committed_networks import arguments, compare, write_live
from sweep_reference import numbers, projected

COMMITTED = pathlib.Path(__file__).resolve().parent.parent / "NetworksTests" / "Reference" / "alexnet-caffe.json"
NAME, SIZE, MEANS = "alexnet-caffe", 227, [123.68, 116.779, 103.939]
#: Name, kernel, stride, padding, groups.
CONVOLUTIONS = [("conv1", 11, 4, 0, 1), ("conv2", 5, 1, 2, 2), ("conv3", 3, 1, 1, 1), ("conv4", 3, 1, 1, 2), ("conv5", 3, 1, 1, 2)]


def shapes(divisor, hidden, classes):
    widths, inputs, result = [width // divisor for width in (96, 256, 384, 384, 256)], 3, {}
    for (name, kernel, _, _, groups), outputs in zip(CONVOLUTIONS, widths):
        result |= {name + ".weight": (outputs, inputs // groups, kernel, kernel), name + ".bias": (outputs,)}
        inputs = outputs
    inputs *= 36
    for name, outputs in [("fc6", hidden), ("fc7", hidden), ("fc8", classes)]:
        result |= {name + ".weight": (outputs, inputs), name + ".bias": (outputs,)}
        inputs = outputs
    return result


def form(name, shape):
    """Scale and offset of a tensor's numbers, which lie between -1 and 1. Activations are of the order of a hundred, as the images are, so
    that the normalizations matter."""
    return round(float(numpy.sqrt(6 / numpy.prod(shape[1:]))) if name.endswith(".weight") else 10.0, 6), 0


def weights(shapes, dtype):
    return {name: (numbers(seed, *shape) * form(name, shape)[0]).to(dtype) for seed, (name, shape) in enumerate(shapes.items())}


def run(weights, images, gradient=None):
    """Activations by node of Hooke's graph, and the gradient of one logit to the images."""
    values = {}

    def keep(name, value):
        values[name] = value
        return value

    images = images.clone().requires_grad_()
    x = (images * 255 - torch.tensor(MEANS, dtype=images.dtype).view(1, 3, 1, 1)).flip(1)
    for name, _, stride, padding, groups in CONVOLUTIONS:
        x = keep(name + "_pre_relu", F.conv2d(x, weights[name + ".weight"], weights[name + ".bias"], stride, padding, groups=groups))
        x = keep(name, F.relu(x))
        if name in ("conv1", "conv2"):
            x = keep("norm" + name[-1], F.local_response_norm(x, 5, alpha=1e-4, beta=0.75, k=1))
        if name in ("conv1", "conv2", "conv5"):
            x = keep("pool" + name[-1], F.max_pool2d(x, 3, 2, ceil_mode=True))
    if images.shape[2:] == (SIZE, SIZE):
        x = x.flatten(1)
        for name in ("fc6", "fc7"):
            x = keep(name, F.relu(keep(name + "_pre_relu", F.linear(x, weights[name + ".weight"], weights[name + ".bias"]))))
        keep("fc8", F.linear(x, weights["fc8.weight"], weights["fc8.bias"]))
    if gradient:
        (gradient,) = torch.autograd.grad(values[gradient][:, 1].sum(), images)
    return {node: value.detach() for node, value in values.items()}, gradient


def committed():
    sizes = shapes(16, 32, 7)
    parameters = weights(sizes, torch.float64)
    images = (numbers(901, 1, SIZE, SIZE, 3) / 2 + 0.5).permute(0, 3, 1, 2)
    values, gradient = run(parameters, images, "fc8")
    height, width = (SIZE * 3 // 5 + 3, SIZE * 7 // 10 + 4)
    oblong, _ = run(parameters, (numbers(902, 2, height, width, 3) / 2 + 0.5).permute(0, 3, 1, 2))
    return dict(
        name=NAME, size=SIZE, tensors=[[name, list(shape), *form(name, shape)] for name, shape in sizes.items()],
        activations={node: projected(value, 20) for node, value in values.items()}, logits="fc8", gradient=projected(gradient, 30),
        oblong=dict(height=height, width=width, layer="pool5", values=projected(oblong["pool5"], 20)))


def live(folder):
    parameters = weights(shapes(1, 4096, 1000), torch.float32)
    images = torch.rand(1, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(11))
    values, gradient = run(parameters, images, "fc8")
    write_live(folder, NAME, parameters, images, values, gradient, "fc8")


def main():
    asked = arguments(__doc__)
    if asked.live:
        return live(asked.live)
    found = committed()
    if not asked.check:
        COMMITTED.write_text(json.dumps([found], separators=(",", ":")) + "\n")
        return print(f"{len(found['activations'])} layers, {COMMITTED.stat().st_size // 1024} kB")
    (one,) = json.loads(COMMITTED.read_text())
    compare(one, found)
    print("the committed network is the transcription's")


if __name__ == "__main__":
    main()
