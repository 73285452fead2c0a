"""Operations on tensors beside PyTorch's on the same processor: medians of alternating runs, printed as ratios of throughput.

    make bench-tensors
    HOOKE_BENCH_PAIRS=5 .venv-bench/bin/python Benchmarks/tensors.py exp rfft2     # some operations only

A ratio of 1 is PyTorch's speed, larger is faster. Every operation makes a new tensor, as it does in a notebook.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import time

import torch

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAIRS = int(os.environ.get("HOOKE_BENCH_PAIRS", "9"))
SHAPES = [(256, 256), (1, 128, 128, 3), (64, 32, 32, 64)]
PLANES = [(256, 256), (3, 128, 128), (64, 32, 64, 64)]
MATRICES = [(256, 256), (64, 128, 128), (64, 32, 32, 64)]


def spectrum(x):
    return torch.complex(x[0].contiguous(), x[1].contiguous())


OPERATIONS = {
    "exp": torch.exp, "log": torch.log, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "sqrt": torch.sqrt,
    "add": lambda x: x + x, "scale": lambda x: x * 1.5, "add-last": lambda x: x + x.flatten()[: x.shape[-1]],
    "maximum": lambda x: torch.maximum(x, x),
    "sum": torch.sum, "sum-last": lambda x: x.sum(-1), "sum-others": lambda x: x.sum(tuple(range(x.ndim - 1))),
    "max": torch.amax, "max-last": lambda x: x.amax(-1), "argmax-last": lambda x: x.argmax(-1),
    "softmax-last": lambda x: x.softmax(-1),
    "rfft2": torch.fft.rfft2, "irfft2": torch.fft.irfft2,
    "matmul": lambda x: x @ x.mT,
}


def shapes(name):
    if name == "rfft2":
        return PLANES
    if name == "irfft2":
        return [(2, *shape[:-1], shape[-1] // 2 + 1) for shape in PLANES]
    return MATRICES if name == "matmul" else SHAPES


class Tensors:
    """hooke-bench in a process of its own."""

    def __init__(self):
        command = [ROOT / ".build/release/hooke-bench", "tensors"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def milliseconds(self, *request):
        self.process.stdin.write(" ".join(map(str, request)) + "\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


def milliseconds(body, x, repetitions):
    start = time.perf_counter()
    for _ in range(repetitions):
        body(x)
    return (time.perf_counter() - start) * 1000 / repetitions


def main():
    tensors, chosen = Tensors(), sys.argv[1:] or list(OPERATIONS)
    print(f"{'Hooke beside PyTorch ' + torch.__version__:44} {'threads':>8} {'Hooke':>10} {'PyTorch':>10} {'ratio':>7}")
    for name in chosen:
        for shape in shapes(name):
            written = "x".join(map(str, shape))
            x = torch.rand(shape) * 1.9 + 0.1
            # Complex numbers are PyTorch's own form of a spectrum: making them is not counted.
            x = spectrum(x) if name == "irfft2" else x
            for threads in sorted({1, min(2, os.cpu_count())}):
                torch.set_num_threads(threads)
                ours, theirs, repetitions = [], [], 1
                for turn in range(PAIRS + 2):
                    mine = tensors.milliseconds(name, written, threads, repetitions)
                    time.sleep(0.005)  # the peer's threads go to sleep
                    peer = milliseconds(OPERATIONS[name], x, repetitions)
                    time.sleep(0.005)
                    repetitions = max(repetitions, min(500, int(5 / max(mine, 1e-3))))
                    if turn >= 2:
                        ours.append(mine)
                        theirs.append(peer)
                a, b = statistics.median(ours), statistics.median(theirs)
                print(f"{name + ' ' + written:44} {threads:8} {a * 1000:8.1f} us {b * 1000:8.1f} us {b / a:7.2f}", flush=True)


if __name__ == "__main__":
    main()
