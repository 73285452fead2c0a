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
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file, save_file

# torchvision from PyPI is built for CUDA; beside a CPU-only torch only these two fail to import.
for name in ("torchvision._meta_registrations", "torchvision._autograd_registrations"):
    sys.modules.setdefault(name, types.ModuleType(name))

from imports_onnx import converted, operators
from imports_pytorch import Inception, Plain, ResNet, export, randomize
from imports_tensorflow import alexnet, caffe, inception, residual, tensorflow, tensorflow_values

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
