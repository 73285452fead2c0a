#!/usr/bin/env python3
"""PNG files written by PIL (and one by hand, of a kind that PIL cannot write), and the pixels they hold.

    png_reference.py            writes the committed files into Tests/FiguresTests/Reference
    png_reference.py --check    makes them again and compares with the committed files, pixel by pixel
    png_reference.py --read F   prints what PIL finds in a PNG file, for files that Hooke wrote

Pixels come from formulas below; every file but the 16-bit ones is read back by PIL to see that they are in it.
"""
import argparse
import io
import json
import pathlib
import struct
import zlib

from PIL import Image

COMMITTED = pathlib.Path(__file__).resolve().parent.parent / "FiguresTests" / "Reference"
WIDTH, HEIGHT = 7, 5


def picture(mode, color, **options):
    image = Image.new(mode, (WIDTH, HEIGHT))
    image.putdata([color(x, y) for y in range(HEIGHT) for x in range(WIDTH)])
    file = io.BytesIO()
    image.save(file, "PNG", **options)
    return file.getvalue()


def palette():
    colors = [(10 * i, 255 - 20 * i, (77 * i) % 256) for i in range(12)]
    image = Image.new("P", (WIDTH, HEIGHT))
    image.putpalette([part for color in colors for part in color])
    image.putdata([(x + WIDTH * y) % 12 for y in range(HEIGHT) for x in range(WIDTH)])
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def deep_rgb():
    """16 bits a channel, RGB: 257 times an 8-bit value, so that its 8-bit reading is exact."""
    rows = b"".join(
        b"\0" + b"".join(struct.pack(">3H", *(257 * v for v in rgb(x, y))) for x in range(WIDTH)) for y in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 16, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def interlaced():
    """Adam7: seven passes of ever finer grids."""
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    data = b""
    for left, top, across, down in passes:
        for y in range(top, HEIGHT, down):
            row = b"".join(bytes(rgb(x, y)) for x in range(left, WIDTH, across))
            data += b"\0" + row if row else b""
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def rgb(x, y):
    return (36 * x, 63 * y, (17 * x + 91 * y) % 256)


def files():
    rgba = lambda x, y: rgb(x, y) + (255 - 40 * x,)
    gray = lambda x, y: (29 * x + 13 * y) % 256
    colors = [(10 * i, 255 - 20 * i, (77 * i) % 256) for i in range(12)]
    places = [(x, y) for y in range(HEIGHT) for x in range(WIDTH)]
    return {
        "rgb": (picture("RGB", rgb), [rgb(*p) for p in places]),
        "rgba": (picture("RGBA", rgba), [rgba(*p) for p in places]),
        "gray": (picture("L", gray), [(gray(*p),) * 3 for p in places]),
        "bilevel": (picture("1", lambda x, y: 255 * ((x + y) % 2)), [(255 * ((x + y) % 2),) * 3 for x, y in places]),
        "palette": (palette(), [colors[(x + WIDTH * y) % 12] for x, y in places]),
        "gray16": (picture("I;16", lambda x, y: 257 * gray(x, y)), [(gray(*p),) * 3 for p in places]),
        "rgb16": (deep_rgb(), [rgb(*p) for p in places]),
        "interlaced": (interlaced(), [rgb(*p) for p in places]),
    }


def seen_by_pil(data):
    image = Image.open(io.BytesIO(data))
    return list(image.convert("RGBA" if image.mode == "RGBA" else "RGB").get_flattened_data())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--read")
    options = parser.parse_args()
    if options.read:
        image = Image.open(options.read)
        image.load()
        print(json.dumps({"mode": image.mode, "size": image.size, "pixels": list(image.get_flattened_data())}))
        return
    made = files()
    for name, (data, pixels) in made.items():
        assert "16" in name or seen_by_pil(data) == pixels, name
    index = {
        name: {"width": WIDTH, "height": HEIGHT, "channels": len(pixels[0]), "pixels": [v for p in pixels for v in p]}
        for name, (_, pixels) in made.items()
    }
    if options.check:
        assert json.loads((COMMITTED / "pixels.json").read_text()) == index
        for name, (_, pixels) in made.items():
            assert "16" in name or seen_by_pil((COMMITTED / f"{name}.png").read_bytes()) == pixels, name
        print(f"{len(made)} files agree")
        return
    COMMITTED.mkdir(exist_ok=True)
    for name, (data, _) in made.items():
        (COMMITTED / f"{name}.png").write_bytes(data)
    (COMMITTED / "pixels.json").write_text(json.dumps(index, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
