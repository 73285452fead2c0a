import Tensors

extension NetworkSketch {
    /// A step with weights, as it asks for them.
    struct WeightedStep {
        /// The step's own name.
        let name: String
        /// Of the weights: `[height, width, in, out]`, `[in, out]`, or `[channel]` of a normalization.
        let shape: [Int]
        var outputs: Int { shape[shape.count - 1] }
    }

    /// What of the graph differs between training and use.
    enum Purpose {
        /// Batch normalizations are layers of their own, and dropout is there.
        case training(seed: UInt64)
        /// Batch normalizations are part of the convolutions before them.
        case use
    }

    /// The graph, with weights from `weights`. In a graph for training the convolution's node is called `<layer>_convolution`.
    /// - Throws: ``GraphError`` and ``LayerError`` when the steps do not fit each other.
    func graph(for purpose: Purpose, weights: (WeightedStep) throws -> (weights: Tensor, bias: Tensor)) throws -> Graph {
        var made = [Graph.Node("input", .input(channels: 3, range: inputRange))]
        var shapes = ["input": ActivationShape(height: inputSize, width: inputSize, channels: 3)]

        /// What stands for steps that are not there.
        var skipped: [String: String] = [:]

        for node in nodes {
            let sources = node.inputs.map { skipped[$0] ?? $0 }
            let inputs = try node.inputs.map { name in
                guard let shape = shapes[name] else { throw GraphError.unknownInput(node: node.name, input: name) }
                return shape
            }
            guard let input = inputs.first else { throw GraphError.wrongInputCount(node: node.name, count: 0) }
            var shape = input
            func add(_ name: String, _ layer: any NetworkLayer, from source: String? = nil) throws {
                made.append(.init(name, .layer(layer), inputs: [source ?? sources[0]]))
                shape = try layer.outputShape(for: shape)
            }
            func convolution(_ size: Int, _ outputs: Int, _ stride: Int) throws -> Convolution {
                let (kernel, bias) = try weights(WeightedStep(name: node.name, shape: [size, size, input.channels, outputs]))
                return try Convolution(weights: kernel, bias: bias, stride: stride)
            }
            let before = node.name + "_pre_relu"
            switch (node.step, purpose) {
            case (.convolution(let size, let outputs, let stride), .use):
                try add(before, convolution(size, outputs, stride))
                try add(node.name, ReLU(), from: before)
            case (.convolution(let size, let outputs, let stride), .training):
                let inner = node.name + "_convolution"
                try add(inner, convolution(size, outputs, stride))
                try add(before, BatchStatisticsNormalization(channels: outputs, epsilon: 1e-3), from: inner)
                try add(node.name, ReLU(), from: before)
            case (.plainConvolution(let size, let outputs, let stride), _): try add(node.name, convolution(size, outputs, stride))
            case (.activation, .use):
                let (scale, shift) = try weights(WeightedStep(name: node.name, shape: [input.channels]))
                try add(before, BatchNormalization(scale: scale, shift: shift))
                try add(node.name, ReLU(), from: before)
            case (.activation, .training):
                try add(before, BatchStatisticsNormalization(channels: input.channels, epsilon: 1e-3))
                try add(node.name, ReLU(), from: before)
            case (.dense(let outputs, let isRectified), _):
                let (matrix, bias) = try weights(WeightedStep(name: node.name, shape: [input.count, outputs]))
                try add(isRectified ? before : node.name, Dense(weights: matrix, bias: bias))
                if isRectified { try add(node.name, ReLU(), from: before) }
            case (.maxPool(let size, let stride), _): try add(node.name, MaxPool(size: size, stride: stride))
            case (.averagePool(let size, let stride), _): try add(node.name, AveragePool(size: size, stride: stride))
            case (.responseNormalization, _): try add(node.name, LocalResponseNormalization())
            case (.globalAverage, _): try add(node.name, GlobalAveragePool())
            case (.flatten, _): try add(node.name, Flatten())
            case (.softmax, _): try add(node.name, Softmax())
            case (.dropout(let rate), .training(let seed)): try add(node.name, Dropout(rate: rate, seed: seed &+ 1))
            case (.dropout, .use): skipped[node.name] = sources[0]
            case (.concatenation, _):
                made.append(.init(node.name, .concatenation, inputs: sources))
                shape = ActivationShape(height: input.height, width: input.width, channels: inputs.reduce(0) { $0 + $1.channels })
            case (.sum, _): made.append(.init(node.name, .sum, inputs: sources))
            }
            shapes[node.name] = shape
            // A concatenation may read what comes before the ReLUs.
            shapes[before] = shape
        }
        return try Graph(nodes: made)
    }
}
