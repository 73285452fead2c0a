#!/usr/bin/env python3
"""Random shapes of every kind of layer, and what PyTorch computes for them, as a few numbers each.

    sweep_reference.py            writes Tests/NetworksTests/Reference/sweep.json
    sweep_reference.py --check    computes everything again and compares with the committed file

All tensors come from a formula on both sides, so the file holds only their seeds, and of every result (the output and the gradient with
respect to the input, in double precision) its norm and its products with three fixed tensors of the same form.
"""
import argparse
import json
import pathlib
import random
import sys

import numpy
import torch
import torch.nn.functional as F

from networks_reference import average_pool, max_pool, normalization, same_padding

COMMITTED = pathlib.Path(__file__).resolve().parent.parent / "NetworksTests" / "Reference" / "sweep.json"
CASES = {"convolution": 300, "depthwise": 50, "maxpool": 60, "avgpool": 60, "resize": 60, "lrn": 40, "batchnorm": 20, "softmax": 10,
         "maxwindow": 60, "avgwindow": 80, "adaptive": 30, "flatten": 10}


def numbers(seed, *shape):
    """Between -1 and 1, by hashing the position (the finalizer of a 32-bit hash)."""
    h = numpy.arange(int(numpy.prod(shape)), dtype=numpy.uint32) + numpy.uint32(seed * 0x9E3779B9 % 2**32)
    h ^= h >> numpy.uint32(16)
    h *= numpy.uint32(0x7FEB352D)
    h ^= h >> numpy.uint32(15)
    h *= numpy.uint32(0x846CA68B)
    h ^= h >> numpy.uint32(16)
    return torch.from_numpy(((h >> numpy.uint32(8)).astype(numpy.float64) / 2**23 - 1).reshape(shape))


def projected(value, seed):
    """Norm and products of a tensor [batch, channel, height, width] or [batch, channel], read channels last."""
    flat = (value.permute(0, 2, 3, 1) if value.dim() == 4 else value).reshape(-1)
    return [float(f"{v:.8g}") for v in [flat.norm().item()] + [(flat * numbers(seed + i, flat.numel())).sum().item() for i in range(3)]]


def convolution(case):
    kernel, groups, out = case["kernel"], case["groups"], case["outputs"]
    seed, (batch, height, width, channels) = case["seed"], case["shape"]
    weight = numbers(seed + 1, *kernel, channels // groups, out).permute(3, 2, 0, 1)
    bias = numbers(seed + 2, out)
    padding, stride, dilation = case["padding"], case["stride"], case["dilation"]
    span = [(k - 1) * dilation + 1 for k in kernel]
    if padding == "same":
        (top, bottom), (left, right) = (same_padding(n, k, stride) for n, k in zip((height, width), span))
    elif padding == "valid":
        top = bottom = left = right = 0
    else:
        top, bottom, left, right = padding
    return lambda x: F.conv2d(F.pad(x, (left, right, top, bottom)), weight, bias, stride, 0, dilation, groups)


def pooling(case, same, own):
    size, stride, padding = case["size"], case["stride"], case["padding"]
    return (lambda x: same(x, size, stride)) if padding == "same" else (lambda x: own(x, size, stride, 0 if padding == "valid" else padding[0]))


def sliding(case):
    """Windows of any form: PyTorch's own padding where it takes that, else zeros (or nothing) around the input."""
    size, stride, (top, bottom, left, right) = case["window"], case["strides"], case["padding"]
    is_max, counts = case["kind"] == "maxwindow", case.get("counts", False)
    if (top, left) == (bottom, right) and top <= size[0] // 2 and left <= size[1] // 2:
        if is_max:
            return lambda x: F.max_pool2d(x, size, stride, (top, left), ceil_mode=case["ceil"])
        return lambda x: F.avg_pool2d(x, size, stride, (top, left), ceil_mode=case["ceil"], count_include_pad=counts)

    def around(x, value=0.0):
        return F.pad(x, (left, right, top, bottom), value=value)

    if is_max:
        return lambda x: F.max_pool2d(around(x, -float("inf")), size, stride)
    return lambda x: F.avg_pool2d(around(x), size, stride) / (1 if counts else F.avg_pool2d(around(torch.ones_like(x)), size, stride))


def resize(case):
    if case["method"] == "nearest":
        return lambda x: F.interpolate(x, tuple(case["size"]), mode="nearest")
    return lambda x: F.interpolate(x, tuple(case["size"]), mode="bilinear", align_corners=case["method"] == "corners")


def batch_normalization(case):
    seed, channels = case["seed"], case["shape"][-1]
    gamma, beta, mean = (numbers(seed + i, channels) for i in (1, 2, 3))
    return lambda x: F.batch_norm(x, mean, numbers(seed + 4, channels) + 1.25, gamma, beta, eps=1e-3)


def layer(case):
    match case["kind"]:
        case "convolution" | "depthwise": return convolution(case)
        case "maxpool": return pooling(case, max_pool, F.max_pool2d)
        case "avgpool": return pooling(case, average_pool, lambda x, k, s, p: F.avg_pool2d(x, k, s, p, count_include_pad=False))
        case "maxwindow" | "avgwindow": return sliding(case)
        case "adaptive": return lambda x: F.adaptive_avg_pool2d(x, tuple(case["size"]))
        case "flatten": return lambda x: x.flatten(1)
        case "resize": return resize(case)
        case "lrn": return lambda x: normalization(x * 4, case["radius"], case["bias"], case["alpha"], case["beta"])
        case "batchnorm": return batch_normalization(case)
        case "softmax": return lambda x: F.softmax(x * 4, 1)


def draw(kind, seed, r):
    """One random case: every dimension small, every choice possible."""
    case = dict(kind=kind, seed=seed, shape=[r.randint(1, 3), r.randint(1, 14), r.randint(1, 14), r.choice([1, 2, 3, 5, 7, 8, 12, 15, 16, 17, 20, 33, 48])])
    if kind in ("convolution", "depthwise"):
        case |= dict(kernel=[r.choice([1, 2, 3, 3, 3, 4, 5, 7]) for _ in range(2)], stride=r.choice([1, 1, 1, 2, 2, 3]), dilation=r.choice([1, 1, 1, 2, 3]))
        if r.random() < 0.5:
            case["kernel"][1] = case["kernel"][0]
        groups = case["shape"][3] if kind == "depthwise" else r.choice([1, 1, 1, 2, 3])
        if kind == "convolution":
            case["shape"][3] = max(1, case["shape"][3] // groups) * groups
        case |= dict(groups=groups, outputs=groups * (1 if kind == "depthwise" else r.choice([1, 2, 5, 6, 16, 19, 24, 37])))
        case["padding"] = r.choice(["same", "same", "valid", [r.randint(0, 3) for _ in range(4)]])
        spans = [(k - 1) * case["dilation"] + 1 for k in case["kernel"]]
        if case["padding"] != "same":
            top, bottom, left, right = (0, 0, 0, 0) if case["padding"] == "valid" else case["padding"]
            case["shape"][1] = max(case["shape"][1], spans[0] - top - bottom, 1)
            case["shape"][2] = max(case["shape"][2], spans[1] - left - right, 1)
    elif kind in ("maxpool", "avgpool"):
        size = r.choice([1, 2, 3, 3, 3, 5, 9])
        case |= dict(size=size, stride=r.choice([1, 2, 3]), padding=r.choice(["same", "valid", [r.randint(0, size // 2)] * 4]))
        if case["padding"] != "same":
            side = size - (0 if case["padding"] == "valid" else 2 * case["padding"][0])
            case["shape"][1], case["shape"][2] = max(case["shape"][1], side, 1), max(case["shape"][2], side, 1)
    elif kind in ("maxwindow", "avgwindow"):
        window = [r.choice([1, 2, 3, 3, 4, 5]) for _ in range(2)]
        ceil = r.random() < 0.5
        if ceil or r.random() < 0.5:
            rows, columns = (r.randint(0, w // 2) for w in window)
            padding = [rows, rows, columns, columns]
        else:
            padding = [r.randint(0, window[i // 2] - 1) for i in range(4)]
        case |= dict(window=window, strides=[r.choice([1, 2, 2, 3, 4]) for _ in range(2)], padding=padding, ceil=ceil)
        if kind == "avgwindow":
            case["counts"] = r.random() < 0.5
        case["shape"][1] = max(case["shape"][1], window[0] - sum(padding[:2]), 1)
        case["shape"][2] = max(case["shape"][2], window[1] - sum(padding[2:]), 1)
    elif kind == "adaptive":
        case |= dict(size=[r.randint(1, 8), r.randint(1, 8)])
    elif kind == "resize":
        case |= dict(size=[r.randint(1, 20), r.randint(1, 20)], method=r.choice(["nearest", "bilinear", "corners"]))
    elif kind == "lrn":
        case |= dict(radius=r.randint(0, 6), bias=r.choice([1.0, 2.0]), alpha=r.choice([1e-4, 1e-2, 0.5]), beta=r.choice([0.5, 0.75, 1.0]))
    return case


def cases():
    r, result = random.Random(20140917), []
    for kind, count in CASES.items():
        for _ in range(count):
            case = draw(kind, 100 * len(result) + 7, r)
            batch, height, width, channels = case["shape"]
            x = numbers(case["seed"], batch, height, width, channels).permute(0, 3, 1, 2).requires_grad_()
            y = layer(case)(x)
            gradient = numbers(case["seed"] + 10, batch, *y.shape[2:], y.shape[1])
            gradient = gradient.permute(0, 3, 1, 2) if y.dim() == 4 else gradient
            (dx,) = torch.autograd.grad(y, x, gradient)
            result.append(case | dict(output=projected(y, case["seed"] + 20), inputGradient=projected(dx, case["seed"] + 30)))
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    found = cases()
    if parser.parse_args().check:
        stored = json.loads(COMMITTED.read_text())
        for one, other in zip(stored, found, strict=True):
            for key, value in other.items():
                if key in ("output", "inputGradient"):
                    if not numpy.allclose(value, one[key], rtol=1e-6, atol=1e-6 * value[0]):
                        sys.exit(f"{key} of {one} is {value}")
                elif value != one[key]:
                    sys.exit(f"the case {other} is stored as {one}")
        print(f"the {len(stored)} committed cases are PyTorch's")
    else:
        COMMITTED.write_text("[\n" + ",\n".join(json.dumps(case) for case in found) + "\n]\n")
        print(f"{len(found)} cases, {COMMITTED.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
