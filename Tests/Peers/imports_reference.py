#!/usr/bin/env python3
"""Network files that others wrote, with the values that others compute for them: what the tests of the importers compare with.

    imports_reference.py                        writes the committed files into Tests/NetworksTests/Reference/imports and small ones for the
                                                readers into Tests/WeightFilesTests
    imports_reference.py --check                computes the values of the committed files again and compares
    imports_reference.py --live DIR [--seed N]  writes files of the same form with other numbers into DIR, and whole alexnet, googlenet,
                                                resnet18 and mobilenet_v2 as torchvision has them; then
                                                HOOKE_IMPORTS=DIR swift test --filter ImportReferenceTests
    imports_reference.py --large FILE           writes InceptionV1 in its real size with random weights as a GraphDef

ONNX files come from both exporters of PyTorch and from onnx.helper, their values from onnxruntime; GraphDefs and their values from TensorFlow.
`<name>.values.safetensors` holds `images` (channels last, in 0...1) and the values of operators by the file's own names.
"""
import argparse
import logging
import os
import pathlib
import sys
import types
import warnings

os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

import numpy
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file, save_file
from torch import nn

# torchvision from PyPI is built for CUDA; beside a CPU-only torch only these two fail to import.
for name in ("torchvision._meta_registrations", "torchvision._autograd_registrations"):
    sys.modules.setdefault(name, types.ModuleType(name))

HERE = pathlib.Path(__file__).resolve().parent
COMMITTED = HERE.parent / "NetworksTests" / "Reference" / "imports"
SEED = 20201114


# ---------------------------------------------------------------- values

ACTIVATIONS = {
    "Conv", "Gemm", "MatMul", "Relu", "Clip", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "ReduceMean",
    "BatchNormalization", "LRN", "Softmax", "Add", "Sum", "Concat", "Div",
}


def channels_last(value):
    value = value.transpose(0, 2, 3, 1) if value.ndim == 4 else value
    return numpy.ascontiguousarray(value.astype(numpy.float32))


def onnx_values(path, images, keep=None):
    """All values that are layers, as onnxruntime computes them. Steps inside of a normalization, and a convolution whose normalization is
    folded into it, are no layers."""
    model = onnx.shape_inference.infer_shapes(onnx.load(path))
    nodes = list(model.graph.node)
    users = {}
    for node in nodes:
        for name in node.input:
            users.setdefault(name, []).append(node)
    constants = {i.name for i in model.graph.initializer} | {n.output[0] for n in nodes if n.op_type == "Constant"}
    made = {n.output[0]: n for n in nodes}

    def is_layer(node):
        if node.op_type not in ACTIVATIONS:
            return False
        if any(len(a.ints) == 3 for a in node.attribute if a.name == "kernel_shape"):
            return False  # over channels
        after = users.get(node.output[0], [])
        while len(after) == 1 and after[0].op_type == "Transpose":
            after = users.get(after[0].output[0], [])
        if any(n.op_type in ("Pow", "Sub", "Pad") for n in after) or any(i.count("norm") for i in node.output):
            return node.op_type == "Div"
        linear = node.op_type in ("Conv", "Gemm", "MatMul", "BatchNormalization", "Add")
        if linear and len(after) == 1 and after[0].op_type == "BatchNormalization":
            return False
        if node.op_type in ("Conv", "MatMul") and len(after) == 1 and after[0].op_type == "Add" and after[0].input[1] in constants:
            return False
        if node.op_type in ("Add", "Div") and any(i in constants for i in node.input):
            return made.get(node.input[0]) is not None and made[node.input[0]].op_type == "MatMul"
        if node.op_type == "Concat" and any(made[i].op_type in ("Mul", "Add", "Unsqueeze", "Constant") for i in node.input if i in made):
            return False
        return True

    names = [n.output[0] for n in nodes if is_layer(n)]
    declared = {o.name for o in model.graph.output}
    model.graph.output.extend([helper.make_empty_tensor_value_info(n) for n in names if n not in declared])
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    source = session.get_inputs()[0]
    # TensorFlow's converters keep the channels last.
    isLast = source.shape[-1] == 3
    fed = images if isLast else images.transpose(0, 3, 1, 2)
    results = session.run(names, {source.name: numpy.ascontiguousarray(fed)})
    values = {"images": images}
    for name, result in zip(names, results):
        if keep is None or name in keep:
            isMap = made[name].op_type in ("Conv", "MaxPool", "AveragePool")
            values[name] = channels_last(result) if not isLast or isMap else result
    return values


# ---------------------------------------------------------------- networks in PyTorch

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


# ---------------------------------------------------------------- networks in ONNX's own words

def operators(random):
    """What the exporters of PyTorch do not write: LRN, automatic and uneven paddings, MatMul with Add, other places for numbers."""
    weights = []

    def tensor(name, *shape, scale=0.4, kind="raw"):
        value = (random.standard_normal(shape) * scale).astype(numpy.float32)
        if kind == "raw":
            weights.append(numpy_helper.from_array(value, name))
        elif kind == "float_data":
            weights.append(helper.make_tensor(name, TensorProto.FLOAT, shape, value.flatten().tolist()))
        elif kind == "half":
            weights.append(numpy_helper.from_array(value.astype(numpy.float16), name + "_half"))
        elif kind == "half_data":
            half = value.astype(numpy.float16)
            stored = helper.make_tensor(name + "_half", TensorProto.FLOAT16, shape, half.tobytes(), raw=True)
            stored.int32_data.extend(half.view(numpy.uint16).flatten().tolist())
            stored.ClearField("raw_data")
            weights.append(stored)
        return name

    def numbers(name, values):
        weights.append(helper.make_tensor(name, TensorProto.INT64, [len(values)], values))
        return name

    node = helper.make_node
    nodes = [
        node("Conv", ["image", tensor("w0", 6, 3, 4, 3, kind="float_data"), tensor("b0", 6)], ["conv0"], "first", auto_pad="SAME_LOWER", strides=[2, 2]),
        node("Relu", ["conv0"], ["relu0"]),
        node("LRN", ["relu0"], ["lrn0"], size=3, alpha=0.02, beta=0.7, bias=1.5),
        node("Pad", ["lrn0", numbers("pads", [0, 0, 1, 0, 0, 0, 0, 2])], ["padded"]),
        node("Cast", [tensor("w1", 8, 6, 3, 3, kind="half")  + "_half"], ["w1"], to=TensorProto.FLOAT),
        node("Conv", ["padded", "w1"], ["conv1"], pads=[0, 1, 2, 0]),
        node("BatchNormalization", ["conv1", tensor("gamma", 8), tensor("beta", 8), tensor("mean", 8), "variance"], ["bn1"], epsilon=0.01),
        node("Relu", ["bn1"], ["relu1"]),
        node("MaxPool", ["relu1"], ["pool1"], kernel_shape=[3, 2], strides=[2, 1], pads=[1, 0, 0, 1], ceil_mode=1),
        node("AveragePool", ["pool1"], ["pool2"], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], count_include_pad=1),
        node("Conv", ["pool2", tensor("w2", 8, 1, 3, 3), tensor("b2", 8)], ["depthwise"], group=8, auto_pad="SAME_UPPER"),
        node("Clip", ["depthwise", "zero", "six"], ["clip"]),
        node("Cast", [tensor("w3", 8, 8, 1, 1, kind="half_data") + "_half"], ["w3"], to=TensorProto.FLOAT),
        node("Conv", ["clip", "w3"], ["pointwise"]),
        node("Sum", ["pointwise", "pool2"], ["sum"]),
        node("AveragePool", ["sum"], ["pool3"], kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1),
        node("GlobalMaxPool", ["pool3"], ["highest"]),
        node("GlobalAveragePool", ["sum"], ["middle"]),
        node("Conv", ["middle", tensor("w4", 5, 8, 1, 1), tensor("b4", 5)], ["squeezed"]),
        node("Flatten", ["pool3"], ["flat"]),
        node("MatMul", ["flat", tensor("w5", 8 * 2 * 4, 7)], ["product"]),
        node("Add", ["product", tensor("b5", 7)], ["dense"]),
        node("Relu", ["dense"], ["relu5"]),
        node("Transpose", [tensor("w6t", 5, 7)], ["w6"], perm=[1, 0]),
        node("Gemm", ["relu5", "w6", tensor("b6", 1, 5)], ["gemm"], alpha=0.5, beta=2.0),
        node("Reshape", ["squeezed", numbers("minus", [-1, 5])], ["vector"]),
        node("Add", ["gemm", "vector"], ["logits"]),
        node("Softmax", ["logits"], ["probabilities"], axis=-1),
    ]
    weights.append(numpy_helper.from_array(random.uniform(0.5, 2, 8).astype(numpy.float32), "variance"))
    weights.append(numpy_helper.from_array(numpy.float32(0), "zero"))
    weights.append(numpy_helper.from_array(numpy.float32(6), "six"))
    graph = helper.make_graph(
        nodes, "operators", [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 3, 23, 23])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", 5]),
         helper.make_tensor_value_info("highest", TensorProto.FLOAT, None)], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def converted(random):
    """As converters write TensorFlow's networks: images with the channels last, transposed for every layer; a dense layer that reads
    channels last; attributes of version 9 of the operators."""
    def tensor(name, *shape):
        weights.append(numpy_helper.from_array((random.standard_normal(shape) * 0.4).astype(numpy.float32), name))
        return name

    node, weights = helper.make_node, []
    nodes = [
        node("Mul", ["image", "scale"], ["scaled"]),
        node("Sub", ["scaled", "mean"], ["normalized"]),
        node("Transpose", ["normalized"], ["first"], perm=[0, 3, 1, 2]),
        node("Conv", ["first", tensor("kernel", 4, 3, 3, 3)], ["convolution"], "block/Conv2D", strides=[2, 2], pads=[0, 0, 1, 1]),
        node("Transpose", ["convolution"], ["last"], perm=[0, 2, 3, 1]),
        node("Add", ["last", tensor("bias", 4)], ["biased"], "block/BiasAdd"),
        node("Relu", ["biased"], ["relu"], "block/Relu"),
        node("Transpose", ["relu"], ["again"], perm=[0, 3, 1, 2]),
        node("MaxPool", ["again"], ["pool"], "pool/MaxPool", kernel_shape=[2, 2], strides=[2, 2]),
        node("Transpose", ["pool"], ["poolLast"], perm=[0, 2, 3, 1]),
        node("Reshape", ["poolLast", "shape"], ["vectors"]),
        node("MatMul", ["vectors", tensor("dense", 4 * 4 * 4, 5)], ["product"], "dense/MatMul"),
        node("Add", ["product", tensor("denseBias", 5)], ["logits"], "dense/BiasAdd"),
    ]
    weights += [
        numpy_helper.from_array(numpy.array([2, 3, 4], numpy.float32), "scale"),
        numpy_helper.from_array(numpy.array([0.5, 0.25, 1], numpy.float32), "mean"),
        numpy_helper.from_array(numpy.array([-1, 64], numpy.int64), "shape"),
    ]
    graph = helper.make_graph(
        nodes, "converted", [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 16, 16, 3])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 5])], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 9)], ir_version=4)


# ---------------------------------------------------------------- networks in TensorFlow

def tensorflow():
    import tensorflow
    return tensorflow


BLOCKS = {
    "mixed3a": (64, 96, 128, 16, 32, 32), "mixed3b": (128, 128, 192, 32, 96, 64), "mixed4a": (192, 96, 204, 16, 48, 64),
    "mixed4b": (160, 112, 224, 24, 64, 64), "mixed4c": (128, 128, 256, 24, 64, 64), "mixed4d": (112, 144, 288, 32, 64, 64),
    "mixed4e": (256, 160, 320, 32, 128, 128), "mixed5a": (256, 160, 320, 48, 128, 128), "mixed5b": (384, 192, 384, 48, 128, 128),
}


def inception(random, divisor, weights=None, classes=1008, auxiliary=(128, 1024)):
    """The graph of "inception5h": names, operators and their order as in TensorFlow's file.
    `weights` are those of the PyTorch reference; the auxiliary heads, which that has not, get random ones."""
    tf = tensorflow()
    narrow = lambda width: max(1, width // divisor)
    graph = tf.Graph()

    def constant(name, shape, key=None, scale=None):
        if weights is not None and key in weights:
            value = weights[key]
            value = value.transpose(2, 3, 1, 0) if value.ndim == 4 else value.T if value.ndim == 2 else value
        else:
            fan = numpy.prod(shape[:-1]) if len(shape) > 1 else 16
            value = random.standard_normal(shape) * (scale or (2 / fan) ** 0.5)
        return tf.constant(value.astype(numpy.float32), name=name)

    def unit(name, x, size, outputs, stride=1):
        key = name + "_pre_relu_conv"
        w = constant(name + "_w", (size, size, int(x.shape[-1]), outputs), key + ".weight", 0.02 if name == "conv2d0" else None)
        b = constant(name + "_b", (outputs,), key + ".bias")
        y = tf.nn.conv2d(x, w, [1, stride, stride, 1], "SAME", name=name + "_pre_relu/conv")
        return tf.nn.relu(tf.nn.bias_add(y, b, name=name + "_pre_relu"), name=name)

    def dense(name, x, outputs, key=None):
        w = constant(name.replace("_pre_activation", "").replace("_pre_relu", "") + "_w", (int(x.shape[-1]), outputs), (key or "") + ".weight")
        b = constant(name.replace("_pre_activation", "").replace("_pre_relu", "") + "_b", (outputs,), (key or "") + ".bias")
        return tf.nn.bias_add(tf.matmul(x, w, name=name + "/matmul"), b, name=name)

    def pool(name, x, size=3, stride=2, kind=tf.nn.max_pool2d, padding="SAME"):
        return kind(x, size, stride, padding, name=name)

    def normalization(name, x):
        return tf.nn.lrn(x, depth_radius=5, bias=2.0, alpha=9.999999747378752e-05, beta=0.5, name=name)

    def head(number, x):
        x = pool(f"head{number}_pool", x, 5, 3, tf.nn.avg_pool2d, "VALID")
        x = unit(f"head{number}_bottleneck", x, 1, narrow(auxiliary[0]))
        x = tf.reshape(x, [-1, int(numpy.prod(x.shape[1:]))], name=f"head{number}_bottleneck/reshape")
        x = tf.nn.relu(dense(f"nn{number}_pre_relu", x, narrow(auxiliary[1])), name=f"nn{number}")
        tf.nn.softmax(dense(f"softmax{number}_pre_activation", x, classes), name=f"softmax{number}")

    with graph.as_default():
        x = tf.compat.v1.placeholder(tf.float32, [None, 224, 224, 3], name="input")
        x = normalization("localresponsenorm0", pool("maxpool0", unit("conv2d0", x, 7, narrow(64), 2)))
        x = unit("conv2d2", unit("conv2d1", x, 1, narrow(64)), 3, narrow(192))
        x = pool("maxpool1", normalization("localresponsenorm1", x))
        for name, widths in BLOCKS.items():
            one, three_in, three, five_in, five, pool_out = map(narrow, widths)
            if name in ("mixed4a", "mixed5a"):
                x = pool("maxpool4" if name == "mixed4a" else "maxpool10", x)
            branches = [
                unit(name + "_1x1", x, 1, one),
                unit(name + "_3x3", unit(name + "_3x3_bottleneck", x, 1, three_in), 3, three),
                unit(name + "_5x5", unit(name + "_5x5_bottleneck", x, 1, five_in), 5, five),
                unit(name + "_pool_reduce", pool(name + "_pool", x, 3, 1), 1, pool_out),
            ]
            axis = tf.constant(3, name=name + "/concat_dim")
            # The old operator, with the axis first.
            x = tf.raw_ops.Concat(concat_dim=axis, values=branches, name=name)
            if name in ("mixed4a", "mixed4d"):
                head(0 if name == "mixed4a" else 1, x)
        x = pool("avgpool0", x, 7, 1, tf.nn.avg_pool2d, "VALID")
        x = tf.reshape(x, [-1, int(x.shape[-1])], name="avgpool0/reshape")
        tf.nn.softmax(dense("softmax2_pre_activation", x, classes, "softmax2_pre_activation_matmul"), name="softmax2")
        for name, number in [("output", 0), ("output1", 1), ("output2", 2)]:
            tf.identity(graph.get_tensor_by_name(f"softmax{number}:0"), name=name)
    definition = graph.as_graph_def()
    # The file of 2015 gives its placeholder no shape.
    for node in definition.node:
        if node.name == "input":
            node.attr["shape"].Clear()
    return definition


def residual(random):
    """What Slim's and Keras' frozen networks use: batch normalizations fused and taken apart, explicit padding, ReLU6, depthwise
    convolutions, means, flattening by computed shapes, constants that repeat."""
    tf = tensorflow()
    graph = tf.Graph()
    weight = lambda *shape: tf.constant((random.standard_normal(shape) * 0.3).astype(numpy.float32))
    positive = lambda *shape: tf.constant(random.uniform(0.5, 1.5, shape).astype(numpy.float32))
    with graph.as_default():
        x = tf.compat.v1.placeholder(tf.float32, [None, 24, 24, 3], name="images")
        red, green, blue = tf.split(x, 3, axis=3, name="split")
        x = tf.concat([blue - 0.4, green - 0.5, red - 0.6], 3, name="bgr")
        x = tf.pad(x, [[0, 0], [1, 2], [2, 1], [0, 0]], name="pad")
        x = tf.nn.conv2d(x, weight(3, 3, 3, 6), 2, "VALID", name="conv1/Conv2D")
        x, _, _, _, _, _ = tf.raw_ops.FusedBatchNormV3(
            x=x, scale=positive(6), offset=weight(6), mean=weight(6), variance=positive(6), epsilon=1e-3, is_training=False,
            name="conv1/BatchNorm")
        x = tf.nn.relu6(x * tf.constant(2.0), name="conv1/Relu6")
        shortcut = x
        y = tf.nn.depthwise_conv2d(x, weight(3, 3, 6, 2), [1, 1, 1, 1], "SAME", name="block/depthwise")
        # As tf.nn.batch_normalization computes it.
        factor = tf.math.rsqrt(positive(12) + 0.1) * weight(12)
        y = tf.add(y * factor, weight(12) - weight(12) * factor, name="block/norm")
        y = tf.nn.relu(y, name="block/Relu")
        y = tf.nn.bias_add(tf.nn.conv2d(y, weight(1, 1, 12, 6), 1, "SAME"), tf.constant(0.25, shape=[6]), name="block/project")
        x = tf.raw_ops.AddV2(x=y, y=shortcut, name="block/add")
        x = tf.nn.avg_pool2d(x, 3, 2, "SAME", name="pool")
        x = tf.nn.conv2d(x, weight(3, 3, 6, 4), 1, "SAME", dilations=2, name="dilated")
        maps = x
        shape = tf.shape(x)
        x = tf.reshape(x, tf.stack([shape[0], 7 * 7 * 4]), name="flatten")
        x = tf.nn.relu(tf.matmul(x, weight(5, 196), transpose_b=True) + weight(5), name="dense/Relu")
        mean = tf.reduce_mean(maps, [1, 2], keepdims=True, name="mean")
        z = tf.squeeze(tf.nn.conv2d(mean, weight(1, 1, 4, 5), 1, "SAME"), [1, 2], name="squeezed")
        tf.nn.softmax(tf.add(x, z, name="logits"), name="probabilities")
    return graph.as_graph_def()


def alexnet(random, divisor, size):
    """The graph of Lucid's AlexNet (huanzhang12/tensorflow-alexnet-model): convolutions with groups are cut apart, names are those that
    TensorFlow 1 gave."""
    tf = tensorflow()
    graph = tf.Graph()

    def constant(name, *shape):
        return tf.constant((random.standard_normal(shape) * (2 / max(numpy.prod(shape[:-1]), 8)) ** 0.5).astype(numpy.float32), name=name)

    def convolution(name, x, size, outputs, stride=1, padding="SAME", groups=1):
        weights = constant(name + "/weights", size, size, int(x.shape[-1]) // groups, outputs)
        biases = constant(name + "/biases", outputs)
        if groups == 1:
            y = tf.nn.conv2d(x, weights, stride, padding, name="Conv2D")
        else:
            parts = zip(tf.split(x, groups, 3, name="split"), tf.split(weights, groups, 3, name="split"))
            y = tf.concat([tf.nn.conv2d(part, kernel, stride, padding, name="Conv2D") for part, kernel in parts], 3, name="concat")
        biased = tf.nn.bias_add(y, biases, name="BiasAdd")
        return tf.nn.relu(tf.reshape(biased, tf.shape(y, name="Shape"), name="Reshape"), name=name + "_1")

    def dense(name, x, outputs):
        y = tf.matmul(x, constant(name + "/weights", int(x.shape[-1]), outputs), name=f"{name}/{name}/MatMul")
        return tf.nn.bias_add(y, constant(name + "/biases", outputs), name=f"{name}/{name}")

    def normalization(name, x):
        return tf.nn.lrn(x, depth_radius=2, alpha=2e-05, beta=0.75, bias=1.0, name=name)

    def pool(name, x):
        return tf.nn.max_pool2d(x, 3, 2, "VALID", name=name)

    widths = [width // divisor for width in (96, 256, 384, 384, 256)]
    with graph.as_default():
        x = tf.compat.v1.placeholder(tf.float32, [1, size, size, 3], name="Placeholder")
        x = pool("pool1", normalization("norm1", convolution("conv1", x, 11, widths[0], 4, "VALID")))
        x = pool("pool2", normalization("norm2", convolution("conv2", x, 5, widths[1], groups=2)))
        x = convolution("conv4", convolution("conv3", x, 3, widths[2]), 3, widths[3], groups=2)
        x = pool("pool5", convolution("conv5", x, 3, widths[4], groups=2))
        x = tf.reshape(x, [-1, int(numpy.prod(x.shape[1:]))], name="flattened")
        x = tf.nn.relu(dense("fc6", x, 512 // divisor), name="Relu")
        x = tf.nn.relu(dense("fc7", x, 512 // divisor), name="Relu")
        tf.nn.softmax(dense("fc8", x, 7), name="Softmax")
    return graph.as_graph_def()


def caffe(images):
    """What Caffe's networks see: blue, green and red around their means."""
    return (images * 255 - numpy.array([123.68, 116.779, 103.939], numpy.float32))[..., ::-1]


KINDS = {"BiasAdd", "Relu", "Relu6", "MaxPool", "AvgPool", "LRN", "Concat", "Softmax", "AddV2", "Mean"}


def tensorflow_values(path, images, normalized, skip=(), keep=None):
    tf = tensorflow()
    definition = tf.compat.v1.GraphDef()
    definition.ParseFromString(pathlib.Path(path).read_bytes())
    graph = tf.Graph()
    with graph.as_default():
        tf.import_graph_def(definition, name="")
    source = next(n.name for n in definition.node if n.op == "Placeholder")
    made = {n.name: n for n in definition.node}
    constants = {n.name for n in definition.node if n.op == "Const"}
    names = [n.name for n in definition.node if n.op in KINDS and n.name not in skip and not any(i in constants for i in n.input if n.op == "AddV2")
             and not all(i.split(":")[0] in constants for i in n.input) and (keep is None or n.name in keep)]
    # TensorFlow computes constants as operations too; only what depends on the image is a layer.
    depends = {source}
    for node in definition.node:
        if any(i.split(":")[0].lstrip("^") in depends for i in node.input):
            depends.add(node.name)
    names = [n for n in names if n in depends]
    with tf.compat.v1.Session(graph=graph) as session:
        results = session.run([name + ":0" for name in names], {source + ":0": normalized(images)})
    values = {"images": images}
    for name, value in zip(names, results):
        # A mean over all positions is a vector here.
        value = value.reshape(value.shape[0], -1) if made[name].op == "Mean" or name == "avgpool0" else value
        values[name] = numpy.ascontiguousarray(value.astype(numpy.float32))
    return values


# ---------------------------------------------------------------- small files for the readers

WEIGHT_FILES = HERE.parent / "WeightFilesTests"


def readers():
    """Numbers of every type in every place, numbers in another file, and a corpus for fuzzing."""
    tf = tensorflow()
    signed, unsigned, booleans = [-3, 0, 1, 100], [3, 0, 1, 100], [True, False, True, True]
    folder, corpus = WEIGHT_FILES / "Reference", WEIGHT_FILES / "Corpus"

    tensors = []
    for name in ["float32", "float64", "float16", "bfloat16", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "bool"]:
        values = booleans if name == "bool" else unsigned if name.startswith("u") else signed
        kind = getattr(TensorProto, {"float32": "FLOAT", "float64": "DOUBLE"}.get(name, name.upper()))
        array = numpy.array(values).reshape(2, 2).astype(helper.tensor_dtype_to_np_dtype(kind))
        tensors.append(helper.make_tensor(name + "/raw", kind, [2, 2], array.tobytes(), raw=True))
        tensors.append(helper.make_tensor(name + "/field", kind, [2, 2], array.flatten().tolist()))
    shape = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 8, 8])
    result = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 3, 8, 8])
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "numbers", [shape], [result], tensors)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), folder / "numbers.onnx")

    weight = numpy_helper.from_array(numpy.arange(1, 7, dtype=numpy.float32).reshape(2, 3), "w")
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "external", [shape], [result], [weight])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    (folder / "external.bin").unlink(missing_ok=True)
    onnx.save(model, folder / "external.onnx", save_as_external_data=True, location="external.bin", size_threshold=0)

    definition = tf.compat.v1.GraphDef()
    for name in ["float32", "float64", "float16", "bfloat16", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "bool"]:
        values = booleans if name == "bool" else unsigned if name.startswith("u") else signed
        dtype = tf.as_dtype(name)
        array = numpy.array(values).reshape(2, 2).astype(dtype.as_numpy_dtype)
        for place in ("content", "field", "repeated"):
            if place == "repeated" and (name.startswith("u") or name == "bool"):
                continue
            tensor = tf.make_tensor_proto(array, dtype)
            if place != "content":
                tensor.tensor_content = b""
                listed = array.flatten() if place == "field" else numpy.array([2, 7]).astype(array.dtype)
                lists = {"float32": "float_val", "float64": "double_val", "float16": "half_val", "bfloat16": "half_val", "int64": "int64_val",
                         "uint32": "uint32_val", "uint64": "uint64_val", "bool": "bool_val"}
                field = getattr(tensor, lists.get(name, "int_val"))
                del field[:]
                field.extend((listed.view(numpy.uint16) if name in ("float16", "bfloat16") else listed).tolist())
            node = definition.node.add(name=f"{name}/{place}", op="Const")
            node.attr["dtype"].type = dtype.as_datatype_enum
            node.attr["value"].tensor.CopyFrom(tensor)
    (folder / "numbers.pb").write_bytes(definition.SerializeToString())

    random = numpy.random.default_rng(3)
    onnx.save(converted(random), corpus / "tiny.onnx")
    graph = tf.Graph()
    weight = lambda *shape: tf.constant(random.standard_normal(shape).astype(numpy.float32))
    with graph.as_default():
        x = tf.compat.v1.placeholder(tf.float32, [None, 8, 8, 3], name="x")
        x = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, weight(3, 3, 3, 4), 2, "SAME"), tf.constant(0.5, shape=[4]), name="c"))
        y = tf.nn.max_pool2d(x, 2, 2, "VALID")
        x = tf.concat([y, tf.nn.avg_pool2d(x, 2, 2, "VALID")], 3)
        x = tf.nn.softmax(tf.matmul(tf.reshape(x, [-1, 32]), weight(32, 3)))
    (corpus / "tiny.pb").write_bytes(graph.as_graph_def().SerializeToString())


# ---------------------------------------------------------------- files

TORCH = {
    "plain": (Plain, 35), "inception": (Inception, 23), "resnet": (lambda: ResNet(False), 18), "resnet-v2": (lambda: ResNet(True), 18),
}
#: Values that the committed files hold of a large network.
INCEPTION = {
    "maxpool0", "localresponsenorm0", "mixed3a_5x5_bottleneck", "mixed3a_pool", "mixed4a", "mixed4d", "mixed5b", "head0_pool", "head1_bottleneck", "nn0",
    "softmax0", "softmax1", "softmax2_pre_activation", "softmax2", "avgpool0",
}
ALEXNET = {"pool1", "norm2", "conv3_1", "BiasAdd_3", "conv4_1", "conv5_1", "pool5", "fc6/fc6", "Relu", "Relu_1", "fc8/fc8", "Softmax"}


def images(random, size, batch=2):
    return random.random((batch, size, size, 3), dtype=numpy.float32)


def enlarged(images):
    """Each pixel eight times on both axes: small files of large images."""
    return images.repeat(8, 1).repeat(8, 2)


def values(folder, name, pixels):
    path = next(p for p in (folder / (name + ".onnx"), folder / (name + ".pb")) if p.exists())
    if path.suffix == ".onnx":
        result = onnx_values(path, pixels)
    elif name.startswith("inceptionv1"):
        result = tensorflow_values(path, enlarged(pixels), lambda x: x * 255 - 117, keep=INCEPTION) | {"images": pixels}
    elif name == "alexnet":
        result = tensorflow_values(path, pixels, caffe, keep=ALEXNET)
    else:
        result = tensorflow_values(path, pixels, lambda x: x)
    return result


def write(folder, seed):
    folder.mkdir(parents=True, exist_ok=True)
    random = numpy.random.default_rng(seed)
    torch.manual_seed(seed)
    names = {}
    for name, (make, size) in TORCH.items():
        module = randomize(make())
        for dynamo in (False, True):
            file = name + ("-dynamo" if dynamo else "-legacy")
            export(module, size, folder / (file + ".onnx"), dynamo)
            names[file] = images(random, size, 1)
    module = randomize(Plain())
    for dynamo in (False, True):
        file = "plain-batch" + ("-dynamo" if dynamo else "-legacy")
        export(module, 35, folder / (file + ".onnx"), dynamo, anyBatch=True)
        names[file] = images(random, 35)
    for name, make, size in [("operators", operators, 23), ("converted", converted, 16)]:
        onnx.save(make(random), folder / (name + ".onnx"))
        names[name] = images(random, size)
    weights = load_file(COMMITTED.parent / "inceptionv1-32.weights.safetensors")
    (folder / "inceptionv1-32.pb").write_bytes(inception(random, 32, weights, classes=7, auxiliary=(128, 256)).SerializeToString())
    names["inceptionv1-32"] = images(random, 28, 1)
    (folder / "residual.pb").write_bytes(residual(random).SerializeToString())
    names["residual"] = images(random, 24)
    own = numpy.random.default_rng(seed + 1)
    (folder / "alexnet.pb").write_bytes(alexnet(own, 16, 99).SerializeToString())
    names["alexnet"] = images(own, 99, 1)
    for name, pixels in names.items():
        save_file(values(folder, name, pixels), folder / (name + ".values.safetensors"))


def whole(folder, seed):
    """torchvision's networks, exported whole."""
    import torchvision.models as models
    random = numpy.random.default_rng(seed)
    torch.manual_seed(seed)
    for name, make, size in [
        ("alexnet", lambda: models.alexnet(), 224), ("resnet18", lambda: models.resnet18(), 224), ("mobilenet_v2", lambda: models.mobilenet_v2(), 96),
        ("googlenet", lambda: models.googlenet(init_weights=False, transform_input=True, aux_logits=False), 224),
    ]:
        module = randomize(make())
        for dynamo in (False, True):
            path = folder / (name + ("-dynamo" if dynamo else "-legacy") + ".onnx")
            export(module, size, path, dynamo)
            save_file(onnx_values(path, images(random, size, 1)), path.with_suffix(".values.safetensors"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--live", type=pathlib.Path)
    parser.add_argument("--large", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    if arguments.large:
        arguments.large.write_bytes(inception(numpy.random.default_rng(arguments.seed), 1).SerializeToString())
    elif arguments.live:
        write(arguments.live, arguments.seed)
        whole(arguments.live, arguments.seed)
    elif arguments.check:
        worst, names = 0.0, sorted(p.name.removesuffix(".values.safetensors") for p in COMMITTED.glob("*.values.safetensors"))
        for name in names:
            committed = load_file(COMMITTED / (name + ".values.safetensors"))
            found = values(COMMITTED, name, committed["images"])
            if committed.keys() != found.keys():
                sys.exit(f"{name} has other values than this script computes")
            for key, value in found.items():
                error = abs(value - committed[key]).max() / max(abs(value).max(), 1e-30)
                worst = max(worst, error)
                if error > 1e-4:
                    sys.exit(f"{name}: {key} differs by {error}")
        print(f"the values of {len(names)} files are onnxruntime's and TensorFlow's; largest relative difference {worst:.1e}")
    else:
        readers()
        write(COMMITTED, SEED)


if __name__ == "__main__":
    main()
