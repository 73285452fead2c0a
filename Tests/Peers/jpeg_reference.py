#!/usr/bin/env python3
"""JPEG files written by PIL, and beside each a PNG of the pixels that PIL reads from it.

    jpeg_reference.py       writes Tests/ImageFoldersTests/Reference

`photo-28.png` is photo.jpg through what torchvision's Resize(32) and CenterCrop(28) do with PIL pictures.
"""
import pathlib

import numpy
from PIL import Image

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "ImageFoldersTests" / "Reference"


def picture(height, width):
    y, x = numpy.mgrid[0:height, 0:width].astype(float)
    channels = [127 + 110 * numpy.sin(x / 5 + y / 9), 127 + 110 * numpy.cos(x * y / 90), 255 * (x + y) / (width + height)]
    return Image.fromarray(numpy.stack(channels, -1).clip(0, 255).astype(numpy.uint8))


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    photo = picture(37, 51)
    files = {
        "photo": (photo, {"quality": 90}),
        "progressive": (photo, {"quality": 80, "progressive": True}),
        "full-colour": (photo, {"quality": 95, "subsampling": 0}),
        "grey": (photo.convert("L"), {"quality": 85}),
        "printers": (photo.convert("CMYK"), {"quality": 90}),
    }
    for name, (image, options) in files.items():
        image.save(FOLDER / f"{name}.jpg", "JPEG", **options)
        Image.open(FOLDER / f"{name}.jpg").convert("RGB").save(FOLDER / f"{name}.png", optimize=True)
    width, height = int(32 * 51 / 37), 32
    resized = Image.open(FOLDER / "photo.jpg").convert("RGB").resize((width, height), Image.Resampling.BILINEAR)
    left, top = round((width - 28) / 2), round((height - 28) / 2)
    resized.crop((left, top, left + 28, top + 28)).save(FOLDER / "photo-28.png", optimize=True)


if __name__ == "__main__":
    main()
