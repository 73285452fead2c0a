"""Writes Tests/CircuitsTests/Reference/transforms.json: what PyTorch's grid_sample, pad and conv2d make of random images where
Hooke has transforms with the same rule, and the gradients that its autograd gives for them.

    python Tests/Peers/transforms_reference.py        # needs numpy and torch
"""
import argparse
import json
import math
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F

random = np.random.default_rng(11)
rounded = lambda tensor: [float(f"{value:.6g}") for value in np.asarray(tensor.detach().permute(0, 2, 3, 1)).ravel()]


def sampled(image, x, y, mode, border):
    """grid_sample at places in pixels, the middle of the first pixel being (0, 0)."""
    height, width = image.shape[2:]
    grid = torch.stack([2 * x / (width - 1) - 1, 2 * y / (height - 1) - 1], -1)[None].expand(len(image), -1, -1, -1)
    return F.grid_sample(image, grid, mode=mode, padding_mode=border, align_corners=True)


def scale(height, width):
    def function(image):
        places = [torch.arange(new, dtype=torch.double) * old / new for new, old in zip((height, width), image.shape[2:])]
        y, x = torch.meshgrid(*places, indexing="ij")
        return sampled(image, x, y, "bilinear", "border")
    return function


def rotate(degrees, mode):
    def function(image):
        height, width = image.shape[2:]
        angle = 3.14 * degrees / 180
        y, x = torch.meshgrid(torch.arange(height, dtype=torch.double), torch.arange(width, dtype=torch.double), indexing="ij")
        x, y = x - (width - 1) / 2, y - (height - 1) / 2
        c, s = math.cos(angle), math.sin(angle)
        return sampled(image, c * x - s * y + (width - 1) / 2, s * x + c * y + (height - 1) / 2, mode, "zeros")
    return function


def blur(deviation):
    def function(image):
        radius = math.ceil(3 * deviation)
        kernel = torch.exp(-.5 * (torch.arange(-radius, radius + 1, dtype=torch.double) / deviation) ** 2)
        kernel = torch.outer(kernel, kernel) / kernel.sum() ** 2
        padded = F.pad(image, [radius] * 4, mode="reflect")
        return F.conv2d(padded, kernel[None, None].expand(3, 1, -1, -1), groups=3)
    return function


CASES = [
    ("scale", .75, scale(5, 7)), ("scale", 1.3, scale(9, 13)),
    ("rotate", 10, rotate(10, "nearest")), ("rotate", -37, rotate(-37, "nearest")), ("rotate", 133, rotate(133, "nearest")),
    ("rotate bilinearly", 10, rotate(10, "bilinear")), ("rotate bilinearly", -71, rotate(-71, "bilinear")),
    ("reflect", 3, lambda image: F.pad(image, [3] * 4, mode="reflect")),
    ("pad", 2, lambda image: F.pad(image, [2] * 4, value=.5)),
    ("blur", 1, blur(1)), ("blur", .6, blur(.6)),
    ("flip", 0, lambda image: image.flip(3)),
]


def case(name, parameter, function):
    image = torch.tensor(random.random((1, 3, 7, 10)), requires_grad=True)
    result = function(image)
    direction = torch.tensor(random.normal(size=tuple(result.shape)))
    (result * direction).sum().backward()
    return dict(name=name, parameter=parameter, height=result.shape[2], width=result.shape[3], image=rounded(image),
                result=rounded(result), direction=rounded(direction), gradient=rounded(image.grad))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compute again and compare with the committed file")
    arguments = parser.parse_args()
    cases = [case(*each) for each in CASES]
    path = pathlib.Path(__file__).parent.parent / "CircuitsTests" / "Reference" / "transforms.json"
    if not arguments.check:
        path.write_text(json.dumps(cases) + "\n")
        return
    for old, new in zip(json.loads(path.read_text()), cases, strict=True):
        if not all(np.allclose(old[key], new[key], atol=1e-5) for key in ("image", "result", "direction", "gradient")):
            sys.exit(f"{new['name']} by {new['parameter']} in {path} is not what this script computes")


if __name__ == "__main__":
    main()
