import Tensors

extension Model {
    /// A network with random weights (He et al. 2015: normal with variance `2 / inputs`, biases zero): a control that has learned
    /// nothing.
    /// - Throws: ``GraphError`` and ``LayerError`` for an architecture that cannot be, such as one with widths of zero.
    public convenience init(
        random architecture: InceptionArchitecture, seed: UInt64 = 0, classes: [String]? = nil
    ) throws {
        var stream: UInt64 = 0
        let graph = try architecture.graph { layer in
            guard layer.shape.allSatisfy({ $0 > 0 }) else { throw LayerError("'\(layer.name)' has the weights \(layer.shape)") }
            var random = CounterRandom(seed: seed, stream: stream)
            stream += 1
            let inputs = layer.shape.dropLast().reduce(1, *)
            let weights = Tensor(normal: layer.shape, deviation: (2 / Double(inputs)).squareRoot(), using: &random)
            return (weights, Tensor(zeros: [layer.outputs]))
        }
        var details = architecture.details
        details.name = "random " + details.name
        details.classes = classes ?? []
        try self.init(graph: graph, details: details)
    }
}
