"""`mini-inception` in PyTorch: what the engine's logits and its training speed are compared with.

The network has InceptionV1's names and branches at a small width (see `InceptionArchitecture.swift`): every convolution pads as
TensorFlow's SAME, local response normalization follows conv2d0 and conv2d2, and a mixed block is the concatenation
1x1 | 3x3 | 5x5 | pool. Batch normalization is there while training only; Hooke's files have it folded into weights and biases.
"""

import math

import numpy as np
import torch
import torch.nn.functional as F
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

    def read(self, tensors):
        """Takes the weights of a file of Hooke's, whose normalizations are part of the convolutions."""
        for name, layer in self.convolutions():
            layer.bn = None
            layer.conv.weight.data = tensors[f"{name}_pre_relu_conv.weight"]
            layer.conv.bias.data = tensors[f"{name}_pre_relu_conv.bias"]
        self.head.weight.data = tensors["softmax2_pre_activation_matmul.weight"]
        self.head.bias.data = tensors["softmax2_pre_activation_matmul.bias"]
        return self.eval()


def as_batch(images):
    return torch.from_numpy(np.array(images)).permute(0, 3, 1, 2).float().div_(255).contiguous(memory_format=torch.channels_last)
