"""The engine beside PyTorch on the same processor: medians of alternating runs in one go, printed as ratios.

    make bench-engine

Every network has random weights, which do not change how long it takes. "Gradient" is a forward pass and the gradient of all class
scores with respect to the images; a training step has batch normalization and AdamW. PyTorch's networks are torchvision's GoogLeNet,
Lucent's InceptionV1 (when it is installed), and InceptionV1 and mini-inception written out in plain PyTorch operations.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import time
import types

# torchvision's wheel is built for CUDA; beside a CPU-only torch these two parts do not load, and nothing here needs them.
for name in ("torchvision._meta_registrations", "torchvision._autograd_registrations"):
    sys.modules[name] = types.ModuleType(name)

import torch
import torchvision

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests" / "Peers"))
import mini_inception
import networks_reference
import quick_step

PAIRS = int(os.environ.get("HOOKE_BENCH_PAIRS", "15"))


class Engine:
    """hooke-bench in a process of its own."""

    def __init__(self):
        self.process = subprocess.Popen([ROOT / ".build/release/hooke-bench", "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def milliseconds(self, kind, network, size, batch, threads):
        self.process.stdin.write(f"{kind} {network} {size} {batch} {threads}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


class Written(torch.nn.Module):
    """A network of Tests/Peers/networks_reference.py as a module."""

    def __init__(self, stem, pool0, blocks, classes, head):
        super().__init__()
        self.network = networks_reference.Inception(stem, pool0, blocks, classes, torch.Generator().manual_seed(1))
        self.head, self.last = head, "softmax2_pre_activation" if head else blocks[-1][0]

    def forward(self, x):
        return self.network.run(x, head=self.head)[self.last]


def lucent():
    try:
        import kornia
        import kornia.geometry.transform as moved

        # Where Lucent's version looks for them.
        kornia.get_rotation_matrix2d, kornia.warp_affine = moved.get_rotation_matrix2d, moved.warp_affine
        from lucent.modelzoo import inceptionv1
    except ImportError as error:
        print(f"Lucent is not measured: {error}")
        return None
    return inceptionv1(pretrained=False)


def forward(network, images):
    with torch.no_grad():
        network(images)


def gradient(network, images):
    leaf = images.detach().requires_grad_()
    torch.autograd.grad(network(leaf).sum(), leaf)


def training():
    """A step of the recipe of mini-inception, with the faster memory format."""
    network = mini_inception.MiniInception(12).to(memory_format=torch.channels_last).train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=0.3)
    labels = torch.arange(64) % 12

    def step(network, images):
        loss = torch.nn.functional.cross_entropy(network(images), labels, label_smoothing=0.05)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        loss.item()

    return network, step


def milliseconds(body, *arguments):
    start = time.perf_counter()
    body(*arguments)
    return (time.perf_counter() - start) * 1000


def compare(title, engine, request, body, network, images, target, pairs=PAIRS):
    for threads in sorted({1, os.cpu_count() if os.cpu_count() < 3 else 2}):
        torch.set_num_threads(threads)
        ours, theirs = [], []
        for turn in range(pairs + 2):
            mine = engine.milliseconds(*request, threads)
            time.sleep(0.02)  # the peer's threads go to sleep
            peer = milliseconds(body, network, images)
            time.sleep(0.02)
            if turn >= 2:
                ours.append(mine)
                theirs.append(peer)
        a, b = statistics.median(ours), statistics.median(theirs)
        print(f"{title:64} {threads} thread{'s' if threads > 1 else ' '} {a:8.1f} ms  {b:8.1f} ms  {b / a:5.1f} times as fast   (reach: {target})", flush=True)


def visualization_step(network, layer, size):
    """Milliseconds of one step of Lucent's render_vis, without what it does once."""
    from lucent.optvis import param, render

    def total(steps):
        start = time.perf_counter()
        render.render_vis(
            network, f"{layer}:7", param_f=lambda: param.image(size), thresholds=(steps,), progress=False, show_image=False)
        return (time.perf_counter() - start) * 1000

    short = total(2)
    return (total(6) - short) / 4


def compare_visualization(engine, network, layer, size, target, pairs=5):
    threads = 2 if os.cpu_count() > 1 else 1
    torch.set_num_threads(threads)
    ours, theirs = [], []
    for turn in range(pairs + 1):
        mine, peer = engine.milliseconds(f"visualize:{layer}", "inceptionv1", size, 1, threads), visualization_step(network, layer, size)
        if turn >= 1:
            ours.append(mine)
            theirs.append(peer)
    a, b = statistics.median(ours), statistics.median(theirs)
    title = f"a step of feature visualization, {layer}, {size}; Lucent"
    print(f"{title:64} {threads} threads {a:8.1f} ms  {b:8.1f} ms  {b / a:5.1f} times as fast   (reach: {target})", flush=True)


def compare_quick_step(engine, network, layer, size, target, pairs=9, steps=20):
    """A step of feature visualization beside the one of quick_step.py."""
    difference = quick_step.check(network, layer)
    assert difference < 1e-9, f"quick_step.py has other gradients: {difference}"
    threads = 2 if os.cpu_count() > 1 else 1
    torch.set_num_threads(threads)
    peer = quick_step.QuickVisualization(quick_step.QuickNetwork(network, layer), 7, size)
    ours, theirs = [], []
    for turn in range(pairs + 1):
        mine = engine.milliseconds(f"visualize:{layer}", "inceptionv1", size, 1, threads)
        time.sleep(0.02)
        times = [milliseconds(peer.step) for _ in range(steps)]
        if turn >= 1:
            ours.append(mine)
            theirs.append(sum(times) / steps)
    a, b = statistics.median(ours), statistics.median(theirs)
    ratios = sorted(theirs / ours for ours, theirs in zip(ours, theirs))
    title = f"a step of feature visualization, {layer}, {size}; quick PyTorch"
    print(f"{title:64} {threads} threads {a:8.1f} ms  {b:8.1f} ms  {b / a:5.1f} times as fast   (reach: {target}; pairs {ratios[0]:.1f} to {ratios[-1]:.1f})",
          flush=True)


def main():
    engine = Engine()
    one = torch.rand(1, 3, 224, 224)
    google = torchvision.models.googlenet(weights=None, init_weights=False, aux_logits=False).eval()
    full = Written((64, 64, 192), True, networks_reference.FULL, 1008, True)
    mini = Written((24, 24, 48), False, networks_reference.MINI, 12, False)
    for network in (google, full, mini):
        for parameter in network.parameters():
            parameter.requires_grad_(False)
    step = ("gradient", "inceptionv1", 224, 1)
    print(f"{'Hooke beside PyTorch ' + torch.__version__:64}           {'Hooke':>8}     {'PyTorch':>8}")
    peer = lucent()
    if peer is not None:
        compare("InceptionV1 224 gradient; Lucent's InceptionV1", engine, step, gradient, peer.eval().requires_grad_(False), one, 5)
        for layer, size, target in (("conv2d0", 224, 10), ("mixed3b", 224, 6), ("mixed4c", 224, 6), ("mixed4a", 128, 10)):
            compare_visualization(engine, peer, layer, size, target)
    compare_quick_step(engine, full.network, "mixed4a", 128, 2)
    compare("InceptionV1 224 gradient; torchvision's GoogLeNet", engine, step, gradient, google, one, 1.7)
    compare("InceptionV1 224 gradient; GoogLeNet, channels last", engine, step, gradient, google.to(memory_format=torch.channels_last),
            one.to(memory_format=torch.channels_last), "-")
    compare("InceptionV1 224 gradient; the same network in PyTorch", engine, step, gradient, full, one, "-")
    compare("InceptionV1 224 forward, batch 32; GoogLeNet, channels last", engine, ("forward", "inceptionv1", 224, 32), forward,
            google, torch.rand(32, 3, 224, 224).to(memory_format=torch.channels_last), 1.2, pairs=5)
    compare("mini-inception 128 gradient; the same network in PyTorch", engine, ("gradient", "mini-inception", 128, 1), gradient, mini,
            torch.rand(1, 3, 128, 128), "-")
    network, step = training()
    compare("mini-inception 64, a training step of 64 images", engine, ("train", "mini-inception", 64, 64), step, network,
            torch.rand(64, 3, 64, 64).to(memory_format=torch.channels_last), 1, pairs=9)


if __name__ == "__main__":
    main()
