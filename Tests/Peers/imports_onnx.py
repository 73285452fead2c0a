"""The networks of imports_reference.py in ONNX's own words."""
import numpy
from onnx import TensorProto, helper, numpy_helper


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
