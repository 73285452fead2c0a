#!/usr/bin/env python3
"""Values computed by NumPy, PyTorch and PIL that the tests of Tensors compare with.

    tensors_reference.py                        writes the committed files into Tests/TensorsTests/Reference
    tensors_reference.py --check                computes them again and compares with the committed files
    tensors_reference.py --live DIR [--seed N]  writes files of the same form with other numbers into DIR; then
                                                HOOKE_TENSORS_REFERENCE=DIR swift test --filter TensorsTests
    tensors_reference.py --read DIR             reads with NumPy what the tests wrote there, and compares

TensorFlow is not installed for this: its old resizing rules are short and stand below as formulas,
which agree with tf.compat.v1.image of TensorFlow 2.21.0 to 6e-7.
Images are [batch, height, width, channel] in the files, as everywhere in Hooke.
"""
import argparse
import io
import pathlib
import sys

import numpy
import torch
import torch.nn.functional as F
from PIL import Image

COMMITTED = pathlib.Path(__file__).resolve().parent.parent / "TensorsTests" / "Reference"
SEED = 20200310


def normal(random, *shape):
    return random.standard_normal(shape).astype(numpy.float32)


# ---------------------------------------------------------------- NumPy: arithmetic, reductions, rearranging

PAIRS = [((3, 4), (3, 4)), ((8, 1, 6, 1), (7, 1, 5)), ((2, 3, 4), (4,)), ((2, 3, 1), (2, 1, 4)), ((), (2, 3)), ((1, 3), (2, 1)),
         ((0, 3), (1, 3)), ((5, 1, 1, 4), (1, 3, 2, 1))]
PRODUCTS = [((4, 3, 5), (4, 5, 2)), ((2, 1, 3, 4), (3, 4, 6)), ((2, 3, 4, 5), (5, 6)), ((4, 5), (3, 5, 2)), ((2, 0, 3), (3, 4)),
            ((2, 3, 0), (2, 0, 4)), ((1, 1, 1), (2, 1, 7))]
AXES = [(0,), (1,), (2,), (0, 1), (1, 2), (0, 2), (0, 1, 2), (-1,)]


def arithmetic(random):
    made = {}
    for i, (first, second) in enumerate(PAIRS):
        a, b = normal(random, *first), normal(random, *second)
        made |= {f"pair{i}/a": a, f"pair{i}/b": b, f"pair{i}/add": a + b, f"pair{i}/subtract": a - b, f"pair{i}/multiply": a * b,
                 f"pair{i}/divide": a / b, f"pair{i}/maximum": numpy.maximum(a, b), f"pair{i}/minimum": numpy.minimum(a, b),
                 f"pair{i}/less": (a < b), f"pair{i}/where": numpy.where(a > b, b, a)}
    x = normal(random, 5, 6, 7)
    made["x"] = x
    exact = x.astype(numpy.float64)
    for i, axes in enumerate(AXES):
        made |= {f"axes{i}/sum": exact.sum(axes), f"axes{i}/mean": exact.mean(axes), f"axes{i}/max": x.max(axes),
                 f"axes{i}/min": x.min(axes), f"axes{i}/variance": exact.var(axes), f"axes{i}/deviation": exact.std(axes, ddof=1)}
    made |= {f"argmax{i}": x.argmax(i) for i in range(3)}
    made |= {"permuted": x.transpose(2, 0, 1), "part": x[1:4, ::2, -3:], "index": x[-1, :, 2], "flipped": x[:, ::-1, ::-1],
             "padded": numpy.pad(x, ((0, 1), (2, 0), (1, 1)), constant_values=0.5), "taken": numpy.take(x, [3, 0, 3], axis=1),
             "padded-edge": numpy.pad(x, ((0, 1), (2, 0), (9, 1)), mode="edge"),
             "padded-reflect": numpy.pad(x, ((0, 1), (2, 0), (9, 15)), mode="reflect"),
             "joined": numpy.concatenate([x, x[:, :2]], axis=1), "matmul": exact.reshape(30, 7) @ exact[0].T}
    for i, (first, second) in enumerate(PRODUCTS):
        a, b = normal(random, *first), normal(random, *second)
        made |= {f"product{i}/a": a, f"product{i}/b": b, f"product{i}/matmul": a.astype(numpy.float64) @ b}
    return made


# ---------------------------------------------------------------- NumPy: linear algebra and Fourier

def linear_algebra(random):
    made = {}
    for i, shape in enumerate([(4, 4), (6, 3), (3, 7), (1, 5), (20, 12)]):
        a = normal(random, *shape)
        made |= {f"svd{i}/a": a, f"svd{i}/values": numpy.linalg.svd(a.astype(numpy.float64), compute_uv=False)}
        q, r = numpy.linalg.qr(a.astype(numpy.float64))
        made |= {f"qr{i}/q": q, f"qr{i}/r": r}
    for i, n in enumerate([1, 3, 16]):
        a = normal(random, n, n)
        a = a + a.T
        made |= {f"eigen{i}/a": a, f"eigen{i}/values": numpy.linalg.eigvalsh(a.astype(numpy.float64))}
        b = normal(random, n, 2)
        shifted = a + numpy.float32(8) * numpy.eye(n, dtype=numpy.float32)
        made |= {f"solve{i}/a": shifted, f"solve{i}/b": b, f"solve{i}/x": numpy.linalg.solve(shifted.astype(numpy.float64), b)}
    for i, (m, n) in enumerate([(9, 4), (4, 9)]):
        a, b = normal(random, m, n), normal(random, m, 3)
        made |= {f"least{i}/a": a, f"least{i}/b": b, f"least{i}/x": numpy.linalg.lstsq(a.astype(numpy.float64), b, rcond=None)[0]}
    return made


def fourier(random):
    made = {}
    for i, shape in enumerate([(4, 4), (5, 7), (2, 6, 9), (1, 8), (8, 1), (3, 2, 15, 12)]):
        a = normal(random, *shape)
        spectrum = numpy.fft.rfft2(a.astype(numpy.float64))
        other = normal(random, *spectrum.shape) + 1j * normal(random, *spectrum.shape)
        made |= {f"fft{i}/a": a, f"fft{i}/spectrum": numpy.stack([spectrum.real, spectrum.imag]),
                 f"fft{i}/other": numpy.stack([other.real, other.imag]), f"fft{i}/inverse": numpy.fft.irfft2(other, s=shape[-2:])}
    return made


# ---------------------------------------------------------------- resizing

def tensorflow1(image, size, align, nearest):
    """x_in = x_out * scale, in 32 bits; bilinear between floor and the next pixel, nearest by floor or (aligned) by rounding."""
    for axis, length in ((1, size[0]), (2, size[1])):
        given = image.shape[axis]
        scale = numpy.float32((given - 1) / (length - 1) if align and length > 1 else given / length)
        place = numpy.arange(length, dtype=numpy.float32) * scale
        if nearest:
            chosen = numpy.floor(place + numpy.float32(0.5)) if align else numpy.floor(place)
            image = image.take(numpy.minimum(chosen.astype(int), given - 1), axis)
            continue
        low = numpy.floor(place).astype(int)
        high = numpy.minimum(low + 1, given - 1)
        share = (place - low).reshape([-1 if i == axis else 1 for i in range(4)])
        image = image.take(low, axis) * (1 - share) + image.take(high, axis) * share
    return image


def tensorflow1_taps(image, size, align, weights):
    """Each new pixel from old ones; a place beyond the border is that of the border."""
    for axis, length in ((1, size[0]), (2, size[1])):
        given = image.shape[axis]
        scale = numpy.float32((given - 1) / (length - 1) if align and length > 1 else given / length)
        matrix = numpy.zeros((length, given))
        for i in range(length):
            for place, weight in weights(i, scale):
                matrix[i, min(max(place, 0), given - 1)] += weight
        image = numpy.moveaxis(numpy.tensordot(matrix, image, (1, axis)), 0, axis)
    return image


def tensorflow1_bicubic(i, scale):
    """resize_bicubic_op.cc: Keys' cubic at -0.75, in a table of 1024 steps."""
    place = numpy.float32(i) * scale
    low, a = int(numpy.floor(place)), -0.75
    share = numpy.rint((place - numpy.float32(low)) * numpy.float32(1024)) / 1024

    def near(x):
        return ((a + 2) * x - (a + 3)) * x * x + 1

    def far(x):
        return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a

    return zip(range(low - 1, low + 3), (far(share + 1), near(share), near(1 - share), far(2 - share)))


def tensorflow1_area(i, scale):
    """resize_area_op.cc: the part of every pixel between i * scale and (i + 1) * scale."""
    low, high = numpy.float32(i) * scale, numpy.float32(i + 1) * scale
    for place in range(int(numpy.floor(low)), int(numpy.ceil(high))):
        yield place, (min(place + 1, high) - max(place, low)) / scale


def pytorch(image, size, **options):
    return F.interpolate(torch.tensor(image).permute(0, 3, 1, 2), size=size, **options).permute(0, 2, 3, 1).numpy()


def pil(image, size, method):
    planes = [[Image.fromarray(picture[:, :, c], mode="F").resize(size[::-1], method) for c in range(image.shape[3])] for picture in image]
    return numpy.array([numpy.stack([numpy.asarray(plane) for plane in picture], axis=2) for picture in planes])


RULES = {
    "tf1-bilinear": lambda x, s: tensorflow1(x, s, False, False),
    "tf1-bilinear-aligned": lambda x, s: tensorflow1(x, s, True, False),
    "tf1-nearest": lambda x, s: tensorflow1(x, s, False, True),
    "tf1-nearest-aligned": lambda x, s: tensorflow1(x, s, True, True),
    "tf1-bicubic": lambda x, s: tensorflow1_taps(x, s, False, tensorflow1_bicubic),
    "tf1-bicubic-aligned": lambda x, s: tensorflow1_taps(x, s, True, tensorflow1_bicubic),
    "tf1-area": lambda x, s: tensorflow1_taps(x, s, False, tensorflow1_area),
    "torch-nearest": lambda x, s: pytorch(x, s, mode="nearest"),
    "torch-nearest-exact": lambda x, s: pytorch(x, s, mode="nearest-exact"),
    "torch-bilinear": lambda x, s: pytorch(x, s, mode="bilinear", align_corners=False),
    "torch-bilinear-aligned": lambda x, s: pytorch(x, s, mode="bilinear", align_corners=True),
    "torch-bilinear-antialias": lambda x, s: pytorch(x, s, mode="bilinear", antialias=True),
    "torch-bicubic": lambda x, s: pytorch(x, s, mode="bicubic", align_corners=False),
    "torch-bicubic-aligned": lambda x, s: pytorch(x, s, mode="bicubic", align_corners=True),
    "torch-bicubic-antialias": lambda x, s: pytorch(x, s, mode="bicubic", antialias=True),
    "torch-area": lambda x, s: pytorch(x, s, mode="area"),
    "pil-nearest": lambda x, s: pil(x, s, Image.Resampling.NEAREST),
    "pil-box": lambda x, s: pil(x, s, Image.Resampling.BOX),
    "pil-bilinear": lambda x, s: pil(x, s, Image.Resampling.BILINEAR),
    "pil-hamming": lambda x, s: pil(x, s, Image.Resampling.HAMMING),
    "pil-bicubic": lambda x, s: pil(x, s, Image.Resampling.BICUBIC),
    "pil-lanczos": lambda x, s: pil(x, s, Image.Resampling.LANCZOS),
}
SIZES = [((5, 7), (9, 4)), ((12, 10), (5, 3)), ((4, 4), (8, 8)), ((6, 5), (1, 13)), ((1, 3), (4, 7)), ((3, 3), (3, 3)),
         ((11, 13), (10, 14))]


def resizing(random):
    made = {}
    for i, (given, wanted) in enumerate(SIZES):
        image = normal(random, 2, *given, 3)
        made[f"size{i}/image"] = image
        made |= {f"size{i}/{name}": rule(image, wanted) for name, rule in RULES.items()}
    return made


# ---------------------------------------------------------------- PyTorch: gradients

def complex_parts(x):
    return torch.stack([x.real, x.imag])


def as_image(x, call):
    return call(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)


FUNCTIONS = {
    "broadcast": (((2, 3, 4), (4,), (2, 1, 1)), lambda a, b, c: ((a * b - c / (b * b + 1)) * (a + c)).sum()),
    "scalars": (((3, 4),), lambda a: ((2 * a + 1) * (3 - a) / 2 - 1 / (a * a + 1)).mean()),
    "functions": (((4, 5),), lambda a: (a.tanh() * a.sigmoid() + a.relu() * (-a * a).exp() + (a * a + 1).log()
                                        + (a.abs() + 0.5).sqrt() + a ** 3 + a.sin() * a.cos()).sum()),
    "extremes": (((4, 5), (5,)), lambda a, b: (torch.maximum(a, b) * torch.minimum(a, b * 2) + a.clamp(-0.5, 0.7)).sum()),
    "reductions": (((3, 4, 5),), lambda a: (a.mean((0, 2)) * a.sum((0, 2))).sum() + (a.amax(1) * a.amin(1)).sum()
                   + a.var((1, 2), correction=0).sum() + a.std((0,), correction=1).sum()),
    "softmax": (((3, 6),), lambda a: (a.softmax(1) * a.log_softmax(1)).sum() + a.logsumexp(0).sum()),
    "matmul": (((3, 4), (4, 5), (5, 3)), lambda a, b, c: ((a @ b).tanh() @ c).diagonal().sum() + (a.T @ (b @ c).T).sum()),
    "slices": (((3, 5, 4),), lambda a: (a[:, 1:3] * a[:, 2:4]).sum() + (a[-1, ::2] ** 2).sum() + (a.flip(1)[0] * a[1]).sum()
               + (a[:, [0, 2, 2]] * a[:, :3]).sum()),
    "shapes": (((2, 3, 4),), lambda a: (a.permute(2, 0, 1).reshape(4, 6) @ a.reshape(6, 4)).sum()
               + (F.pad(a, (1, 1, 0, 2)) ** 2).sum() + (torch.cat([a, a * a], 1)[:, 1:5] ** 2).sum() + a.mT.matmul(a[0]).sum()),
    "products": (((2, 3, 4), (4, 5), (2, 5, 3), (3, 3)), lambda a, b, c, d: ((a @ b).tanh() @ c).sum()
                 + ((d @ a).mT @ (d @ a)).tanh().sum()),
    "padding": (((1, 2, 5, 4),), lambda a: (F.pad(a, (3, 1, 2, 4), mode="reflect") ** 3).sum()
                + (F.pad(a, (1, 3, 2, 0), mode="replicate") ** 2).sum() * 0.5),
    "fourier": (((2, 5, 6),), lambda a: (complex_parts(torch.fft.rfft2(a)) ** 2).mean()
                + (torch.fft.irfft2(torch.fft.rfft2(a) * (torch.arange(4) - 1.5), s=(5, 6)) ** 3).sum()),
    "resize": (((1, 5, 6, 2),), lambda a: (as_image(a, lambda x: F.interpolate(x, (8, 3), mode="bilinear")) ** 2).sum()
               + (as_image(a, lambda x: F.interpolate(x, (3, 9), mode="bicubic", align_corners=True)) ** 3).sum()),
    "cosine": (((4, 6), (4, 6)), lambda a, b: ((a * b).sum(1) / (a.norm(dim=1) * b.norm(dim=1))).mean()),
}


def gradients(random):
    made = {}
    for name, (shapes, function) in FUNCTIONS.items():
        arrays = [normal(random, *shape) for shape in shapes]
        inputs = [torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in arrays]
        value = function(*inputs)
        value.backward()
        made[f"{name}/value"] = value.detach().numpy()
        for i, (a, x) in enumerate(zip(arrays, inputs)):
            made |= {f"{name}/input{i}": a, f"{name}/gradient{i}": x.grad.numpy()}
    return made


# ---------------------------------------------------------------- .npy files of every kind

def numpy_files():
    numbers = numpy.arange(-6, 6).reshape(3, 4)
    made = {}
    for kind in ["<f4", ">f4", "<f8", ">f8", "<f2", ">f2", "|i1", "<i2", ">i2", "<i4", ">i4", "<i8", ">i8"]:
        made["type-" + kind.replace("<", "little-").replace(">", "big-").replace("|", "")] = (numbers.astype(kind), (1, 0))
    for kind in ["|u1", "<u2", ">u4", "<u8", "|b1"]:
        made["type-" + kind.replace("<", "little-").replace(">", "big-").replace("|", "")] = (numpy.abs(numbers).astype(kind), (1, 0))
    quarters = (numbers / 4).astype("<f4")
    made |= {"fortran": (numpy.asfortranarray(quarters), (1, 0)), "version2": (quarters, (2, 0)), "version3": (quarters, (3, 0)),
             "scalar": (numpy.float32(2.5), (1, 0)), "vector": (quarters[0], (1, 0)), "empty": (quarters[:0], (1, 0)),
             "cube-fortran": (numpy.asfortranarray(numpy.arange(24, dtype=">i2").reshape(2, 3, 4)), (1, 0))}
    files = {}
    for name, (array, version) in made.items():
        file = io.BytesIO()
        numpy.lib.format.write_array(file, numpy.asanyarray(array), version=version)
        files[name + ".npy"] = file.getvalue()
    arrays = {"quarters": quarters, "numbers": numbers.astype("<i4"), "zeros": numpy.zeros((40, 50), "<f4")}
    for name, save in (("stored.npz", numpy.savez), ("deflated.npz", numpy.savez_compressed)):
        file = io.BytesIO()
        save(file, **arrays)
        files[name] = file.getvalue()
    return files


def read_back(folder):
    """What the Swift tests wrote, read by NumPy."""
    ramp = numpy.arange(24, dtype=numpy.float32) / 8 - 1
    expected = {"matrix": ramp.reshape(4, 6), "cube": ramp.reshape(2, 3, 4), "scalar": numpy.float32(2.5), "empty": numpy.zeros((0, 3))}
    archive = numpy.load(folder / "written.npz")
    assert sorted(archive.files) == sorted(expected), archive.files
    for name, array in expected.items():
        for found in (numpy.load(folder / f"{name}.npy"), archive[name]):
            assert found.dtype == numpy.float32 and found.shape == array.shape and (found == array).all(), name
    print(f"{len(expected)} arrays, twice each, agree")


# ---------------------------------------------------------------- files

SECTIONS = {"arithmetic": arithmetic, "linear-algebra": linear_algebra, "fourier": fourier, "resizing": resizing, "gradients": gradients}


def compute(seed):
    return {
        name: {key: numpy.asarray(value, dtype=numpy.float32) for key, value in make(numpy.random.default_rng(seed)).items()}
        for name, make in SECTIONS.items()
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--live", type=pathlib.Path)
    parser.add_argument("--read", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    if options.read:
        return read_back(options.read)
    made = compute(options.seed)
    if options.check:
        for name, arrays in made.items():
            committed = numpy.load(COMMITTED / f"{name}.npz")
            assert sorted(committed.files) == sorted(arrays), name
            for key, array in arrays.items():
                assert committed[key].shape == array.shape, (name, key)
                assert array.size == 0 or numpy.abs(committed[key] - array).max() <= 1e-4 * max(1, numpy.abs(array).max()), (name, key)
        for name, data in numpy_files().items():
            if name.endswith(".npy"):
                assert (COMMITTED / "npy" / name).read_bytes() == data, name
        print(f"{len(made)} files agree")
        return
    folder = options.live or COMMITTED
    (folder / "npy").mkdir(parents=True, exist_ok=True)
    for name, arrays in made.items():
        numpy.savez_compressed(folder / f"{name}.npz", **arrays)
    for name, data in numpy_files().items():
        (folder / "npy" / name).write_bytes(data)


if __name__ == "__main__":
    sys.exit(main())
