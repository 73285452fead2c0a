"""Writes Tests/CircuitsTests/Reference/stimuli.json: stimuli as Pillow draws them at 16 times the size (the spiral: NumPy), reduced by the mean of each
square of 16 x 16 pixels, and gratings as NumPy computes them.

    python Tests/Peers/stimuli_reference.py        # needs numpy and pillow
"""
import base64
import json
import math
import pathlib

import numpy as np
from PIL import Image, ImageDraw

SIDE, SCALE = 40, 16


def turned(points, degrees):
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return [(x * c - y * s, x * s + y * c) for x, y in points]


def place(points):
    return [((x + SIDE / 2) * SCALE, (y + SIDE / 2) * SCALE) for x, y in points]


def drawn(paint):
    canvas = Image.new("L", (SIDE * SCALE, SIDE * SCALE), 255)
    paint(ImageDraw.Draw(canvas))
    pixels = np.asarray(canvas, dtype=np.float64).reshape(SIDE, SCALE, SIDE, SCALE).mean((1, 3))
    return pixels / 255


def box(x, y, radius):
    return [*place([(x - radius, y - radius)])[0], *place([(x + radius, y + radius)])[0]]


def arc(radius, orientation, span, width):
    (x, y), = turned([(-radius, 0)], orientation)
    return drawn(lambda draw: draw.arc(
        box(x, y, radius + width / 2), orientation - span / 2, orientation + span / 2, fill=0, width=round(width * SCALE)))


def polyline(points, orientation, width):
    return drawn(lambda draw: draw.line(place(turned(points, orientation)), fill=0, width=round(width * SCALE), joint="curve"))


def polygon(points, orientation):
    return drawn(lambda draw: draw.polygon(place(turned(points, orientation)), fill=0))


def ellipse(a, b, orientation):
    turns = np.linspace(0, 2 * math.pi, 720, endpoint=False)
    return polygon([(a * math.cos(t), b * math.sin(t)) for t in turns], orientation)


def corner(opening, orientation, arms, width):
    half = math.radians(opening / 2)
    ends = [(-arms * math.cos(half), s * arms * math.sin(half)) for s in (-1, 1)]
    return polyline([ends[0], (0, 0), ends[1]], orientation, width)


def wedge(opening, orientation):
    half = math.radians(opening / 2)
    return polygon([(-99 * math.cos(half), -99 * math.sin(half)), (0, 0), (-99 * math.cos(half), 99 * math.sin(half))], orientation)


def spiral(radius, turns, width):
    """Pillow's wide lines are ragged where they turn, so here each small pixel near enough to the curve is black."""
    k = np.linspace(0, turns, 900)
    curve = k * radius / turns * np.exp(2j * math.pi * (k - turns))
    y, x = (np.mgrid[0:SIDE * 8, 0:SIDE * 8] + 0.5) / 8 - SIDE / 2
    near = np.concatenate([np.abs(row[:, None] - curve).min(1) <= width / 2 for row in x + 1j * y])
    return 1 - near.reshape(SIDE, 8, SIDE, 8).mean((1, 3))


def wave(function):
    y, x = np.mgrid[0:SIDE, 0:SIDE] + 0.5 - SIDE / 2
    return function(x, y)


def grating(wavelength, orientation, phase):
    a = math.radians(orientation)
    return wave(lambda x, y: 0.5 + 0.5 * np.cos(2 * math.pi * (x * math.cos(a) + y * math.sin(a)) / wavelength - math.radians(phase)))


def boundary(ahead, behind):
    def paint(x, y):
        sides = [0.5 + 0.25 * (np.cos(2 * math.pi * x / w) + np.cos(2 * math.pi * y / w)) for w in (ahead, behind)]
        return np.where(x > 0, sides[0], sides[1])
    return wave(paint)


stimuli = {
    "arc 12 45": arc(12, 45, 180, 2), "arc 30 200": arc(30, 200, 180, 3), "line 30": polyline([(-99, 0), (99, 0)], 30, 2.5),
    "line 0": polyline([(-99, 0), (99, 0)], 0, 2), "corner 70 300": corner(70, 300, 15, 2), "wedge 90 20": wedge(90, 20),
    "disc 9": ellipse(9, 9, 0), "ellipse 15 6 25": ellipse(15, 6, 25),
    "triangle 14": polygon([(14 * math.cos(t), 14 * math.sin(t)) for t in (0, 2 * math.pi / 3, 4 * math.pi / 3)], -90),
    "spiral 17 3": spiral(17, 3, 2), "grating 7 40 90": grating(7, 40, 90), "boundary 5 15": boundary(5, 15),
}
path = pathlib.Path(__file__).parents[1] / "CircuitsTests/Reference/stimuli.json"
path.write_text(json.dumps(
    {name: base64.b64encode(np.round(pixels * 255).astype(np.uint8).tobytes()).decode() for name, pixels in stimuli.items()},
    indent=0))
print(path, path.stat().st_size)
