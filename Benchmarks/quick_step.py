"""A step of feature visualization in PyTorch as fast as its operations allow, for one picture and one channel of InceptionV1.

What Lucent loses is left away: hooks, the layers behind the target, float masks in the ReLU's gradient, one operation for every transform.
Activations are channels-last, SAME padding is the convolution's own where it is symmetric, the 1x1 convolutions of a block that read
the same input are one, the windows of the normalization are differences of a running sum, and jitter, scale and rotation are one
sampling of the padded picture. `check` compares it with the plain network of Tests/Peers/networks_reference.py.
"""

import copy
import math
import random

import torch
import torch.nn.functional as F

LUCID_COLOURS = torch.tensor([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]])


def normalization(x, radius=5, bias=2.0, alpha=1e-4):
    """Channels are the innermost axis: `[1, height, width, channel]`."""
    sums = F.pad(x.square(), (radius + 1, radius)).cumsum(-1)
    windows = sums[..., 2 * radius + 1:] - sums[..., :-(2 * radius + 1)]
    return x * (bias + alpha * windows).rsqrt()


def max_pool(x):
    # SAME with stride 2: an even axis has nothing before and one after, an odd one on both sides.
    even = [size % 2 == 0 for size in x.shape[2:]]
    return F.max_pool2d(x, 3, 2, padding=[0 if e else 1 for e in even], ceil_mode=True)


class QuickNetwork:
    """Up to one block; weights from `networks_reference.Inception`."""

    def __init__(self, network, last):
        self.stem, self.blocks = {}, []
        layer = lambda name: [network.weights[f"{name}_pre_relu_conv.{part}"] for part in ("weight", "bias")]
        ordered = lambda pair: (pair[0].contiguous(memory_format=torch.channels_last), pair[1])
        for name in ("conv2d0", "conv2d1", "conv2d2"):
            self.stem[name] = ordered(layer(name))
        for name, pool, widths in network.blocks:
            shared = [layer(f"{name}_{branch}") for branch in ("1x1", "3x3_bottleneck", "5x5_bottleneck")]
            joined = ordered([torch.cat(parts) for parts in zip(*shared)])
            sizes = [weight.shape[0] for weight, _ in shared]
            self.blocks.append((pool, joined, sizes, *(ordered(layer(f"{name}_{branch}")) for branch in ("3x3", "5x5", "pool_reduce"))))
            if name == last:
                break

    def __call__(self, images):
        x = (images * 255 - 117).contiguous(memory_format=torch.channels_last)
        before = [max((math.ceil(size / 2) - 1) * 2 + 7 - size, 0) for size in x.shape[2:]]
        if all(padding % 2 == 0 and padding == before[0] for padding in before):
            x = F.conv2d(x, *self.stem["conv2d0"], stride=2, padding=before[0] // 2)
        else:
            rows, columns = before
            x = F.pad(x, (columns // 2, columns - columns // 2, rows // 2, rows - rows // 2))
            x = F.conv2d(x, *self.stem["conv2d0"], stride=2)
        channels_last = lambda x: normalization(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        x = channels_last(max_pool(x.relu_()))
        x = F.conv2d(x, *self.stem["conv2d1"]).relu_()
        x = channels_last(F.conv2d(x, *self.stem["conv2d2"], padding=1).relu_())
        for pool, joined, sizes, three, five, reduce in self.blocks:
            if pool:
                x = max_pool(x)
            one, small, large = F.conv2d(x, *joined).relu_().split(sizes, 1)
            x = torch.cat([
                one, F.conv2d(small, *three, padding=1).relu_(), F.conv2d(large, *five, padding=2).relu_(),
                F.conv2d(F.max_pool2d(x, 3, 1, padding=1), *reduce).relu_()], 1)
        return x


class QuickVisualization:
    """The picture's spectrum, its optimizer and the random changes; `step()` makes one update."""

    def __init__(self, network, channel, size, rate=0.05):
        self.network, self.channel, self.size = network, channel, size
        self.spectrum = torch.complex(*(torch.randn(2, 3, size, size // 2 + 1) * 0.01)).requires_grad_()
        frequencies = torch.sqrt(torch.fft.fftfreq(size)[:, None] ** 2 + torch.fft.rfftfreq(size) ** 2)
        self.scale = size / frequencies.clamp(min=1 / size) / 4
        self.colours = LUCID_COLOURS / LUCID_COLOURS.norm(dim=0).max()
        self.optimizer = torch.optim.Adam([self.spectrum], lr=rate)

    def picture(self):
        planes = torch.fft.irfft2(self.spectrum * self.scale, s=(self.size, self.size), norm="ortho")
        return (self.colours @ planes.view(3, -1)).sigmoid().view(1, 3, self.size, self.size)

    def changed(self, picture):
        """Pad by 12, jitter by 8, scale, rotate, jitter by 4: one grid of points in the padded picture."""
        padded = F.pad(picture, (12,) * 4, value=0.5)
        whole = self.size + 24
        scale, angle = 1 + random.randint(-5, 5) / 50, math.radians(random.choice([*range(-10, 11), 0, 0, 0, 0, 0]))
        size = int((whole - 8) * scale) - 4
        cosine, sine = math.cos(angle) * size / scale / whole, math.sin(angle) * size / scale / whole
        shift = lambda: (random.uniform(-4, 4) + random.uniform(-2, 2) / scale) * 2 / whole
        turn = torch.tensor([[[cosine, -sine, shift()], [sine, cosine, shift()]]])
        return F.grid_sample(padded, F.affine_grid(turn, (1, 3, size, size), align_corners=False), align_corners=False)

    def step(self):
        value = self.network(self.changed(self.picture()))[0, self.channel].mean()
        self.optimizer.zero_grad(set_to_none=True)
        (-value).backward()
        self.optimizer.step()


def check(network, last):
    """The largest difference of activations and gradients from the plain network's, over the largest value, for even and odd sizes. In
    double precision: a maximum that rounding decides otherwise would be no error.
    """
    network = copy.copy(network)
    network.weights = {name: weight.double() for name, weight in network.weights.items()}
    quick, worst = QuickNetwork(network, last), 0.0
    for height, width in ((128, 128), (133, 133), (126, 139)):
        images = torch.rand(1, 3, height, width, dtype=torch.float64, requires_grad=True)
        slow, fast = network.run(images, head=False)[last], quick(images)
        seed = torch.randn_like(slow)
        (expected,), (found,) = (torch.autograd.grad(value, images, seed) for value in (slow, fast))
        for a, b in ((fast, slow), (found, expected)):
            worst = max(worst, ((a - b).abs().max() / b.abs().max()).item())
    return worst
