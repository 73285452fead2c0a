import Tensors
import WeightFiles

/// torchvision's GoogLeNet (`googlenet-1378be20.pth`): not Lucid's InceptionV1, and its channels are others. It has batch normalization in
/// place of biases and local response normalization, poolings in ceil mode, `maxpool4` of 2x2, and a 3x3 convolution in the branch that
/// the paper gives 5x5.
///
/// Nodes have the names of torchvision's modules (`inception3a.branch2.1`), before their ReLU `<name>_pre_relu`; normalizations are folded
/// into the convolutions. Images are mapped to `-1...1`, which is what torchvision's normalization and `transform_input`, true of the
/// published weights, make together; a file whose metadata says `transform_input` "false" gets the normalization alone. The auxiliary heads
/// `aux1` and `aux2`, which torchvision drops after training, are there if the file has them.
struct GoogLeNet: Architecture {
    let name = "googlenet"

    func recognizes(_ file: any WeightFile) -> Bool {
        file.shape(of: "conv1.conv.weight")?.dropFirst() == [3, 7, 7] && file.shape(of: "inception3a.branch3.1.conv.weight") != nil
            && file.shape(of: "fc.weight")?.count == 2
    }

    var publication: Publication? {
        .torch("https://download.pytorch.org/models/googlenet-1378be20.pth", note: "torchvision; top-1 69.8 %")
    }

    func network(from file: any WeightFile) throws -> (graph: Graph, details: ModelDescription) {
        let reader = WeightReader(file)
        let normalization: InputNormalization = file.metadata["transform_input"] == "false" ? .imageNet : .range(-1...1)
        var nodes = [Graph.Node("input", .input(channels: 3, normalization: normalization))]
        var layers: [CanonicalLayer] = []
        var last = "input", width = 3

        func layer(_ name: String, _ layer: any NetworkLayer, of input: String? = nil) {
            nodes.append(.init(name, .layer(layer), inputs: [input ?? last]))
            last = name
        }
        /// `BasicConv2d`: convolution without bias, normalization, ReLU. Returns the channels.
        func unit(_ name: String, size: Int, inputs: Int, stride: Int = 1) throws -> Int {
            let weights = try reader.convolution(name + ".conv.weight", size: size, inputs: inputs)
            let outputs = weights.shape[3]
            let bare = try Convolution(weights: weights, bias: Tensor(zeros: [outputs]), stride: stride, padding: .all(size / 2))
            layer(name + "_pre_relu", try reader.batchNormalization(name + ".bn", channels: outputs, epsilon: 1e-3).folded(into: bare))
            layer(name, ReLU())
            return outputs
        }
        func dense(_ name: String, inputs: Int, node: String? = nil) throws -> Int {
            let weights = try reader.dense(name + ".weight", inputs: inputs)
            layer(node ?? name, try Dense(weights: weights, bias: reader.vector(name + ".bias", count: weights.shape[1])))
            return weights.shape[1]
        }
        func block(_ name: String) throws {
            let input = last, name = "inception" + name
            var widths: [Int] = []
            widths.append(try unit(name + ".branch1", size: 1, inputs: width))
            for branch in ["branch2", "branch3"] {
                last = input
                let inner = try unit("\(name).\(branch).0", size: 1, inputs: width)
                widths.append(try unit("\(name).\(branch).1", size: 3, inputs: inner))
            }
            layer(name + ".branch4.0", MaxPool(size: 3, stride: 1, padding: .all(1), ceilMode: true), of: input)
            widths.append(try unit(name + ".branch4.1", size: 1, inputs: width))
            let ends = ["branch1", "branch2.1", "branch3.1", "branch4.1"].map { "\(name).\($0)" }
            nodes.append(.init(name + "_pre_relu", .concatenation, inputs: ends.map { $0 + "_pre_relu" }))
            nodes.append(.init(name, .concatenation, inputs: ends))
            layers.append(
                CanonicalLayer(name, branches: ["branch1": widths[0], "branch2": widths[1], "branch3": widths[2], "branch4": widths[3]]))
            last = name
            width = widths.reduce(0, +)
        }
        func auxiliaryHead(_ name: String) throws {
            guard reader.has(name + ".fc1.weight") else { return }
            let block = last
            layer(name + ".pool", AdaptiveAveragePool(height: 4, width: 4))
            let channels = try unit(name + ".conv", size: 1, inputs: width)
            layer(name + ".flatten", Flatten())
            let hidden = try dense(name + ".fc1", inputs: 16 * channels, node: name + ".fc1_pre_relu")
            layer(name + ".fc1", ReLU())
            _ = try dense(name + ".fc2", inputs: hidden)
            last = block
        }

        width = try unit("conv1", size: 7, inputs: 3, stride: 2)
        layer("maxpool1", MaxPool(size: 3, stride: 2, padding: .valid, ceilMode: true))
        width = try unit("conv2", size: 1, inputs: width)
        width = try unit("conv3", size: 3, inputs: width)
        layers += ["conv1", "conv2", "conv3"].map { CanonicalLayer($0) }
        layer("maxpool2", MaxPool(size: 3, stride: 2, padding: .valid, ceilMode: true))
        try block("3a")
        try block("3b")
        layer("maxpool3", MaxPool(size: 3, stride: 2, padding: .valid, ceilMode: true))
        try block("4a")
        try auxiliaryHead("aux1")
        try block("4b")
        try block("4c")
        try block("4d")
        try auxiliaryHead("aux2")
        try block("4e")
        layer("maxpool4", MaxPool(size: 2, stride: 2, padding: .valid, ceilMode: true))
        try block("5a")
        try block("5b")
        layer("avgpool", GlobalAveragePool())
        _ = try dense("fc", inputs: width)
        layer("softmax", Softmax())
        try reader.finish(name)
        return (
            try Graph(nodes: nodes),
            ModelDescription(
                name: name, architecture: name, inputSize: 224, layers: layers + [CanonicalLayer("fc"), CanonicalLayer("softmax")],
                logitsLayer: "fc", probabilitiesLayer: "softmax")
        )
    }
}
