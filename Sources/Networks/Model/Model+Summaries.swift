extension Model {
    /// The shapes of all nodes at the model's own size, with what the description names checked.
    static func checkedShapes(_ graph: Graph, _ details: ModelDescription) throws -> [ActivationShape] {
        guard (1...imageLimit).contains(details.inputSize) else {
            throw ModelError.details(model: details.name, reason: "images of \(details.inputSize)x\(details.inputSize) cannot be")
        }
        let size = details.inputSize
        let shapes = try graph.shapes(height: size, width: size, required: [Bool](repeating: true, count: graph.nodes.count))
            .compactMap { $0 }
        for layer in details.layers {
            guard let index = graph.index(of: layer.name) else { throw GraphError.unknownNode(layer.name) }
            let widths = layer.branches.map(\.channels)
            guard widths.isEmpty || zip(widths, widths.dropFirst()).allSatisfy({ $0.upperBound == $1.lowerBound })
                && widths.first?.lowerBound == 0 && widths.last?.upperBound == shapes[index].channels
            else {
                throw ModelError.details(
                    model: details.name,
                    reason: "the branches of \(layer.name) do not fill its \(shapes[index].channels) channels in order")
            }
        }
        for name in [details.logitsLayer, details.probabilitiesLayer].compactMap({ $0 }) where graph.index(of: name) == nil {
            throw GraphError.unknownNode(name)
        }
        return shapes
    }

    static func summaries(_ graph: Graph, _ details: ModelDescription, _ shapes: [ActivationShape]) throws -> [LayerSummary] {
        let size = details.inputSize
        let parameters = graph.parameterCounts
        var counted = [Bool](repeating: false, count: graph.nodes.count)
        let steps = graph.weightedDepths
        let end = details.logitsLayer ?? details.layers.last?.name
        let deepest = end.flatMap(graph.index).map { steps[$0] } ?? 0
        return try details.layers.compactMap { layer in
            guard let index = graph.index(of: layer.name) else { return nil }
            let shape = shapes[index]
            let middle = (shape.height / 2, shape.width / 2)
            let field = shape.isSpatial ? try graph.receptiveField(of: layer.name, position: middle, height: size, width: size) : nil
            var own = 0
            for (node, isBefore) in graph.ancestors(of: [index]).enumerated() where isBefore && !counted[node] {
                counted[node] = true
                own += parameters[node]
            }
            return LayerSummary(
                name: layer.name, channels: shape.channels,
                stride: shape.isSpatial ? (size + shape.height - 1) / shape.height : size,
                receptiveField: shape.isSpatial ? field?.rows.count ?? 0 : size, branches: layer.branches, parameters: own,
                depth: layer.depth ?? (deepest == 0 ? 1 : min(1, Double(steps[index]) / Double(deepest))))
        }
    }
}

extension ModelDescription {
    /// With numbered classes where there are no names, and their count checked.
    func withClasses(for graph: Graph, _ shapes: [ActivationShape]) throws -> ModelDescription {
        guard let output = logitsLayer ?? probabilitiesLayer, let index = graph.index(of: output) else { return self }
        let count = shapes[index].channels
        var result = self
        if classes.isEmpty { result.classes = (0..<count).map { "class \($0)" } }
        guard result.classes.count == count else {
            throw ModelError.details(model: name, reason: "\(classes.count) class names for \(count) outputs")
        }
        return result
    }
}

extension Graph {
    /// Weights and biases of every node.
    fileprivate var parameterCounts: [Int] {
        nodes.map { node in
            guard case .layer(let layer) = node.operation else { return 0 }
            return switch layer {
            case let layer as Convolution: layer.weights.count + layer.bias.count
            case let layer as Dense: layer.weights.count + layer.bias.count
            case let layer as BatchNormalization: layer.scale.count + layer.shift.count
            default: 0
            }
        }
    }

    /// The number of convolutions and dense layers on the longest way from the input to each node, itself included.
    var weightedDepths: [Int] {
        var depths = [Int](repeating: 0, count: nodes.count)
        for (index, node) in nodes.enumerated() {
            var own = 0
            if case .layer(let layer) = node.operation { own = layer is Convolution || layer is Dense ? 1 : 0 }
            depths[index] = (inputs[index].map { depths[$0] }.max() ?? 0) + own
        }
        return depths
    }
}
