import Networks
import Tensors

extension Model {
    /// The same network with weights drawn anew: a control that has learned nothing.
    ///
    ///     let control = try model.untrained(seed: 1)
    ///     try control["mixed3b"].curveDetectors(control: false).units.count
    ///
    /// Weights of convolutions and dense layers are normal with variance `2 / inputs` (He et al. 2015), biases are zero; everything else
    /// stays.
    /// - Throws: what the layers say about weights of their own shape: nothing.
    public func untrained(seed: UInt64 = 0) throws -> Model {
        var graph = graph
        for (stream, node) in graph.nodes.enumerated() {
            guard case .layer(let layer) = node.operation else { continue }
            func weights(_ shape: [Int]) -> Tensor {
                let inputs = max(1, shape.dropLast().reduce(1, *))
                return Tensor(normal: shape, deviation: (2 / Double(inputs)).squareRoot(), seed: seed, stream: UInt64(stream))
            }
            if let convolution = layer as? Convolution {
                let new = try convolution.replacing(
                    weights: weights(convolution.weights.shape), bias: Tensor(zeros: convolution.bias.shape))
                graph = try graph.replacing(node.name, with: new)
            } else if let dense = layer as? Dense {
                graph = try graph.replacing(
                    node.name, with: try Dense(weights: weights(dense.weights.shape), bias: Tensor(zeros: dense.bias.shape)))
            }
        }
        var details = self.details
        details.name = "untrained " + name
        return try Model(graph: graph, details: details)
    }
}
