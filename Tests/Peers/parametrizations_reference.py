"""Writes Tests/CircuitsTests/Reference/parametrizations.json: the images that PyTorch makes of random parameters by the formulas of
Lucid's Laplacian pyramid, its shared low-resolution tensors, its CPPN and its opacity, and the gradients of its autograd; and the steps
of its SGD with momentum.

    python Tests/Peers/parametrizations_reference.py        # needs numpy and torch
"""
import argparse
import json
import pathlib
import sys

import numpy as np
import torch

random = np.random.default_rng(23)
rounded = lambda array: [float(f"{value:.7g}") for value in np.asarray(array, dtype=np.float64).ravel()]

COLOUR = np.array([[.26, .09, .02], [.27, .00, -.05], [.27, -.09, .03]])
COLOUR = torch.tensor(COLOUR / np.linalg.norm(COLOUR, axis=0).max())


def stretched(tensor, axis, size):
    """One axis of TensorFlow 1's resize_bilinear."""
    old = tensor.shape[axis]
    place = torch.arange(size, dtype=torch.double) * old / size
    low = place.floor().long().clamp(max=old - 1)
    share = (place - low).reshape([-1] + [1] * (tensor.dim() - 1 - axis))
    return tensor.index_select(axis, low) * (1 - share) + tensor.index_select(axis, (low + 1).clamp(max=old - 1)) * share


def enlarged(tensor, shape):
    for axis, size in enumerate(shape):
        tensor = stretched(tensor, axis, size)
    return tensor


def image(planes):
    """Decorrelated colours, logistic; [batch, height, width, channels]."""
    rgb = torch.einsum("ij,bjhw->bihw", COLOUR, planes[:, :3])
    return torch.sigmoid(torch.cat([rgb, planes[:, 3:]], 1)).permute(0, 2, 3, 1)


def normal(*shape):
    return torch.tensor(random.normal(size=shape), requires_grad=True)


def case(name, parts, images, flat):
    """`flat` puts tensors of the parts' shapes into Hooke's order."""
    direction = torch.tensor(random.normal(size=tuple(images.shape)))
    (images * direction).sum().backward()
    return dict(name=name, shape=list(images.shape), parameters=rounded(flat([part.detach() for part in parts])),
                images=rounded(images.detach()), direction=rounded(direction), gradient=rounded(flat([part.grad for part in parts])))


def levels(parts):
    return torch.cat([part.permute(2, 0, 1, 3).reshape(-1) for part in parts])


def pyramid(batch, height, width, count):
    parts = [normal(batch, 3, height // 2 ** n, width // 2 ** n) for n in range(count)]
    return case("pyramid", parts, image(sum(enlarged(part, parts[0].shape) for part in parts)), levels)


def shared(batch, height, width):
    parts = [normal(batch, 3, height, width)] + [
        normal(n, 3, max(1, height // k), max(1, width // k)) for k, n in [(2, 1), (4, 1), (8, 1), (8, 2), (16, 1), (16, 2)]]
    return case("shared", parts, image(sum(enlarged(part, parts[0].shape) for part in parts)), levels)


def transparent(batch, height, width):
    part = normal(batch, 4, height, width)
    return case("transparent", [part], image(part), levels)


def cppn(batch, height, width, layers, neurons):
    parts, images = [], []
    reach = 3 ** .5
    y, x = torch.meshgrid(torch.linspace(-reach, reach, height, dtype=torch.double),
                          torch.linspace(-reach, reach, width, dtype=torch.double), indexing="ij")
    for _ in range(batch):
        values = torch.stack([x, y], -1)
        for layer in range(layers + 1):
            weights, biases = normal(values.shape[-1], 3 if layer == layers else neurons), normal(3 if layer == layers else neurons)
            parts += [weights, biases]
            values = values @ weights + biases
            if layer < layers:
                values = torch.atan(values)
                values = torch.cat([values / .67, values ** 2 / .6], -1)
        images.append(torch.sigmoid(values))
    return case("cppn", parts, torch.stack(images), lambda parts: torch.cat([part.reshape(-1) for part in parts]))


def momentum(steps, rate=.1, keep=.8):
    start, gradients = random.normal(size=5), random.normal(size=(steps, 5))
    parameters = torch.tensor(start, requires_grad=True)
    optimizer = torch.optim.SGD([parameters], lr=rate, momentum=keep, maximize=True)
    for gradient in gradients:
        parameters.grad = torch.tensor(gradient)
        optimizer.step()
    return dict(start=rounded(start), gradients=[rounded(g) for g in gradients], result=rounded(parameters.detach()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compute again and compare with the committed file")
    arguments = parser.parse_args()
    reference = dict(
        images=[pyramid(2, 9, 12, 3), pyramid(1, 8, 8, 4), shared(3, 10, 12), shared(1, 6, 5), transparent(2, 5, 4), cppn(2, 6, 5, 3, 5),
                cppn(1, 17, 19, 2, 4)],
        momentum=momentum(9))
    path = pathlib.Path(__file__).parent.parent / "CircuitsTests" / "Reference" / "parametrizations.json"
    if not arguments.check:
        path.write_text(json.dumps(reference) + "\n")
        return
    known = json.loads(path.read_text())
    for old, new in zip(known["images"] + [known["momentum"]], reference["images"] + [reference["momentum"]], strict=True):
        if not all(np.allclose(old[key], new[key], atol=1e-5) for key in old.keys() - {"name"}):
            sys.exit(f"{new.get('name', 'momentum')} in {path} is not what this script computes")


if __name__ == "__main__":
    main()
