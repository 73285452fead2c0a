"""The networks of imports_reference.py in TensorFlow, and the values that it computes."""
import pathlib

import numpy


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
