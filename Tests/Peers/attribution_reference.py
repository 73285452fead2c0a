#!/usr/bin/env python3
"""What Captum attributes in a small network with random weights, and what scikit-learn's NMF leaves over: what the tests of attribution and
factors compare with.

    attribution_reference.py           writes Tests/CircuitsTests/Reference/attribution.json
    attribution_reference.py --check   computes everything again and compares with the committed file

Needs torch, captum and scikit-learn. The network: conv1 3x3 (4 channels), ReLU, max-pool 2x2, conv2 3x3 (5 channels), ReLU, mean over
positions, dense (3 classes), on pictures of 8x8 in 0...1 without a normalization.
"""
import argparse
import json
import pathlib
import sys

import numpy
import torch
from captum.attr import GuidedBackprop, InputXGradient, IntegratedGradients, LayerGradientXActivation, LayerIntegratedGradients, Saliency
from sklearn.decomposition import NMF
from torch import nn

COMMITTED = pathlib.Path(__file__).resolve().parents[1] / "CircuitsTests/Reference/attribution.json"
RULES = ("gausslegendre", "riemann_left", "riemann_right", "riemann_middle", "riemann_trapezoid")


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.relu1, self.pool = nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)
        self.conv2, self.relu2, self.dense = nn.Conv2d(4, 5, 3, padding=1), nn.ReLU(), nn.Linear(5, 3)

    def forward(self, x):
        x = self.pool(self.relu1(self.conv1(x)))
        return self.dense(self.relu2(self.conv2(x)).mean((2, 3)))


def rounded(values):
    return [float(f"{value:.6g}") for value in numpy.asarray(values, dtype=numpy.float64).reshape(-1)]


def pixels(tensor):
    """[1, channel, height, width] as [height, width, channel]."""
    return rounded(tensor.detach()[0].permute(1, 2, 0).contiguous())


def attributions():
    torch.manual_seed(7)
    network = Network()
    for parameter in network.parameters():
        parameter.data = torch.from_numpy(numpy.array(rounded(torch.randn_like(parameter) * 0.4)).reshape(parameter.shape)).float()
    picture, other = (torch.from_numpy(numpy.array(rounded(torch.rand(192))).reshape(1, 3, 8, 8)).float() for _ in range(2))
    convolution = lambda layer: {"weights": rounded(layer.weight.detach().permute(2, 3, 1, 0)), "bias": rounded(layer.bias.detach())}
    result = {
        "conv1": convolution(network.conv1), "conv2": convolution(network.conv2),
        "dense": {"weights": rounded(network.dense.weight.detach().T), "bias": rounded(network.dense.bias.detach())},
        "picture": pixels(picture), "baseline": pixels(other), "target": 1,
        "value": float(network(picture)[0, 1].detach()),
    }
    start = picture.clone().requires_grad_()
    result["inputTimesGradient"] = pixels(InputXGradient(network).attribute(start, target=1))
    result["saliency"] = pixels(Saliency(network).attribute(start, target=1, abs=False))
    # Captum replaces the ReLU modules' gradients; its answer is of the same shape.
    result["guidedBackpropagation"] = pixels(GuidedBackprop(network).attribute(start, target=1))
    result["layerTimesGradient"] = pixels(LayerGradientXActivation(network, network.relu1).attribute(picture, target=1))
    result["integrated"] = {}
    for rule in RULES:
        values, delta = IntegratedGradients(network).attribute(
            picture, other, target=1, n_steps=12, method=rule, return_convergence_delta=True)
        layer, layer_delta = LayerIntegratedGradients(network, network.relu1).attribute(
            picture, other, target=1, n_steps=12, method=rule, return_convergence_delta=True)
        result["integrated"][rule] = {
            "input": pixels(values), "inputDelta": float(delta), "layer": pixels(layer), "layerDelta": float(layer_delta)}
    return result


def factorizations():
    """Sums of a few parts with noise, and what looks like rectified activations."""
    random = numpy.random.default_rng(3)
    planted = random.random((40, 3)) ** 3 @ random.random((3, 16)) ** 2 + 0.02 * random.random((40, 16))
    rectified = numpy.maximum(random.standard_normal((60, 20)), 0)
    result = []
    for matrix, counts in ((planted, (2, 3, 5)), (rectified, (4, 8))):
        matrix = numpy.array(rounded(matrix.round(4))).reshape(matrix.shape)
        errors = {}
        for count in counts:
            errors[str(count)] = float(NMF(count, max_iter=200, random_state=0).fit(matrix).reconstruction_err_)
        result.append({"shape": matrix.shape, "matrix": rounded(matrix), "errors": errors})
    return result


def close(found, committed, path=""):
    if isinstance(found, dict):
        return found.keys() == committed.keys() and all(close(found[key], committed[key], path + "/" + key) for key in found)
    if isinstance(found, (list, tuple)) and len(found) and isinstance(found[0], dict):
        return len(found) == len(committed) and all(close(a, b, path) for a, b in zip(found, committed))
    a, b = numpy.asarray(found, float), numpy.asarray(committed, float)
    fits = a.shape == b.shape and numpy.allclose(a, b, rtol=1e-3, atol=1e-5 * max(1, abs(b).max()))
    if not fits:
        print("differs:", path)
    return fits


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    reference = {"attribution": attributions(), "factors": factorizations()}
    if arguments.check:
        sys.exit(0 if close(json.loads(json.dumps(reference)), json.loads(COMMITTED.read_text())) else 1)
    COMMITTED.write_text(json.dumps(reference, separators=(",", ":")).replace('"integrated"', '\n"integrated"').replace('{"shape"', '\n{"shape"') + "\n")
    print(COMMITTED, COMMITTED.stat().st_size)
