"""Writes Tests/CircuitsTests/Reference/visualization.json: what numpy and PyTorch compute for Lucid's image parametrization,
for resizes and rotations by TensorFlow 1's rules, for TensorFlow 1's Adam, and for Lucid's objectives.

    python Tests/Peers/visualization_reference.py        # needs numpy and torch
"""
import argparse
import json
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F

random = np.random.default_rng(7)
rounded = lambda array: [float(f"{value:.6g}") for value in np.asarray(array, dtype=np.float64).ravel()]

COLOUR = np.array([[.26, .09, .02], [.27, .00, -.05], [.27, -.09, .03]])
COLOUR = COLOUR / np.linalg.norm(COLOUR, axis=0).max()


def fourier(batch, height, width, decay):
    """Lucid's fft_image and to_valid_rgb, spelled out; the gradient by PyTorch's autograd."""
    columns = width // 2 + 2 if width % 2 else width // 2 + 1
    fy = np.fft.fftfreq(height)[:, None]
    fx = np.fft.fftfreq(width)[:columns][None]
    scale = np.sqrt(width * height) / np.maximum(np.sqrt(fx ** 2 + fy ** 2), 1 / max(width, height)) ** decay
    spectrum = torch.tensor(random.normal(size=(2, batch, 3, height, columns)), requires_grad=True)
    complex_spectrum = torch.complex(spectrum[0], spectrum[1]) * torch.tensor(scale)
    planes = torch.fft.irfft2(complex_spectrum, s=(height, 2 * (columns - 1)))[..., :height, :width] / 4
    pixels = torch.sigmoid(torch.einsum("ij,bjhw->bhwi", torch.tensor(COLOUR), planes))
    direction = torch.tensor(random.normal(size=tuple(pixels.shape)))
    (pixels * direction).sum().backward()
    order = (3, 0, 1, 2, 4)    # [height, 2, batch, colour, frequency]
    return dict(
        batch=batch, height=height, width=width, decay=decay,
        parameters=rounded(spectrum.detach().numpy().transpose(order)), images=rounded(pixels.detach()),
        direction=rounded(direction), gradient=rounded(spectrum.grad.numpy().transpose(order)))


def resize(height, width, to_height, to_width):
    """tf.image.resize_bilinear, align_corners=False, before half-pixel centres."""
    image = random.random((height, width, 3))
    result = np.zeros((to_height, to_width, 3))
    for y in range(to_height):
        for x in range(to_width):
            sy, sx = y * height / to_height, x * width / to_width
            y0, x0 = int(sy), int(sx)
            y1, x1 = min(y0 + 1, height - 1), min(x0 + 1, width - 1)
            dy, dx = sy - y0, sx - x0
            result[y, x] = (image[y0, x0] * (1 - dy) * (1 - dx) + image[y0, x1] * (1 - dy) * dx
                            + image[y1, x0] * dy * (1 - dx) + image[y1, x1] * dy * dx)
    return dict(height=height, width=width, toHeight=to_height, toWidth=to_width, image=rounded(image), result=rounded(result))


def rotate(height, width, degrees):
    """tf.contrib.image.rotate with nearest pixels; Lucid's pi is 3.14."""
    image = random.random((height, width, 3))
    angle = 3.14 * degrees / 180
    c, s = np.cos(angle), np.sin(angle)
    ox = ((width - 1) - (c * (width - 1) - s * (height - 1))) / 2
    oy = ((height - 1) - (s * (width - 1) + c * (height - 1))) / 2
    result = np.zeros_like(image)
    for y in range(height):
        for x in range(width):
            sx, sy = c * x - s * y + ox, s * x + c * y + oy
            sx, sy = int(np.floor(sx + .5)), int(np.floor(sy + .5))
            if 0 <= sx < width and 0 <= sy < height:
                result[y, x] = image[sy, sx]
    return dict(height=height, width=width, degrees=degrees, image=rounded(image), result=rounded(result))


def adam(steps, rate=.05, beta1=.9, beta2=.999, epsilon=1e-8):
    """tf.train.AdamOptimizer, ascending; the second gradient is zero at first, where epsilon matters."""
    start = random.normal(size=4)
    gradients = random.normal(size=(steps, 4)) * [1, 1e-6, 1e3, 1e-9]
    parameters, m, v = start.copy(), np.zeros(4), np.zeros(4)
    for t, g in enumerate(gradients, start=1):
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
        parameters += rate * np.sqrt(1 - beta2 ** t) / (1 - beta1 ** t) * m / (np.sqrt(v) + epsilon)
    return dict(start=rounded(start), gradients=[rounded(g) for g in gradients], result=rounded(parameters))


def objectives():
    """Lucid's objectives (optvis/objectives.py) in PyTorch, with the gradients of its autograd."""
    vector = torch.tensor(random.normal(size=6))

    def cosine(x, power):
        dot = (x * vector).sum(-1)
        cos = dot / (1e-4 + x.norm(dim=-1)) / (1e-4 + vector.norm())
        return (dot * torch.clamp(cos, min=.1) ** power).mean()

    def diversity(x):
        flat = x.reshape(x.shape[0], -1, x.shape[-1])
        gram = flat.transpose(1, 2) @ flat
        gram = gram / gram.flatten(1).norm(dim=1)[:, None, None]
        pairs = torch.einsum("iab,jab->ij", gram, gram)
        return (pairs.sum() - pairs.diagonal().sum()) / x.shape[0]

    def rows(x, v, power):
        dot = (x * v).sum(-1)
        cos = dot / (1e-4 + x.norm(dim=-1)) / (1e-4 + v.norm(dim=-1))
        return dot if power == 0 else dot * torch.clamp(cos, min=.1) ** power

    def tensor_direction(x, power):
        # Both are cropped around their middles to the smaller of the two.
        (height, width), (tall, wide) = x.shape[1:3], pattern.shape[:2]
        h, w = min(height, tall), min(width, wide)
        y, z = (height - h) // 2, (width - w) // 2
        a, b = (tall - h) // 2, (wide - w) // 2
        return rows(x[:, y:y + h, z:z + w], pattern[a:a + h, b:b + w], power).mean()

    def alignment(x):
        return -sum(((x[i] - x[i + d]) ** 2).mean() / 3 ** d for d in (1, 2, 3, 4) for i in range(len(x) - d))

    def boundary(x, width, constant):
        kernel = torch.full((5, 5), .5, dtype=x.dtype)
        kernel[1:-1, 1:-1] = 1
        kernel = kernel.expand(x.shape[-1], 1, 5, 5)
        convolve = lambda t: F.conv2d(t.permute(0, 3, 1, 2), kernel, padding=2, groups=t.shape[-1]).permute(0, 2, 3, 1)
        mask = torch.ones_like(x)
        mask[:, width:-width, width:-width] = 0
        return -(mask * ((convolve(x) / convolve(torch.ones_like(x)) - x) ** 2 + .8 * (x - constant) ** 2)).sum()

    functions = {
        "channel": lambda x: x[..., 2].mean(),
        "neuron": lambda x: x[:, 2, 2, 4].mean(),
        "direction": lambda x: cosine(x, 0),
        "direction, cosine squared": lambda x: cosine(x, 2),
        "directionNeuron, cosine": lambda x: cosine(x[:, 2:3, 2:3], 1),
        "deepDream": lambda x: (x ** 2).mean(),
        "l1": lambda x: (x - .3).abs().sum(),
        "l2": lambda x: (1e-6 + ((x - .3) ** 2).sum()).sqrt(),
        "totalVariation": lambda x: (x[:, 1:] - x[:, :-1]).abs().sum() + (x[:, :, 1:] - x[:, :, :-1]).abs().sum(),
        "diversity": diversity,
        "sum": lambda x: 2 * x[..., 2].mean() - 3 * (x ** 2).mean(),
        "product": lambda x: -x[..., 2].mean() * (x ** 2).mean(),
        "entry": lambda x: (x[1] ** 2).mean(),
        "tensorDirection": lambda x: tensor_direction(x, 0),
        "tensorDirection, cosine": lambda x: tensor_direction(x, 1),
        "caricature, cosine": lambda x: rows(x.flatten(1), target.flatten(), 1).mean(),
        "activationDifference": lambda x: (((x - target) ** 2).flatten(1).sum(1) / (target ** 2).sum()).mean(),
        "inputDifference": lambda x: ((x - target) ** 2).mean().sqrt(),
        "alignment": alignment,
        "boundary": lambda x: boundary(x, 1, .4),
    }
    activations = random.normal(size=(3, 4, 5, 6))
    target, pattern = torch.tensor(random.normal(size=(4, 5, 6))), torch.tensor(random.normal(size=(6, 3, 6)))
    results = {}
    for name, function in functions.items():
        x = torch.tensor(activations, requires_grad=True)
        value = function(x)
        value.backward()
        results[name] = dict(value=value.item(), gradient=rounded(x.grad))
    return dict(shape=[3, 4, 5, 6], activations=rounded(activations), vector=rounded(vector), target=rounded(target), pattern=rounded(pattern),
                results=results)


def nearly(a, b):
    """Whether two trees of numbers agree to 1e-4 of the largest number of a list."""
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(nearly(a[key], b[key]) for key in a)
    if isinstance(a, list):
        if a and isinstance(a[0], (int, float)):
            return len(a) == len(b) and np.allclose(a, b, rtol=1e-4, atol=1e-4 * max(np.abs(a)))
        return len(a) == len(b) and all(map(nearly, a, b))
    return np.isclose(a, b, rtol=1e-4, atol=1e-8) if isinstance(a, (int, float)) else a == b


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compute again and compare with the committed file")
    arguments = parser.parse_args()
    reference = dict(
        fourier=[fourier(2, 6, 8, 1), fourier(1, 5, 7, 1), fourier(1, 9, 4, .8)],
        resize=[resize(5, 7, 8, 9), resize(8, 6, 5, 4)],
        rotate=[rotate(9, 9, 10), rotate(8, 11, -37)],
        adam=adam(12),
        objectives=objectives())
    path = pathlib.Path(__file__).parent.parent / "CircuitsTests" / "Reference" / "visualization.json"
    text = json.dumps(reference)
    if not arguments.check:
        path.write_text(text + "\n")
    elif not nearly(json.loads(path.read_text()), json.loads(text)):
        sys.exit(f"{path} is not what this script computes")


if __name__ == "__main__":
    main()
