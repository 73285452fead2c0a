"""The networks of imports_reference.py that PyTorch exports."""
import onnx
import torch
import torch.nn.functional as F
from torch import nn


class Plain(nn.Module):
    """Convolutions of all kinds, a normalization inside of the graph, poolings, local response normalization, a classifier."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 6, 5, stride=2, padding=2), nn.ReLU(), nn.LocalResponseNorm(5, 1e-2, 0.6, 1.5), nn.MaxPool2d(3, 2),
            nn.Conv2d(6, 9, 3, padding=2, dilation=2, groups=3), nn.ReLU6(), nn.AvgPool2d(3, 2, padding=1))
        self.classifier = nn.Sequential(nn.Dropout(), nn.Linear(9 * 4 * 4, 8), nn.ReLU(), nn.Linear(8, 5))
        self.register_buffer("mean", torch.tensor([0.48, 0.46, 0.41]).view(1, 3, 1, 1))
        self.register_buffer("deviation", torch.tensor([0.23, 0.22, 0.21]).view(1, 3, 1, 1))

    def forward(self, x):
        x = self.features((x - self.mean) / self.deviation)
        return torch.softmax(self.classifier(torch.flatten(x, 1)), 1)


class Unit(nn.Module):
    def __init__(self, inputs, outputs, size, **options):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, size, bias=False, **options)
        self.bn = nn.BatchNorm2d(outputs, eps=0.001)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)))


class Block(nn.Module):
    def __init__(self, inputs):
        super().__init__()
        self.branch1 = Unit(inputs, 4, 1)
        self.branch2 = nn.Sequential(Unit(inputs, 3, 1), Unit(3, 5, 3, padding=1))
        self.branch3 = nn.Sequential(nn.MaxPool2d(3, 1, padding=1, ceil_mode=True), Unit(inputs, 2, 1))

    def forward(self, x):
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x)], 1)


class Inception(nn.Module):
    """Like torchvision's googlenet: `transform_input`, batch normalization, poolings with ceil mode."""

    def __init__(self):
        super().__init__()
        self.conv1 = Unit(3, 6, 7, stride=2, padding=3)
        self.maxpool1 = nn.MaxPool2d(3, 2, ceil_mode=True)
        self.inception3a = Block(6)
        self.inception3b = Block(11)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(11, 5)

    def forward(self, x):
        channels = [torch.unsqueeze(x[:, c], 1) * (s / 0.5) + (m - 0.5) / 0.5
                    for c, (m, s) in enumerate([(0.485, 0.229), (0.456, 0.224), (0.406, 0.225)])]
        x = self.maxpool1(self.conv1(torch.cat(channels, 1)))
        return self.fc(torch.flatten(self.avgpool(self.inception3b(self.inception3a(x))), 1))


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride, before):
        super().__init__()
        self.before = before
        self.bn0 = nn.BatchNorm2d(inputs) if before else None
        self.conv1, self.bn1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = None if before else nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU()
        self.downsample = nn.Conv2d(inputs, outputs, 1, stride, bias=False) if (inputs, stride) != (outputs, 1) else None

    def forward(self, x):
        shortcut, y = x, x
        if self.before:
            y = self.relu(self.bn0(x))
            shortcut = y if self.downsample else x
        y = self.conv2(self.relu(self.bn1(self.conv1(y))))
        if self.downsample:
            shortcut = self.downsample(shortcut)
        return y + shortcut if self.before else self.relu(self.bn2(y) + shortcut)


class ResNet(nn.Module):
    """Residual blocks with the normalization behind the convolutions (version 1) or before them (version 2)."""

    def __init__(self, before):
        super().__init__()
        self.conv1, self.bn1, self.relu = nn.Conv2d(3, 4, 3, 2, 1, bias=False), nn.BatchNorm2d(4), nn.ReLU()
        self.layer1 = nn.Sequential(Residual(4, 4, 1, before), Residual(4, 4, 1, before))
        self.layer2 = nn.Sequential(Residual(4, 6, 2, before))
        self.fc = nn.Linear(6, 5)

    def forward(self, x):
        return self.fc(self.layer2(self.layer1(self.relu(self.bn1(self.conv1(x))))).mean((2, 3)))


def randomize(module):
    """Statistics as after training, and activations that neither vanish nor grow."""
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm2d):
            for tensor, low, high in [(layer.weight, 0.5, 1.5), (layer.bias, -0.3, 0.5), (layer.running_mean, -0.3, 0.3), (layer.running_var, 0.5, 2)]:
                tensor.data.uniform_(low, high)
        elif isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(layer.weight)
            if layer.bias is not None:
                layer.bias.data.normal_(0, 0.2)
    return module.eval()


def export(module, size, path, dynamo, anyBatch=False):
    options = {}
    if dynamo:
        options = dict(external_data=False, dynamic_shapes=({0: torch.export.Dim.DYNAMIC},) if anyBatch else None)
    elif anyBatch:
        options = dict(dynamic_axes={"input": {0: "batch"}})
    torch.onnx.export(
        module, (torch.rand(2 if anyBatch else 1, 3, size, size),), str(path), input_names=["input"], dynamo=dynamo, verbose=False, **options)
    if dynamo:
        # Traces of the Python stack, and shapes that importers find out themselves.
        model = onnx.load(path)
        for node in model.graph.node:
            kept = [p for p in node.metadata_props if p.key == "pkg.torch.onnx.name_scopes"]
            del node.metadata_props[:]
            node.metadata_props.extend(kept)
            node.doc_string = ""
        del model.graph.value_info[:]
        for tensor in model.graph.initializer:
            del tensor.metadata_props[:]
        onnx.save(model, path)
