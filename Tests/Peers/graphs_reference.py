#!/usr/bin/env python3
"""Random graphs with sums, concatenations and nodes that several others read, and what PyTorch computes for them, as a few numbers each.

    graphs_reference.py            writes Tests/NetworksTests/Reference/graphs.json
    graphs_reference.py --check    computes everything again and compares with the committed file

Tensors come from the formula of sweep_reference.py. For each graph: activations at some nodes; the gradient of products with these to the
image and to a node in between; and the gradient of a cross entropy to the parameters of some layers.
"""
import argparse
import json
import pathlib
import random
import sys

import numpy
import torch
import torch.nn.functional as F

from networks_reference import normalization
from sweep_reference import numbers, projected

COMMITTED = pathlib.Path(__file__).resolve().parent.parent / "NetworksTests" / "Reference" / "graphs.json"
COUNT, BATCH, CLASSES = 40, 2, 5
INPUTS = ["range", "imagenet", "caffe"]


def weight(seed, shape):
    """[out, in, ...], from numbers in the order [height, width, in, out]; variance 2 / inputs."""
    kernel = numbers(seed, *shape) * (6 / numpy.prod(shape[:-1])) ** 0.5
    return kernel.permute(3, 2, 0, 1) if len(shape) == 4 else kernel.T


def draw(seed):
    """Nodes in topological order. Nodes of one `level` have positions in common."""
    r = random.Random(seed)
    nodes = [dict(name="input", op="input", inputs=[], kind=r.choice(INPUTS))]
    form = {"input": (0, 3)}

    def add(op, inputs, level, channels, **rest):
        name = f"n{len(nodes)}"
        nodes.append(dict(name=name, op=op, inputs=inputs, **rest))
        form[name] = (level, channels)
        return name

    def convolution(x, channels, stride=1):
        kernel = r.choice([[1, 1], [3, 3], [3, 3], [1, 5], [5, 1]]) if stride == 1 else [3, 3]
        return add("convolution", [x], form[x][0] + (stride == 2), channels, kernel=kernel, stride=stride, outputs=channels, seed=100 * len(nodes))

    add("convolution", ["input"], 0, 6, kernel=[3, 3], stride=1, outputs=6, seed=50)
    while len(nodes) < 15:
        last = nodes[-1]["name"]
        x = last if r.random() < 0.6 else r.choice(list(form))
        level, channels = form[x]
        kind = r.choice(["sum", "sum", "concatenation", "convolution", "relu", "relu", "norm", "pool", "lrn", "down"])
        if kind == "sum":
            same = [name for name in form if form[name] == form[x]]
            parts = [x] + [r.choice(same) for _ in range(r.choice([1, 1, 2]))]
            if len(same) == 1 or r.random() < 0.5:
                parts[-1] = convolution(r.choice([name for name in form if form[name][0] == level]), channels)
            r.shuffle(parts)
            add("sum", parts, level, channels)
        elif kind == "concatenation":
            near = [name for name in form if form[name][0] == level]
            parts = [x] + [r.choice(near) for _ in range(r.choice([1, 1, 2]))]
            if sum(form[part][1] for part in parts) <= 40:
                add("concatenation", parts, level, sum(form[part][1] for part in parts))
        elif kind == "convolution":
            convolution(x, r.choice([3, 4, 6, 6, 8]))
        elif kind == "relu":
            add("relu", [x], level, channels)
        elif kind == "norm":
            add("norm", [x], level, channels, seed=100 * len(nodes))
        elif kind == "pool":
            add(r.choice(["maxpool", "average"]), [x], level, channels)
        elif kind == "lrn":
            add("lrn", [x], level, channels)
        elif level < 2 and r.random() < 0.5:
            convolution(x, channels, stride=2)
    last = nodes[-1]["name"]
    mean = add("mean", [last], 9, form[last][1])
    nodes.append(dict(name="logits", op="dense", inputs=[mean], outputs=CLASSES, seed=77))
    return dict(seed=seed, height=r.randint(7, 13), width=r.randint(7, 13), nodes=nodes)


def parameters(nodes, form):
    result = {}
    for node in nodes:
        inputs = form[node["inputs"][0]] if node["inputs"] else 0
        if node["op"] == "convolution":
            result[node["name"]] = [weight(node["seed"] + 1, (*node["kernel"], inputs, node["outputs"])), numbers(node["seed"] + 2, node["outputs"])]
        elif node["op"] == "dense":
            result[node["name"]] = [weight(node["seed"] + 1, (inputs, node["outputs"])), numbers(node["seed"] + 2, node["outputs"])]
        form[node["name"]] = (
            3 if node["op"] == "input" else sum(form[i] for i in node["inputs"]) if node["op"] == "concatenation" else node.get("outputs", inputs))
    return {name: [tensor.clone().requires_grad_() for tensor in pair] for name, pair in result.items()}


def image(node, x):
    column = lambda values: torch.tensor(values, dtype=torch.float64).view(1, -1, 1, 1)
    if node["kind"] == "range":
        return x * 2 - 1
    if node["kind"] == "imagenet":
        return (x - column([0.485, 0.456, 0.406])) / column([0.229, 0.224, 0.225])
    return (x * 255 - column([123.68, 116.779, 103.939])).flip(1) / 100


def run(case, x, weights, begin=None):
    values = {}
    for node in case["nodes"]:
        inputs = [values[name] for name in node["inputs"]] or [x]
        first, name = inputs[0], node["name"]
        match node["op"]:
            case "input": value = image(node, first)
            case "convolution":
                value = F.conv2d(first, *weights[name], node["stride"], [k // 2 for k in node["kernel"]])
            case "sum": value = sum(inputs)
            case "concatenation": value = torch.cat(inputs, 1)
            case "relu": value = F.relu(first)
            case "norm":
                vector = lambda i: numbers(node["seed"] + i, first.shape[1])
                value = F.batch_norm(first, vector(1), vector(2) + 1.25, vector(3), vector(4))
            case "maxpool": value = F.max_pool2d(first, 3, 1, 1)
            case "average": value = F.avg_pool2d(first, 3, 1, 1)
            case "lrn": value = normalization(first, 2, 1.0, 0.5, 0.75)
            case "mean": value = first.mean((2, 3))
            case "dense": value = F.linear(first, *weights[name])
        values[name] = value.detach().requires_grad_() if name == begin else value
    return values


def cases():
    result = []
    for seed in range(COUNT):
        case = draw(seed)
        r, weights = random.Random(1000 + seed), parameters(case["nodes"], {})
        names = [node["name"] for node in case["nodes"]]
        x = (numbers(seed + 500, BATCH, case["height"], case["width"], 3) / 2 + 0.5).permute(0, 3, 1, 2)

        def gradient(layers, target):
            leaf = x.clone().requires_grad_()
            values = run(case, leaf, weights, begin=None if target == "input" else target)
            wanted = leaf if target == "input" else values[target]
            loss, reached = 0, []
            for layer in layers:
                if target != "input" and (layer == target or not depends(layer, target)):
                    continue
                shape = values[layer].shape
                seeds = numbers(seed + 600 + names.index(layer), shape[0], *shape[2:], shape[1])
                loss = loss + (values[layer] * seeds.permute(0, 3, 1, 2)).sum()
                reached.append(layer)
            return dict(target=target, layers=reached, values=projected(torch.autograd.grad(loss, wanted)[0], seed + 30))

        def depends(name, target):
            node = case["nodes"][names.index(name)]
            return name == target or any(depends(other, target) for other in node["inputs"])

        inner = names[1:-2]
        layers = sorted({inner[-1], *r.sample(inner[len(inner) // 2:], 2)}, key=names.index)
        values = run(case, x, weights)
        case["activations"] = {name: projected(values[name].detach(), seed + 20) for name in layers + ["logits"]}
        between = [name for name in inner if any(name != layer and depends(layer, name) for layer in layers)]
        case["gradients"] = [gradient(layers, "input"), gradient(layers, r.choice(between))]
        loss = F.cross_entropy(values["logits"], torch.tensor([seed % CLASSES, (seed + 2) % CLASSES]))
        convolutions = [name for name in weights if depends("logits", name)]
        trained = sorted({*r.sample(convolutions, min(3, len(convolutions))), "logits"}, key=names.index)
        case["loss"] = float(f"{loss.item():.8g}")
        case["parameters"] = {}
        for name in trained:
            for kind, value in zip(("weights", "bias"), torch.autograd.grad(loss, weights[name], retain_graph=True)):
                value = value.permute(2, 3, 1, 0) if value.dim() == 4 else value.T if value.dim() == 2 else value
                case["parameters"][f"{name}.{kind}"] = projected(value.reshape(1, -1), seed + 40)
        result.append(case)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    found = cases()
    if parser.parse_args().check:
        for one, other in zip(json.loads(COMMITTED.read_text()), found, strict=True):
            if one["nodes"] != other["nodes"]:
                sys.exit(f"the graph {other} is stored as {one}")
            pairs = [(one[key][name], value) for key in ("activations", "parameters") for name, value in other[key].items()]
            pairs += [(a["values"], b["values"]) for a, b in zip(one["gradients"], other["gradients"], strict=True)]
            if not all(numpy.allclose(a, b, rtol=1e-6, atol=1e-6 * b[0]) for a, b in pairs):
                sys.exit(f"the graph of seed {one['seed']} has other values: {other}")
        print(f"the {len(found)} committed graphs are PyTorch's")
    else:
        COMMITTED.write_text("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in found) + "\n]\n")
        count = {op: sum(node["op"] == op for case in found for node in case["nodes"]) for op in ("sum", "concatenation", "relu")}
        print(f"{len(found)} graphs, {COMMITTED.stat().st_size // 1024} kB, {count}")


if __name__ == "__main__":
    main()
