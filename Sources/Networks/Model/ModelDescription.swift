import Tensors

/// What there is to know about a network beside its graph: names, the size of its images, and what its nodes mean to a reader.
///
///     let details = ModelDescription(
///         name: "tiny", inputSize: 32, layers: [CanonicalLayer("conv1"), CanonicalLayer("conv2"), CanonicalLayer("logits")],
///         logitsLayer: "logits", probabilitiesLayer: nil)
///     let model = try Model(graph: graph, details: details)
///
/// How images are mapped before the first layer is a matter of the graph: see ``InputNormalization``.
public struct ModelDescription: Hashable, Sendable {
    /// "mini-inception": what the model is called in errors, figures and addresses.
    public var name: String
    /// The ``Architecture`` whose weights these are ("inceptionv1"); empty for a graph that has been imported or made by hand.
    public var architecture: String
    /// Height and width of the images for which the head is made; earlier layers take any size.
    public var inputSize: Int
    /// The names of the outputs; where empty, ``Model`` numbers them.
    public var classes: [String]
    /// The layers that a reader of the network names, first to last; the other nodes are steps inside and between them.
    public var layers: [CanonicalLayer]
    /// The node before the softmax, if the network classifies.
    public var logitsLayer: String?
    /// The node of the softmax, if the graph has one.
    public var probabilitiesLayer: String?
    /// What published files of this network call the weights: by node, what comes before `.weight` and `.bias`. ``Model/save(to:)`` writes
    /// these names where there are any.
    public var weightNames: [String: String]
    /// Other names of nodes, such as a network file's own: what stands for which node. `model["…"]` takes them like the nodes' names.
    public var aliases: [String: String]

    public init(
        name: String, architecture: String = "", inputSize: Int, classes: [String] = [], layers: [CanonicalLayer], logitsLayer: String?,
        probabilitiesLayer: String?, weightNames: [String: String] = [:], aliases: [String: String] = [:]
    ) {
        (self.name, self.architecture, self.inputSize, self.classes) = (name, architecture, inputSize, classes)
        (self.layers, self.logitsLayer, self.probabilitiesLayer) = (layers, logitsLayer, probabilitiesLayer)
        (self.weightNames, self.aliases) = (weightNames, aliases)
    }
}

/// A layer that a reader of the network names, as its ``ModelDescription`` has it: a node of the graph.
public struct CanonicalLayer: Hashable, Sendable {
    /// The node's name.
    public var name: String
    /// The branches side by side in its channels, in their order; empty for a layer without.
    public var branches: [LayerSummary.Branch]
    /// How deep the layer is, 0 at the input and 1 at the logits; nil to count the layers with weights on the longest way to it.
    public var depth: Double?

    public init(_ name: String, branches: [LayerSummary.Branch] = [], depth: Double? = nil) {
        (self.name, self.branches, self.depth) = (name, branches, depth)
    }

    /// - Parameter branches: names and widths, in the order of the channels.
    public init(_ name: String, branches: KeyValuePairs<String, Int>) {
        var first = 0
        self.init(
            name,
            branches: branches.map { branch, width in
                defer { first += width }
                return LayerSummary.Branch(name: branch, channels: first..<first + width)
            })
    }
}
