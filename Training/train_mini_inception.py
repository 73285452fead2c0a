"""Trains the embedded model `mini-inception` on Hooke's picture world and writes it as safetensors.

The network has InceptionV1's names and branches at a small width (see `InceptionArchitecture.swift`, which runs it): every
convolution pads as TensorFlow's SAME, local response normalization follows conv2d0 and conv2d2, and a mixed block is the
concatenation 1x1 | 3x3 | 5x5 | pool. Batch normalization is used while training only: at the end it is folded into the weights
and biases, and accuracy is measured on the folded network.

    hooke world export --split train --output data/train
    hooke world export --split validation --output data/validation
    hooke world export --split test --output data/test
    python train_mini_inception.py --data data --output mini-inception.safetensors

A run writes `checkpoint.pt` after each epoch and goes on from it when started again.
"""

import argparse
import json
import math
import pathlib
import time

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

# (1x1, 3x3 bottleneck, 3x3, 5x5 bottleneck, 5x5, pool_reduce)
BLOCKS = {
    "mixed3a": (16, 24, 32, 8, 8, 8),
    "mixed3b": (32, 32, 48, 12, 24, 16),
    "mixed4a": (32, 32, 56, 12, 16, 16),
    "mixed4b": (32, 32, 64, 12, 16, 16),
    "mixed4c": (32, 32, 64, 16, 16, 16),
    "mixed5a": (64, 48, 80, 16, 32, 32),
}
POOL_AFTER = {"mixed3b", "mixed4c"}


def same_padding(size, kernel, stride):
    total = max((math.ceil(size / stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def pad_same(x, kernel, stride, value=0.0):
    top, bottom = same_padding(x.shape[2], kernel, stride)
    left, right = same_padding(x.shape[3], kernel, stride)
    return F.pad(x, (left, right, top, bottom), value=value) if top + bottom + left + right else x


def max_pool(x, stride):
    return F.max_pool2d(pad_same(x, 3, stride, -math.inf), 3, stride)


def normalize(x):
    """Local response normalization over 11 channels, its window sum as a 1x1 convolution: many times faster than PyTorch's own."""
    channels = torch.arange(x.shape[1])
    band = ((channels[:, None] - channels[None, :]).abs() <= 5).to(x.dtype)[:, :, None, None]
    return x * torch.rsqrt(2 + 1e-4 * F.conv2d(x * x, band))


class ConvReLU(nn.Module):
    """Convolution, batch normalization while training, ReLU."""

    def __init__(self, inputs, outputs, kernel, stride=1):
        super().__init__()
        self.kernel, self.stride = kernel, stride
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, bias=True)
        nn.init.kaiming_normal_(self.conv.weight, nonlinearity="relu")
        nn.init.zeros_(self.conv.bias)
        self.bn = nn.BatchNorm2d(outputs, eps=1e-3)

    def forward(self, x):
        x = self.conv(pad_same(x, self.kernel, self.stride))
        return F.relu(self.bn(x) if self.bn is not None else x)

    def fold(self):
        """Moves the normalization into the convolution, for good."""
        scale = self.bn.weight / torch.sqrt(self.bn.running_var + self.bn.eps)
        self.conv.weight.data *= scale[:, None, None, None]
        self.conv.bias.data = (self.conv.bias.data - self.bn.running_mean) * scale + self.bn.bias.data
        self.bn = None


class Mixed(nn.Module):
    def __init__(self, inputs, widths):
        super().__init__()
        one, three_in, three, five_in, five, pool = widths
        self.parts = nn.ModuleDict({
            "1x1": ConvReLU(inputs, one, 1),
            "3x3_bottleneck": ConvReLU(inputs, three_in, 1),
            "3x3": ConvReLU(three_in, three, 3),
            "5x5_bottleneck": ConvReLU(inputs, five_in, 1),
            "5x5": ConvReLU(five_in, five, 5),
            "pool_reduce": ConvReLU(inputs, pool, 1),
        })

    def forward(self, x):
        p = self.parts
        return torch.cat([
            p["1x1"](x), p["3x3"](p["3x3_bottleneck"](x)), p["5x5"](p["5x5_bottleneck"](x)), p["pool_reduce"](max_pool(x, 1)),
        ], 1)


class MiniInception(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.stem = nn.ModuleDict({
            "conv2d0": ConvReLU(3, 24, 7, 2), "conv2d1": ConvReLU(24, 24, 1), "conv2d2": ConvReLU(24, 48, 3),
        })
        self.blocks = nn.ModuleDict()
        width = 48
        for name, widths in BLOCKS.items():
            self.blocks[name] = Mixed(width, widths)
            width = widths[0] + widths[2] + widths[4] + widths[5]
        # From a small start what conv2d0 learns outgrows the noise it began with, and its filters can be read. (Batch
        # normalization undoes the scale for everything behind it.)
        self.stem["conv2d0"].conv.weight.data *= 0.02
        self.dropout = nn.Dropout(0.2)
        self.head = nn.Linear(width, classes)

    def forward(self, images):
        """images: [batch, 3, height, width] in 0...1."""
        x = images * 255 - 117
        x = normalize(self.stem["conv2d0"](x))
        x = normalize(self.stem["conv2d2"](self.stem["conv2d1"](x)))
        x = max_pool(x, 2)
        for name, block in self.blocks.items():
            x = block(x)
            if name in POOL_AFTER:
                x = max_pool(x, 2)
        return self.head(self.dropout(x.mean((2, 3))))

    def convolutions(self):
        for name, layer in self.stem.items():
            yield name, layer
        for block_name, block in self.blocks.items():
            for part, layer in block.parts.items():
                yield f"{block_name}_{part}", layer

    def fold(self):
        for _, layer in self.convolutions():
            layer.fold()

    def tensors(self):
        result = {}
        for name, layer in self.convolutions():
            result[f"{name}_pre_relu_conv.weight"] = layer.conv.weight.detach().contiguous()
            result[f"{name}_pre_relu_conv.bias"] = layer.conv.bias.detach().contiguous()
        result["softmax2_pre_activation_matmul.weight"] = self.head.weight.detach().contiguous()
        result["softmax2_pre_activation_matmul.bias"] = self.head.bias.detach().contiguous()
        return result


def load(folder):
    images = np.load(folder / "images.npy", mmap_mode="r")
    return images, torch.from_numpy(np.load(folder / "labels.npy").astype(np.int64))


def as_batch(images):
    return torch.from_numpy(np.array(images)).permute(0, 3, 1, 2).float().div_(255).contiguous(memory_format=torch.channels_last)


@torch.no_grad()
def evaluate(model, images, labels, classes):
    model.eval()
    predictions = torch.cat([model(as_batch(images[i : i + 200])).argmax(1) for i in range(0, len(labels), 200)])
    correct = predictions == labels
    per_class = [correct[labels == c].float().mean().item() for c in range(classes)]
    return correct.float().mean().item(), per_class


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path("mini-inception.safetensors"))
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--decay", type=float, default=0.3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, help="pictures to train on (all by default)")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(arguments.threads)

    names = json.loads((arguments.data / "test" / "classes.json").read_text())
    images, labels = load(arguments.data / "train")
    labels = labels[: arguments.count]
    model = MiniInception(len(names)).to(memory_format=torch.channels_last)
    decayed = [p for n, p in model.named_parameters() if p.ndim > 1]
    others = [p for n, p in model.named_parameters() if p.ndim <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": arguments.decay}, {"params": others, "weight_decay": 0}], lr=arguments.rate)
    steps = arguments.epochs * (len(labels) // arguments.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, arguments.rate, steps, pct_start=0.15)
    checkpoint = arguments.output.with_suffix(".pt")
    first = 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        first = state["epoch"]
    validation = load(arguments.data / "validation")
    for epoch in range(first, arguments.epochs):
        model.train()
        order = np.random.default_rng([arguments.seed, epoch]).permutation(len(labels))
        start, total = time.time(), 0.0
        for step in range(len(labels) // arguments.batch):
            index = np.sort(order[step * arguments.batch : (step + 1) * arguments.batch])
            loss = F.cross_entropy(model(as_batch(images[index])), labels[index], label_smoothing=0.05)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
            if step % 50 == 49:
                rate = (step + 1) * arguments.batch / (time.time() - start)
                print(f"epoch {epoch} step {step + 1} loss {total / (step + 1):.3f}, {rate:.0f} pictures/s", flush=True)
        accuracy, _ = evaluate(model, *validation, len(names))
        print(f"epoch {epoch}: validation accuracy {accuracy:.4f}", flush=True)
        torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "schedule": schedule.state_dict(), "epoch": epoch + 1}, checkpoint)

    model.eval()
    model.fold()
    accuracy, per_class = evaluate(model, *load(arguments.data / "test"), len(names))
    for name, value in sorted(zip(names, per_class), key=lambda pair: pair[1]):
        print(f"{name:16} {value:.4f}")
    print(f"test accuracy {accuracy:.4f}")
    recipe = f"Training/train_mini_inception.py --epochs {arguments.epochs} --batch {arguments.batch} --rate {arguments.rate} --decay {arguments.decay} --seed {arguments.seed}"
    save_file(model.tensors(), str(arguments.output), metadata={
        "architecture": "mini-inception", "name": "mini-inception", "classes": json.dumps(names), "accuracy": f"{accuracy:.4f}",
        "trained_on": f"Hooke's picture world, {len(labels)} training pictures of 64 x 64", "recipe": recipe,
    })


if __name__ == "__main__":
    main()
