import Synchronization
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
    /// The layers and their weights.
    public let graph: Graph
    /// Names, sizes, and what the nodes of the graph mean.
    public let details: ModelDescription
    /// What the weight file says about itself.
    public let metadata: [String: String]
    /// The canonical layers, first to last.
    public let layers: [LayerSummary]
    /// The nodes that have no positions any more: there the image has the model's size.
    let head: Set<String>
    let runner: PlanRunner
    /// Once somebody has asked for it.
    let knownDigest = Mutex<String?>(nil)

    /// A model of any graph.
    /// - Throws: ``ModelError`` when the description does not fit the graph; ``GraphError`` when the graph does not take its images.
    public init(graph: Graph, details: ModelDescription, metadata: [String: String] = [:]) throws {
        let shapes = try Self.checkedShapes(graph, details)
        (self.graph, self.metadata) = (graph, metadata)
        self.details = try details.withClasses(for: graph, shapes)
        layers = try Self.summaries(graph, details, shapes)
        head = Set(zip(graph.nodes, shapes).filter { !$0.1.isSpatial }.map(\.0.name))
        runner = PlanRunner(graph)
    }

    /// A model with another graph, whose names mean the same.
    private init(_ other: Model, graph: Graph) {
        (self.graph, details, metadata, layers, head) = (graph, other.details, other.metadata, other.layers, other.head)
        runner = PlanRunner(graph)
    }

    public var name: String { details.name }
    /// Height and width of the images for which the head is made; earlier layers take any size.
    public var inputSize: Int { details.inputSize }
    /// The names of the outputs.
    public var classes: [String] { details.classes }
    /// What the network makes of images in `0...1` before its first layer.
    public var inputNormalization: InputNormalization { graph.input.normalization }
    /// Channels of an image: 3 for colours.
    public var inputChannels: Int { graph.input.channels }

    /// The same network with a graph in which weights or activations are changed; the names mean the same.
    func with(graph: Graph) -> Model { Model(self, graph: graph) }

    /// A layer by name, or by one of its ``ModelDescription/aliases``. The name is checked when the layer is used: every use of one that
    /// does not exist throws ``ModelError/unknownLayer(_:model:suggestion:layers:)``.
    public subscript(layer: String) -> Layer { Layer(model: self, name: nodeName(layer)) }

    /// The summary of a canonical layer; nil for others.
    public func summary(of layer: String) -> LayerSummary? {
        let name = nodeName(layer)
        return layers.first { $0.name == name }
    }

    /// Weights and biases of the canonical layers; auxiliary heads do not count.
    public var parameterCount: Int { layers.reduce(0) { $0 + $1.parameters } }
}

extension Model: CustomStringConvertible {
    public var description: String {
        "\(name): \(inputSize)x\(inputSize) images, \(classes.count) classes, \(parameterCount) parameters\n"
            + layers.map { "  \($0)" }.joined(separator: "\n")
    }
}
