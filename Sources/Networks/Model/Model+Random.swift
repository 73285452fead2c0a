import Tensors

extension Model {
    /// A network with random weights (He et al. 2015: normal with variance `2 / inputs`, biases zero): a control that has learned
    /// nothing.
    /// - Throws: ``GraphError`` and ``LayerError`` for an architecture that cannot be, such as one with widths of zero.
    public convenience init(
        random architecture: InceptionArchitecture, seed: UInt64 = 0, classes: [String]? = nil
    ) throws {
        var initial = InitialWeights(seed: seed, firstStream: 0)
        let graph = try architecture.graph { try initial.convolution($0.shape) }
        var details = architecture.details
        details.name = "random " + details.name
        details.classes = classes ?? []
        try self.init(graph: graph, details: details)
    }
}
