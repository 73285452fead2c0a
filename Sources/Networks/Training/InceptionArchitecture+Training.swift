import Foundation
import Tensors

extension InceptionArchitecture: TrainableNetwork {
    public var trainingOutput: String { Self.logits }

    /// The network before training, with what Hooke's own model was trained with: weights from a normal distribution with variance
    /// `2 / inputs` (He et al. 2015), batch normalization between every convolution and its ReLU, dropout before the classifier.
    ///
    /// conv2d0 begins at a 50th of that: from a small start what it learns outgrows the noise it began with, and its filters can be read.
    /// (Batch normalization undoes the scale for everything behind it.)
    /// - Throws: ``GraphError`` and ``LayerError`` for an architecture that cannot be.
    public func trainingGraph(seed: UInt64) throws -> Graph {
        var initial = InitialWeights(seed: seed)
        return try graph(
            normalization: { try BatchStatisticsNormalization(channels: $0.outputs, epsilon: 1e-3) },
            beforeLogits: Dropout(rate: 0.2, seed: seed &+ 1)
        ) { layer in
            try layer.isDense
                ? initial.dense(layer.shape) : initial.convolution(layer.shape, scale: layer.name == "conv2d0" ? 0.02 : 1)
        }
    }

    public func model(trained graph: Graph, classes: [String], metadata: [String: String]) throws -> Model {
        func layer<Layer>(_ name: String) throws -> Layer {
            guard case .layer(let layer) = graph[name]?.operation, let layer = layer as? Layer else { throw GraphError.unknownNode(name) }
            return layer
        }
        let folded = try self.graph { weighted in
            if weighted.isDense {
                let dense: Dense = try layer(weighted.name)
                return (dense.weights, dense.bias)
            }
            let convolution: Convolution = try layer(weighted.name + "_convolution")
            let normalization: BatchNormalization = try layer(weighted.name + "_pre_relu")
            let folded = try normalization.folded(into: convolution)
            return (folded.weights, folded.bias)
        }
        var details = details
        details.classes = classes
        return try Model(graph: folded, details: details, metadata: metadata)
    }

    public func untrained(seed: UInt64, classes: [String]) throws -> Model {
        try Model(random: self, seed: seed, classes: classes)
    }
}
