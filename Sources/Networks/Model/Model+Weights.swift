import Tensors

extension Model {
    /// The weights of one layer: `[kernel height, kernel width, in, out]` of a convolution (`conv2d0`, `mixed3a_5x5`), `[in, out]` of
    /// the classifier (`softmax2_pre_activation`).
    /// - Throws: ``ModelError`` for unknown layers and those without weights.
    public func weights(of layer: String) throws -> Tensor { try parameters(of: layer).weights }

    /// The biases of one layer: `[out]`.
    /// - Throws: as ``weights(of:)``.
    public func bias(of layer: String) throws -> Tensor { try parameters(of: layer).bias }

    /// The node that has the weights, and these.
    func parameters(of layer: String) throws -> (node: String, weights: Tensor, bias: Tensor) {
        var index = try node(layer)
        while case .layer(let behind) = graph.nodes[index].operation, behind is ReLU || behind is ReLU6 || behind is EditedActivations {
            index = graph.inputs[index][0]
        }
        let node = graph.nodes[index]
        if case .layer(let layer) = node.operation {
            if let convolution = layer as? Convolution { return (node.name, convolution.weights, convolution.bias) }
            if let dense = layer as? Dense { return (node.name, dense.weights, dense.bias) }
        }
        throw ModelError.noWeights(layer: layer, model: name)
    }

    /// A copy of the model with other weights in one layer, which keeps its shape: for ablations and planted circuits.
    /// - Throws: ``ModelError``.
    public func replacing(_ layer: String, weights: Tensor? = nil, bias: Tensor? = nil) throws -> Model {
        let old = try parameters(of: layer)
        let (weights, bias) = (weights ?? old.weights, bias ?? old.bias)
        for (new, expected) in [(weights, old.weights), (bias, old.bias)] where new.shape != expected.shape {
            throw ModelError.weightShape(layer: layer, expected: expected.shape, found: new.shape)
        }
        let new: any NetworkLayer =
            if case .layer(let old as Convolution)? = graph[old.node]?.operation {
                try old.replacing(weights: weights, bias: bias)
            } else {
                try Dense(weights: weights, bias: bias)
            }
        return with(graph: try graph.replacing(old.node, with: new))
    }
}
