import Foundation
import Tensors

extension InceptionArchitecture {
    /// The node at which a network of this architecture is trained.
    public static var trainingOutput: String { logits }

    /// The network before training, with what Hooke's own model was trained with: weights from a normal distribution with variance
    /// `2 / inputs` (He et al. 2015), batch normalization between every convolution and its ReLU, dropout before the classifier.
    ///
    /// conv2d0 begins at a 50th of that: from a small start what it learns outgrows the noise it began with, and its filters can be read.
    /// (Batch normalization undoes the scale for everything behind it.)
    /// - Throws: ``GraphError`` and ``LayerError`` for an architecture that cannot be.
    public func trainingGraph(seed: UInt64, dropout: Double = 0.2) throws -> Graph {
        guard (0..<1).contains(dropout) else { throw LayerError("dropout is in 0..<1, not \(dropout)") }
        var initial = InitialWeights(seed: seed)
        return try graph(
            normalization: { try BatchStatisticsNormalization(channels: $0.outputs, epsilon: 1e-3) },
            beforeLogits: Dropout(rate: dropout, seed: seed &+ 1)
        ) { layer in
            try layer.isDense
                ? initial.dense(layer.shape) : initial.convolution(layer.shape, scale: layer.name == "conv2d0" ? 0.02 : 1)
        }
    }
}

extension Model {
    /// The network that a training of ``InceptionArchitecture/trainingGraph(seed:dropout:)`` has made, with its normalizations folded
    /// into the convolutions.
    /// - Parameters:
    ///   - classes: the names of the outputs; numbered ones by default.
    ///   - metadata: what the file is to say about itself, such as how it was trained.
    /// - Throws: ``GraphError/unknownNode(_:)`` when the graph is another architecture's, ``LayerError``.
    public convenience init(
        trained graph: Graph, architecture: InceptionArchitecture, name: String? = nil, classes: [String]? = nil,
        metadata: [String: String] = [:]
    ) throws {
        func layer(_ name: String) throws -> any NetworkLayer {
            guard case .layer(let layer) = graph[name]?.operation else { throw GraphError.unknownNode(name) }
            return layer
        }
        let folded = try architecture.graph { weighted in
            if weighted.isDense {
                guard let dense = try layer(weighted.name) as? Dense else { throw GraphError.unknownNode(weighted.name) }
                return (dense.weights, dense.bias)
            }
            guard let convolution = try layer(weighted.name + "_convolution") as? Convolution,
                let normalization = try layer(weighted.name + "_pre_relu") as? BatchNormalization
            else { throw GraphError.unknownNode(weighted.name + "_convolution") }
            let folded = try normalization.folded(into: convolution)
            return (folded.weights, folded.bias)
        }
        var details = architecture.details
        if let name { details.name = name }
        if let classes {
            guard classes.count == architecture.classCount else {
                throw TrainingError.network("\(classes.count) class names for \(architecture.classCount) outputs")
            }
            details.classes = classes
        }
        try self.init(graph: folded, details: details, metadata: metadata)
    }
}
