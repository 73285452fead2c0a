#!/usr/bin/env python3
"""Weight files that PyTorch, safetensors and NumPy wrote, which the tests of WeightFiles read.

    weight_files_reference.py           writes the committed files into Tests/WeightFilesTests/Reference and Corpus
    weight_files_reference.py --check   reads the committed files with their own libraries, and compares
    weight_files_reference.py --read DIR    reads with safetensors what the tests wrote there

All tensors are ramps: element i, in row-major order, of tensor number n is i / 4 - 3 + n, so that every type but integers and booleans
holds them exactly; a test needs no second file to compare with.
"""
import argparse
import os
import pathlib
import pickle
import struct
import zipfile

import numpy
import safetensors.torch
import torch

COMMITTED = pathlib.Path(__file__).resolve().parent.parent / "WeightFilesTests" / "Reference"
CORPUS = COMMITTED.parent / "Corpus"
TYPES = {"half": torch.float16, "bfloat": torch.bfloat16, "float": torch.float32, "double": torch.float64, "long": torch.int64,
         "int": torch.int32, "short": torch.int16, "char": torch.int8, "byte": torch.uint8, "bool": torch.bool}
UNSIGNED = {"uint16": torch.uint16, "uint32": torch.uint32, "uint64": torch.uint64}


def ramp(number, *shape):
    count = int(numpy.prod(shape))
    return (torch.arange(count, dtype=torch.float32) / 4 - 3 + number).reshape(shape)


def typed():
    """One tensor of each type: of integers -3 … 4 (absolute values where there is no sign), of booleans whether they are zero."""
    whole = torch.arange(-3, 5).reshape(2, 4)
    made = {}
    for name, type in (TYPES | UNSIGNED).items():
        signed = type.is_floating_point or name in ("long", "int", "short", "char")
        made[name] = (whole if signed else (whole != 0) if type is torch.bool else whole.abs()).to(type)
    return made


def state_dict():
    """What a small network has: weights, a scalar that counts, an empty tensor; the version numbers of its modules beside it."""
    net = torch.nn.Sequential(torch.nn.Conv2d(2, 3, (3, 2)), torch.nn.BatchNorm2d(3), torch.nn.Flatten(), torch.nn.Linear(6, 4))
    state = net.state_dict()
    for number, name in enumerate(sorted(n for n in state if state[n].is_floating_point())):
        state[name].copy_(ramp(number, *state[name].shape))
    state["empty"] = torch.zeros(0, 4)
    return state


def views():
    """Tensors that share a storage, or do not lie in it row by row."""
    base = ramp(0, 4, 6)
    image = ramp(1, 2, 3, 4, 5)
    return {"base": base, "row": base[2], "column": base[:, 1], "part": base[1:3, 2:5], "transposed": base.t(), "steps": base[::2, ::3],
            "scalar": base[3, 3], "repeated": base[0, :1].expand(3, 5), "last": image.to(memory_format=torch.channels_last),
            "permuted": image.permute(3, 1, 0, 2), "half": image.half().transpose(0, 3), "parameter": torch.nn.Parameter(ramp(2, 2, 2).t())}


def big_endian(path, tensors):
    """The archive of a machine with the other order of bytes: PyTorch writes only its own, but reads both."""
    torch.save(tensors, path)
    with zipfile.ZipFile(path) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    sizes = {str(i): tensor.element_size() for i, tensor in enumerate(tensors.values())}
    with zipfile.ZipFile(path, "w") as new:
        for name, data in entries.items():
            key = name.split("/data/")[-1]
            if name.endswith("/byteorder"):
                data = b"big"
            elif "/data/" in name and sizes[key] > 1:
                data = numpy.frombuffer(data, f"<u{sizes[key]}").byteswap().tobytes()
            new.writestr(zipfile.ZipInfo(name), data)


def long_archive(path, tensors):
    """The same archive in the form for archives of 4 GB and more: sizes of 64 bits and the records that belong to them."""
    torch.save(tensors, path)
    with zipfile.ZipFile(path) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    body, directory = b"", b""
    for name, data in entries.items():
        import zlib
        name = name.encode()
        start, crc, ones = len(body), zlib.crc32(data), 0xFFFFFFFF
        sizes = struct.pack("<HHQQ", 1, 16, len(data), len(data))
        body += struct.pack("<IHHHHHIIIHH", 0x04034B50, 45, 0, 0, 0, 33, crc, ones, ones, len(name), len(sizes)) + name + sizes + data
        extra = struct.pack("<HHQQQ", 1, 24, len(data), len(data), start)
        directory += struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 45, 45, 0, 0, 0, 33, crc, ones, ones, len(name), len(extra), 0, 0, 0, 0,
                                 ones) + name + extra
    start = len(body)
    end = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, len(entries), len(entries), len(directory), start)
    locator = struct.pack("<IIQI", 0x07064B50, 0, start + len(directory), 1)
    last = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    path.write_bytes(body + directory + end + locator + last)


def write_corpus(folder):
    """The smallest files of each format: what the fuzzer damages."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {"w": ramp(0, 2, 3), "b": ramp(1, 3).half()}
    safetensors.torch.save_file(tensors, folder / "tiny.safetensors", metadata={"layout": "hwio"})
    torch.save(tensors, folder / "tiny.pth")
    torch.save(tensors, folder / "tiny-legacy.pth", _use_new_zipfile_serialization=False)
    arrays = {name: tensor.numpy() for name, tensor in tensors.items()}
    numpy.savez(folder / "tiny.npz", **arrays)
    numpy.savez_compressed(folder / "tiny-packed.npz", **arrays)


class Hostile:
    def __reduce__(self):
        return os.system, ("touch /hooke-was-here",)


def write(folder):
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    state = state_dict()
    for name, tensors in {"types": typed(), "state": state, "views": views()}.items():
        torch.save(tensors, folder / f"{name}.pth")
        if name != "types":
            torch.save(tensors, folder / f"{name}-legacy.pth", _use_new_zipfile_serialization=False)
    legacy_types = {name: tensor for name, tensor in typed().items() if name in TYPES}
    torch.save(legacy_types, folder / "types-legacy.pth", _use_new_zipfile_serialization=False)
    torch.save(state, folder / "protocol4.pth", pickle_protocol=4)
    average = {"module." + name: tensor + 1 for name, tensor in state.items()}
    torch.save({"epoch": 7, "arch": "small", "best": torch.tensor(0.5), "args": {"lr": 0.1}, "state_dict_ema": average,
                "state_dict": {"module." + name: tensor for name, tensor in state.items()},
                "optimizer": {"state": {0: {"step": torch.tensor(3.0), "exp_avg": ramp(0, 2, 2)}}, "param_groups": [{"lr": 0.1, "betas": (0.9, 0.999)}]}},
               folder / "checkpoint.pth")
    torch.save({"encoder": {"w": ramp(0, 2)}, "heads": [ramp(1, 2), {"b": ramp(2, 1)}]}, folder / "nested.pth")
    torch.save(ramp(0, 3, 2), folder / "tensor.pth")
    torch.save({"w": ramp(0, 2), "run": Hostile()}, folder / "hostile.pth")
    torch.save({"w": ramp(0, 2), "run": Hostile()}, folder / "hostile-legacy.pth", _use_new_zipfile_serialization=False)
    torch.save(torch.nn.Linear(2, 2), folder / "module.pth")
    torch.save({"w": torch.zeros(2, dtype=torch.complex64)}, folder / "complex.pth")
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), str(folder / "script.pth"))
    big_endian(folder / "big-endian.pth", {name: tensor for name, tensor in typed().items() if name in TYPES})
    long_archive(folder / "zip64.pth", {"w": ramp(0, 2, 3), "b": ramp(1, 3)})
    with zipfile.ZipFile(folder / "state.pth") as stored, zipfile.ZipFile(folder / "deflated.pth", "w", zipfile.ZIP_DEFLATED) as packed:
        for name in stored.namelist():
            packed.writestr(zipfile.ZipInfo(name), stored.read(name), zipfile.ZIP_DEFLATED)
    safetensors.torch.save_file(typed(), folder / "types.safetensors", metadata={"format": "pt"})
    safetensors.torch.save_file({"a": ramp(0, 2, 3), "b": ramp(1, 4)}, folder / "plain.safetensors")
    arrays = {"a/b": ramp(0, 2, 3).numpy(), "fortran": numpy.asfortranarray(ramp(1, 3, 4).numpy()), "double": ramp(2, 5).double().numpy(),
              "zeros": numpy.zeros((50, 40), numpy.float32)}
    numpy.savez(folder / "stored.npz", **arrays)
    numpy.savez_compressed(folder / "packed.npz", **arrays)
    numpy.save(folder / "array.npy", arrays["a/b"])
    with open(folder / "plain.pickle", "wb") as file:
        pickle.dump({"w": [1, 2, 3]}, file)


def check(folder):
    """Loads every file that has to be loadable and compares it with what it should hold."""
    state = state_dict()
    expected = {"types.pth": typed(), "state.pth": state, "state-legacy.pth": state, "protocol4.pth": state, "views.pth": views(),
                "views-legacy.pth": views(), "zip64.pth": {"w": ramp(0, 2, 3), "b": ramp(1, 3)}}
    for name, tensors in expected.items():
        loaded = torch.load(folder / name, weights_only=name != "protocol4.pth")  # whose operations the careful reader lacks
        assert loaded.keys() == tensors.keys(), name
        for key in tensors:
            assert torch.equal(loaded[key].data.to(torch.float64), tensors[key].data.to(torch.float64)), (name, key)
    for key, tensor in torch.load(folder / "big-endian.pth", weights_only=True).items():
        assert torch.equal(tensor.to(torch.float64), typed()[key].to(torch.float64)), key
    for key, tensor in safetensors.torch.load_file(folder / "types.safetensors").items():
        assert torch.equal(tensor.to(torch.float64), typed()[key].to(torch.float64)), key
    for name in ("hostile.pth", "hostile-legacy.pth", "module.pth"):
        try:
            torch.load(folder / name, weights_only=True)
        except pickle.UnpicklingError:
            continue
        raise AssertionError(f"{name} was loaded")
    print("as expected")


def read(folder):
    plain = safetensors.torch.load_file(folder / "plain.safetensors")
    assert torch.equal(plain["a"], ramp(0, 2, 3)) and torch.equal(plain["b"], ramp(1, 4)), plain
    with safetensors.safe_open(folder / "plain.safetensors", "pt") as file:
        assert file.metadata() == {"layout": "hwio", "name": "π"}, file.metadata()
    print("as expected")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--read", type=pathlib.Path)
    options = parser.parse_args()
    if options.read:
        read(options.read)
    else:
        if not options.check:
            write(COMMITTED)
            write_corpus(CORPUS)
        check(COMMITTED)
