import Tensors

/// A trained network in memory: what a notebook asks questions of.
///
///     let model = try Model.load("mini-inception")
///     model.layers.map(\.name)                       // ["conv2d0", "conv2d1", "conv2d2", "mixed3a", ...]
///     try model.activations(of: image, at: ["mixed3a"])["mixed3a"]!.shape      // [1, 16, 16, 64]
///     let curve = model["mixed3b"][17]               // a Feature
///
/// Any node of the graph can be named as a layer: `mixed3a`, its branches `mixed3a_1x1`, `mixed3a_3x3_bottleneck`, ..., the
/// poolings and normalizations, and each of them before its ReLU as `<layer>_pre_relu`.
public final class Model: Sendable {
    public let name: String
    /// The layers and their weights.
    public let graph: Graph
    /// The shape of the network: widths, blocks, input.
    public let architecture: InceptionArchitecture
    /// Height and width of the images for which the head is made; earlier layers take any size.
    public let inputSize: Int
    /// Images in `0...1` are mapped to this.
    public let inputRange: ClosedRange<Float>
    /// The names of the outputs.
    public let classes: [String]
    /// What the weight file says about itself.
    public let metadata: [String: String]
    /// The canonical layers, first to last.
    public let layers: [LayerSummary]
    let runner: PlanRunner

    /// - Parameter layers: the summaries, where they are known already.
    init(
        name: String, architecture: InceptionArchitecture, graph: Graph, classes: [String], metadata: [String: String], layers: [LayerSummary]? = nil
    ) throws {
        (self.name, self.architecture, self.graph) = (name, architecture, graph)
        (inputSize, inputRange) = (architecture.inputSize, architecture.inputRange)
        (self.classes, self.metadata) = (classes, metadata)
        self.layers = try layers ?? Self.summaries(architecture, graph)
        runner = PlanRunner(graph)
    }

    /// A layer by name. The name is checked when the layer is used: every use of one that does not exist throws
    /// ``ModelError/unknownLayer(_:model:suggestion:layers:)``.
    public subscript(layer: String) -> Layer { Layer(model: self, name: layer) }

    /// The summary of a canonical layer; nil for others.
    public func summary(of layer: String) -> LayerSummary? { layers.first { $0.name == layer } }

    /// Weights and biases in all.
    public var parameterCount: Int { layers.reduce(0) { $0 + $1.parameters } }

    private static func summaries(_ architecture: InceptionArchitecture, _ graph: Graph) throws -> [LayerSummary] {
        let size = architecture.inputSize
        let shapes = try graph.shapes(height: size, width: size)
        let weighted = architecture.weightedLayers
        return try architecture.canonicalLayers.compactMap { name, branches in
            guard let shape = shapes[name] else { return nil }
            let middle = (shape.height / 2, shape.width / 2)
            let field = try graph.receptiveField(of: name, position: middle, height: size, width: size)
            let own = weighted.filter { $0.name == name || $0.name.hasPrefix(name + "_") && !branches.isEmpty }
            return LayerSummary(
                name: name, channels: shape.channels,
                stride: shape.isSpatial ? (size + shape.height - 1) / shape.height : size,
                receptiveField: shape.isSpatial ? field?.rows.count ?? 0 : size, branches: branches,
                parameters: own.reduce(0) { $0 + $1.shape.reduce(1, *) + $1.outputs })
        }
    }
}

extension Model: CustomStringConvertible {
    public var description: String {
        "\(name): \(inputSize)x\(inputSize) images, \(classes.count) classes, \(parameterCount) parameters\n"
            + layers.map { "  \($0)" }.joined(separator: "\n")
    }
}
