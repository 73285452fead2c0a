import Tensors
import WeightFiles

/// The graph of a published network while it is made from a weight file: nodes are appended one after the other, each with the next weights
/// of the file. Widths are those of the file, so that a narrow file makes a narrow network.
///
///     var network = NetworkBuilder(file, normalization: .imageNet)
///     try network.convolution("conv1_pre_relu", weights: "features.0", size: 11, stride: 4, padding: .all(2), hasBias: true)
///     network.add("conv1", ReLU())
///     network.add("pool1", MaxPool(size: 3, stride: 2, padding: .valid))
struct NetworkBuilder {
    let reader: WeightReader
    /// The layers that a reader of the network names.
    var layers: [CanonicalLayer] = []
    /// The node that the next one reads, and its channels.
    private(set) var last = "input"
    private(set) var channels = 3
    private var nodes: [Graph.Node]
    private var widths = ["input": 3]

    /// What names of tensors end in.
    private let endings: (weight: String, bias: String)

    /// - Parameters:
    ///   - layout: where the names of the file tell it.
    ///   - endings: of the names of weights and biases.
    init(
        _ file: any WeightFile, normalization: InputNormalization, layout: WeightLayout? = nil,
        endings: (weight: String, bias: String) = (".weight", ".bias")
    ) {
        reader = WeightReader(file, layout: layout)
        self.endings = endings
        nodes = [Graph.Node("input", .input(channels: 3, normalization: normalization))]
    }

    /// Goes back to an earlier node: the next one reads this.
    mutating func resume(at node: String) { (last, channels) = (node, widths[node] ?? channels) }

    private mutating func append(_ node: Graph.Node, channels: Int) {
        nodes.append(node)
        widths[node.name] = channels
        (last, self.channels) = (node.name, channels)
    }

    // MARK: Nodes

    /// A layer that keeps the channels.
    mutating func add(_ name: String, _ layer: any NetworkLayer) {
        append(.init(name, .layer(layer), inputs: [last]), channels: channels)
    }

    /// The channels of several nodes side by side.
    mutating func join(_ name: String, _ inputs: [String]) {
        append(.init(name, .concatenation, inputs: inputs), channels: inputs.reduce(0) { $0 + (widths[$1] ?? 0) })
    }

    /// The sum of several nodes.
    mutating func sum(_ name: String, _ inputs: [String]) {
        append(.init(name, .sum, inputs: inputs), channels: inputs.first.flatMap { widths[$0] } ?? 0)
    }

    /// The channels of a node.
    func width(of node: String) -> Int { widths[node] ?? 0 }

    /// The convolution with `<weights>.weight`, and `<weights>.bias` if `hasBias`.
    /// - Parameters:
    ///   - normalization: the prefix of a batch normalization that follows and becomes part of the convolution.
    ///   - width: of the kernel, if it is not square.
    mutating func convolution(
        _ name: String, weights key: String, size height: Int, width: Int? = nil, stride: Int = 1, padding: Padding, groups: Int = 1,
        hasBias: Bool = false, normalization: String? = nil, epsilon: Double = 1e-5
    ) throws {
        let kernel = try reader.convolution(key + endings.weight, height: height, width: width ?? height, inputs: channels / groups)
        let outputs = kernel.shape[3]
        let bias = hasBias ? try reader.vector(key + endings.bias, count: outputs) : Tensor(zeros: [outputs])
        var layer = try Convolution(weights: kernel, bias: bias, stride: stride, padding: padding, groups: groups)
        if let normalization {
            layer = try reader.batchNormalization(normalization, channels: outputs, epsilon: epsilon).folded(into: layer)
        }
        append(.init(name, .layer(layer), inputs: [last]), channels: outputs)
    }

    /// A batch normalization that stays a layer.
    mutating func normalization(_ name: String, weights key: String, epsilon: Double = 1e-5) throws {
        add(name, try reader.batchNormalization(key, channels: channels, epsilon: epsilon))
    }

    /// The dense layer with `<weights>.weight` and `<weights>.bias`.
    mutating func dense(_ name: String, weights key: String) throws {
        try dense(name, weights: reader.dense(key + endings.weight, inputs: channels), bias: key + endings.bias)
    }

    /// The dense layer with a matrix that has been read, and the bias of a name.
    mutating func dense(_ name: String, weights matrix: Tensor, bias key: String) throws {
        let outputs = matrix.shape[1]
        append(
            .init(name, .layer(try Dense(weights: matrix, bias: reader.vector(key, count: outputs))), inputs: [last]), channels: outputs)
    }

    /// All of a map of `positions` as one vector.
    mutating func flatten(_ name: String, positions: Int) {
        append(.init(name, .layer(Flatten()), inputs: [last]), channels: channels * positions)
    }

    // MARK: The whole

    /// The network, once all weights are used.
    /// - Throws: ``WeightFileError/unexpected(tensors:file:architecture:)``, ``GraphError``.
    func finish(
        _ name: String, inputSize: Int, logits: String, probabilities: String? = "softmax"
    ) throws -> (graph: Graph, details: ModelDescription) {
        try reader.finish(name)
        let ends = [logits, probabilities].compactMap { $0 }.map { CanonicalLayer($0) }
        return (
            try Graph(nodes: nodes),
            ModelDescription(
                name: name, architecture: name, inputSize: inputSize, layers: layers + ends, logitsLayer: logits,
                probabilitiesLayer: probabilities)
        )
    }
}
