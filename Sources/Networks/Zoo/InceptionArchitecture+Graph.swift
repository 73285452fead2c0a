import Tensors

extension InceptionArchitecture {
    /// One layer with weights.
    struct WeightedLayer {
        /// The layer's own name: "mixed3a_3x3_bottleneck".
        let name: String
        /// `[height, width, in, out]` of a convolution, `[in, out]` of a dense layer.
        let shape: [Int]
        var isDense: Bool { shape.count == 2 }
        var outputs: Int { shape[shape.count - 1] }
    }

    /// All layers with weights, in the order of the graph.
    var weightedLayers: [WeightedLayer] {
        func convolution(_ name: String, _ size: Int, _ inputs: Int, _ outputs: Int) -> WeightedLayer {
            WeightedLayer(name: name, shape: [size, size, inputs, outputs])
        }
        var layers = [
            convolution("conv2d0", 7, 3, stem[0]), convolution("conv2d1", 1, stem[0], stem[1]),
            convolution("conv2d2", 3, stem[1], stem[2]),
        ]
        var channels = stem[2]
        for block in blocks {
            let name = block.name + "_"
            layers += [
                convolution(name + "1x1", 1, channels, block.oneByOne),
                convolution(name + "3x3_bottleneck", 1, channels, block.threeByThreeBottleneck),
                convolution(name + "3x3", 3, block.threeByThreeBottleneck, block.threeByThree),
                convolution(name + "5x5_bottleneck", 1, channels, block.fiveByFiveBottleneck),
                convolution(name + "5x5", 5, block.fiveByFiveBottleneck, block.fiveByFive),
                convolution(name + "pool_reduce", 1, channels, block.poolReduce),
            ]
            channels = block.channels
        }
        layers.append(WeightedLayer(name: Self.logits, shape: [channels, classCount]))
        for head in auxiliaryHeads {
            guard let block = blocks.first(where: { $0.name == head.block }) else { continue }
            layers += [
                convolution("head\(head.number)_bottleneck", 1, block.channels, head.bottleneck),
                WeightedLayer(name: "nn\(head.number)", shape: [AuxiliaryHead.positions * head.bottleneck, head.hidden]),
                WeightedLayer(name: "softmax\(head.number)_pre_activation", shape: [head.hidden, classCount]),
            ]
        }
        return layers
    }

    static let logits = "softmax2_pre_activation"
    static let probabilities = "softmax2"

    /// The graph, with weights from `weights`, which gets each layer's name and returns its weights (``WeightedLayer/shape``) and bias.
    /// - Parameters:
    ///   - normalization: what comes between each convolution and its ReLU; the convolution's node is then called `<layer>_convolution`.
    ///   - beforeLogits: what comes before the classifier.
    func graph(
        normalization: ((WeightedLayer) throws -> any NetworkLayer)? = nil, beforeLogits: (any NetworkLayer)? = nil,
        weights: (WeightedLayer) throws -> (weights: Tensor, bias: Tensor)
    ) throws -> Graph {
        var nodes = [Graph.Node("input", .input(channels: 3, range: inputRange))]
        var last = "input"
        let layers = Dictionary(uniqueKeysWithValues: weightedLayers.map { ($0.name, $0) })

        func convolution(_ name: String, from input: String, stride: Int = 1) throws {
            guard let layer = layers[name] else { throw GraphError.unknownNode(name) }
            let (kernel, bias) = try weights(layer)
            let inner = normalization == nil ? name + "_pre_relu" : name + "_convolution"
            nodes.append(.init(inner, .layer(try Convolution(weights: kernel, bias: bias, stride: stride)), inputs: [input]))
            if let normalization { nodes.append(.init(name + "_pre_relu", .layer(try normalization(layer)), inputs: [inner])) }
            nodes.append(.init(name, .layer(ReLU()), inputs: [name + "_pre_relu"]))
            last = name
        }
        func layer(_ name: String, _ layer: any NetworkLayer) {
            nodes.append(.init(name, .layer(layer), inputs: [last]))
            last = name
        }
        func dense(_ name: String, node: String? = nil) throws {
            guard let weighted = layers[name] else { throw GraphError.unknownNode(name) }
            let (matrix, bias) = try weights(weighted)
            layer(node ?? name, try Dense(weights: matrix, bias: bias))
        }

        try convolution("conv2d0", from: last, stride: 2)
        if hasMaxPool0 { layer("maxpool0", MaxPool(size: 3, stride: 2)) }
        layer("localresponsenorm0", LocalResponseNormalization())
        try convolution("conv2d1", from: last)
        try convolution("conv2d2", from: last)
        layer("localresponsenorm1", LocalResponseNormalization())
        for block in blocks {
            if let pool = block.poolBefore { layer(pool, MaxPool(size: 3, stride: 2)) }
            let input = last, name = block.name + "_"
            try convolution(name + "1x1", from: input)
            try convolution(name + "3x3_bottleneck", from: input)
            try convolution(name + "3x3", from: name + "3x3_bottleneck")
            try convolution(name + "5x5_bottleneck", from: input)
            try convolution(name + "5x5", from: name + "5x5_bottleneck")
            nodes.append(.init(name + "pool", .layer(MaxPool(size: 3, stride: 1)), inputs: [input]))
            try convolution(name + "pool_reduce", from: name + "pool")
            let branches = block.canonical.branches.map { name + $0.name }
            nodes.append(.init(name + "pre_relu", .concatenation, inputs: branches.map { $0 + "_pre_relu" }))
            nodes.append(.init(block.name, .concatenation, inputs: branches))
            for head in auxiliaryHeads where head.block == block.name {
                last = block.name
                let number = head.number
                layer("head\(number)_pool", AveragePool(size: 5, stride: 3, padding: .valid))
                try convolution("head\(number)_bottleneck", from: last)
                layer("head\(number)_flatten", Flatten())
                try dense("nn\(number)", node: "nn\(number)_pre_relu")
                layer("nn\(number)", ReLU())
                try dense("softmax\(number)_pre_activation")
                layer("softmax\(number)", Softmax())
            }
            last = block.name
        }
        layer("avgpool0", GlobalAveragePool())
        if let beforeLogits { layer("dropout", beforeLogits) }
        try dense(Self.logits)
        layer(Self.probabilities, Softmax())
        return try Graph(nodes: nodes)
    }

    /// The network's names and sizes, with numbered classes.
    public var details: ModelDescription {
        let stem = ["conv2d0", "conv2d1", "conv2d2"].map { CanonicalLayer($0) }
        return ModelDescription(
            name: name, architecture: name, inputSize: inputSize,
            layers: stem + blocks.map(\.canonical) + [CanonicalLayer(Self.logits), CanonicalLayer(Self.probabilities)],
            logitsLayer: Self.logits, probabilitiesLayer: Self.probabilities,
            weightNames: Dictionary(uniqueKeysWithValues: weightedLayers.map { ($0.name, InceptionNaming.lucent.key($0.name)) }))
    }
}
