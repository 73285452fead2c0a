import Tensors
import WeightFiles

extension NetworkSketch: TrainableNetwork {
    public var trainingOutput: String { logits }

    /// The network before training: weights from a normal distribution with variance `2 / inputs` (He et al. 2015), batch normalization
    /// between every convolution and its ReLU.
    ///
    /// The first layer begins at a 50th of that: from a small start what it learns outgrows the noise it began with, and its filters can be
    /// read. (Batch normalization undoes the scale for everything behind it.)
    /// - Throws: ``GraphError`` and ``LayerError`` for a sketch that cannot be.
    public func trainingGraph(seed: UInt64) throws -> Graph {
        var initial = InitialWeights(seed: seed)
        let small = firstLayers
        return try graph(for: .training(seed: seed)) { step in
            try step.shape.count == 2
                ? initial.dense(step.shape) : initial.convolution(step.shape, scale: small.contains(step.name) ? 0.02 : 1)
        }
    }

    /// The network that a training of ``trainingGraph(seed:)`` has made, with its normalizations folded into the convolutions.
    /// - Parameter graph: ``Trainer/trainedGraph()``.
    /// - Throws: ``GraphError/unknownNode(_:)`` when the graph is another network's, ``LayerError``.
    public func model(trained graph: Graph, classes: [String], metadata: [String: String]) throws -> Model {
        func layer<Layer>(_ name: String) throws -> Layer {
            guard case .layer(let layer) = graph[name]?.operation, let layer = layer as? Layer else { throw GraphError.unknownNode(name) }
            return layer
        }
        let steps = Dictionary(uniqueKeysWithValues: nodes.map { ($0.name, $0.step) })
        let used = try self.graph(for: .use) { step in
            switch steps[step.name] {
            case .convolution:
                let normalization: BatchNormalization = try layer(step.name + "_pre_relu")
                let convolution = try normalization.folded(into: layer(step.name + "_convolution"))
                return (convolution.weights, convolution.bias)
            case .plainConvolution:
                let convolution: Convolution = try layer(step.name)
                return (convolution.weights, convolution.bias)
            case .activation:
                let normalization: BatchNormalization = try layer(step.name + "_pre_relu")
                return (normalization.scale, normalization.shift)
            case .dense(_, let isRectified):
                let dense: Dense = try layer(isRectified ? step.name + "_pre_relu" : step.name)
                return (dense.weights, dense.bias)
            default: throw GraphError.unknownNode(step.name)
            }
        }
        var details = details
        details.classes = classes
        return try Model(graph: used, details: details, metadata: metadata)
    }

    /// The network with random weights and no normalization: a control that has learned nothing.
    /// - Throws: ``GraphError`` and ``LayerError`` for a sketch that cannot be.
    public func untrained(seed: UInt64, classes: [String]) throws -> Model {
        var initial = InitialWeights(seed: seed, firstStream: 0)
        let graph = try graph(for: .use) { step in
            step.shape.count == 1
                ? (Tensor(repeating: 1, shape: step.shape), Tensor(zeros: step.shape)) : try initial.convolution(step.shape)
        }
        var details = details
        details.name = "untrained " + name
        details.classes = classes
        return try Model(graph: graph, details: details)
    }

    /// The network with the weights of a file: `<layer>.weight` as PyTorch has it (`[out, in, height, width]`), `<layer>.bias`.
    /// - Throws: ``WeightFileError`` naming the tensor that is missing, left over or of another shape.
    func network(from file: any WeightFile) throws -> (graph: Graph, details: ModelDescription) {
        let reader = WeightReader(file)
        let graph = try graph(for: .use) { step in
            let (weights, shape) = (step.name + ".weight", step.shape)
            let bias = try reader.vector(step.name + ".bias", count: step.outputs)
            return switch shape.count {
            case 1: (try reader.vector(weights, count: step.outputs), bias)
            case 2: (try reader.dense(weights, inputs: shape[0], outputs: shape[1]), bias)
            default: (try reader.convolution(weights, size: shape[0], inputs: shape[2], outputs: shape[3]), bias)
            }
        }
        try reader.finish(name)
        return (graph, details)
    }
}
