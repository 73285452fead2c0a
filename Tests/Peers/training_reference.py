#!/usr/bin/env python3
"""What PyTorch computes while it trains: gradients of parameters, batch normalization, losses, optimizers and schedules.

    training_reference.py            writes Tests/NetworksTests/Reference/training.json
    training_reference.py --check    computes everything again and compares with the committed file

As in sweep_reference.py all tensors come from a formula on both sides, and of results the file holds norms and products with fixed
tensors. The convolutions are those of the sweep, by their place in its file.
"""
import argparse
import json
import math
import pathlib
import sys

import torch
import torch.nn.functional as F
from torch import nn

from networks_reference import same_padding
from sweep_reference import numbers, projected

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "NetworksTests" / "Reference"
COMMITTED = FOLDER / "training.json"


def flat_projected(value, seed):
    return projected(value.reshape(1, -1), seed)


def convolution_gradients(case):
    """Weights read [height, width, in, out], and the bias."""
    kernel, groups, out, seed = case["kernel"], case["groups"], case["outputs"], case["seed"]
    batch, height, width, channels = case["shape"]
    weight = numbers(seed + 1, *kernel, channels // groups, out).permute(3, 2, 0, 1).contiguous().requires_grad_()
    bias = numbers(seed + 2, out).requires_grad_()
    padding, stride, dilation = case["padding"], case["stride"], case["dilation"]
    span = [(k - 1) * dilation + 1 for k in kernel]
    if padding == "same":
        (top, bottom), (left, right) = (same_padding(n, k, stride) for n, k in zip((height, width), span))
    elif padding == "valid":
        top = bottom = left = right = 0
    else:
        top, bottom, left, right = padding
    x = numbers(seed, batch, height, width, channels).permute(0, 3, 1, 2)
    y = F.conv2d(F.pad(x, (left, right, top, bottom)), weight, bias, stride, 0, dilation, groups)
    gradient = numbers(seed + 10, batch, y.shape[2], y.shape[3], out).permute(0, 3, 1, 2)
    dw, db = torch.autograd.grad(y, (weight, bias), gradient)
    return flat_projected(dw.permute(2, 3, 1, 0), seed + 40) + flat_projected(db, seed + 50)


def normalization(seed, shape, offset):
    """Outputs, gradients to input, gamma and beta, and the running averages after two batches; inputs lie around `offset`."""
    channels = shape[-1]
    layer = nn.BatchNorm2d(channels, eps=1e-3, momentum=0.2).double()
    layer.weight.data, layer.bias.data = numbers(seed + 1, channels), numbers(seed + 2, channels)
    result = []
    for turn in range(2):
        x = (numbers(seed + 3 + turn, *shape) * 3 + offset).permute(0, 3, 1, 2).requires_grad_()
        y = layer(x)
        gradient = numbers(seed + 10 + turn, *shape).permute(0, 3, 1, 2)
        gradients = torch.autograd.grad(y, (x, layer.weight, layer.bias), gradient)
        result = [projected(y, seed + 20), projected(gradients[0], seed + 30)]
        result += [flat_projected(gradients[1], seed + 40), flat_projected(gradients[2], seed + 50)]
    result += [flat_projected(layer.running_mean, seed + 60), flat_projected(layer.running_var, seed + 70)]
    return dict(seed=seed, shape=shape, offset=offset, values=result)


def cross_entropy(seed, batch, classes, smoothing):
    logits = (numbers(seed, batch, classes) * 5).requires_grad_()
    loss = F.cross_entropy(logits, torch.arange(batch) * 7 % classes, label_smoothing=smoothing)
    (gradient,) = torch.autograd.grad(loss, logits)
    return dict(seed=seed, shape=[batch, classes], smoothing=smoothing, loss=loss.item(), gradient=flat_projected(gradient, seed + 1))


class Small(nn.Module):
    """conv 3x3 3 -> 8, normalization, ReLU; conv 3x3 stride 2 8 -> 12, normalization, ReLU; mean; dense 12 -> 5."""

    def __init__(self):
        super().__init__()
        self.convolutions = nn.ModuleList([nn.Conv2d(3, 8, 3), nn.Conv2d(8, 12, 3, 2)])
        self.normalizations = nn.ModuleList([nn.BatchNorm2d(8), nn.BatchNorm2d(12)])
        self.head = nn.Linear(12, 5)
        for i, layer in enumerate(self.convolutions):
            out, inputs = layer.weight.shape[:2]
            layer.weight.data = (numbers(100 + i, 3, 3, inputs, out).permute(3, 2, 0, 1) * 0.4).contiguous()
            layer.bias.data = numbers(110 + i, out) * 0.1
        self.head.weight.data = numbers(120, 12, 5).T.contiguous() * 0.5
        self.head.bias.data = torch.zeros(5)
        self.double()

    def forward(self, x):
        for convolution, normalization in zip(self.convolutions, self.normalizations):
            stride = convolution.stride[0]
            pads = [same_padding(n, 3, stride) for n in x.shape[2:]]
            x = F.relu(normalization(convolution(F.pad(x, (*pads[1], *pads[0])))))
        return self.head(x.mean((2, 3)))

    def vector(self):
        """All parameters in Hooke's order."""
        parts = []
        for convolution, normalization in zip(self.convolutions, self.normalizations):
            parts += [convolution.weight.permute(2, 3, 1, 0), convolution.bias, normalization.weight, normalization.bias]
        parts += [self.head.weight.T, self.head.bias]
        return torch.cat([part.detach().reshape(-1) for part in parts])


def trajectory(name, clip, make, schedule=None):
    model = Small()
    decayed = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    optimizer = make([dict(params=decayed), dict(params=others, weight_decay=0)])
    schedule = schedule and schedule(optimizer)
    losses, norms = [], []
    for step in range(10):
        images = ((numbers(200 + step, 6, 9, 10, 3) + 1) / 2).permute(0, 3, 1, 2)
        loss = F.cross_entropy(model(images), torch.arange(6) * (step + 2) % 5, label_smoothing=0.1)
        optimizer.zero_grad()
        loss.backward()
        norms.append(nn.utils.clip_grad_norm_(model.parameters(), clip if clip else math.inf).item())
        optimizer.step()
        if schedule:
            schedule.step()
        losses.append(loss.item())
    averages = torch.cat([t for n in model.normalizations for t in (n.running_mean, n.running_var)])
    parameters, averages = flat_projected(model.vector(), 300), flat_projected(averages, 310)
    return dict(name=name, losses=losses, norms=norms, parameters=parameters, averages=averages)


def schedules():
    total, result = 23, {}
    makers = dict(
        cosine=lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, total, 0.1),
        oneCycle=lambda o: torch.optim.lr_scheduler.OneCycleLR(o, 1.0, total, pct_start=0.15),
        steps=lambda o: torch.optim.lr_scheduler.MultiStepLR(o, [5, 9, 20], 0.3),
        warmUp=lambda o: torch.optim.lr_scheduler.SequentialLR(o, [
            torch.optim.lr_scheduler.LinearLR(o, 0.25, 1, 3), torch.optim.lr_scheduler.CosineAnnealingLR(o, total - 4)], [4]),
    )
    for name, make in makers.items():
        optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
        schedule = make(optimizer)
        result[name] = []
        for _ in range(total):
            result[name].append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            schedule.step()
    return result


def compute():
    sweep = json.loads((FOLDER / "sweep.json").read_text())
    kinds = ("convolution", "depthwise")
    sgd, adam, adamw = torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW
    return dict(
        convolutions=[dict(case=i, values=convolution_gradients(case)) for i, case in enumerate(sweep) if case["kind"] in kinds],
        normalizations=[
            normalization(5000, [4, 5, 6, 7], 0.0), normalization(5100, [2, 40, 33, 24], 100.0), normalization(5200, [3, 1, 1, 33], -2.0),
            normalization(5300, [1, 64, 64, 3], 1000.0)],
        losses=[cross_entropy(6000, 7, 5, 0.0), cross_entropy(6100, 64, 20, 0.1), cross_entropy(6200, 3, 1000, 0.05)],
        trajectories=[
            trajectory("sgd", None, lambda p: sgd(p, lr=0.1, weight_decay=0.01)),
            trajectory("momentum", None, lambda p: sgd(p, lr=0.05, momentum=0.9, weight_decay=0.01)),
            trajectory("nesterov", 0.3, lambda p: sgd(p, lr=0.05, momentum=0.9, nesterov=True)),
            trajectory("adam", None, lambda p: adam(p, lr=0.01, weight_decay=0.02, eps=1e-4)),
            trajectory("adamW", 0.5, lambda p: adamw(p, lr=0.01, betas=(0.8, 0.99), weight_decay=0.3, eps=1e-4)),
            # The momentum, or Adam's first beta, goes down from 0.95 to 0.85 and back.
            trajectory("cycledMomentum", None, lambda p: sgd(p, lr=0.1, momentum=0.9),
                       lambda o: torch.optim.lr_scheduler.OneCycleLR(o, 0.1, 10)),
            trajectory("cycledAdamW", None, lambda p: adamw(p, lr=0.02, weight_decay=0.3, eps=1e-4),
                       lambda o: torch.optim.lr_scheduler.OneCycleLR(o, 0.02, 10, pct_start=0.4, base_momentum=0.8, max_momentum=0.93)),
        ],
        schedules=schedules(),
    )


def close(a, b, path=""):
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(close(a[k], b[k], f"{path}/{k}") for k in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(close(x, y, f"{path}/{i}") for i, (x, y) in enumerate(zip(a, b)))
    if isinstance(a, float) or isinstance(b, float):
        if math.isclose(a, b, rel_tol=1e-5, abs_tol=1e-5):
            return True
        print(f"{path} is {b}, stored as {a}")
        return False
    return a == b


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    found = compute()
    if parser.parse_args().check:
        if not close(json.loads(COMMITTED.read_text()), found):
            sys.exit("the committed file is not what PyTorch computes")
        print("the committed file is PyTorch's")
    else:
        lists = {key: "[\n" + ",\n".join(map(json.dumps, value)) + "\n]" for key, value in found.items() if isinstance(value, list)}
        lines = (f'"{key}": ' + lists.get(key, json.dumps(value)) for key, value in found.items())
        COMMITTED.write_text("{\n" + ",\n".join(lines) + "\n}\n")
        print(f"{COMMITTED.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
