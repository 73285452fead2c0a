import Tensors

extension GraphRecord {
    /// The structure of a model, and the tensors that belong to it.
    /// - Throws: ``ModelError/details(model:reason:)`` for layers that files cannot hold.
    static func describing(_ model: Model) throws -> (record: GraphRecord, tensors: [String: Tensor]) {
        let details = model.details, published = model.publishedWeightNames
        var tensors: [String: Tensor] = [:], nodes: [Node] = []
        func failure(_ reason: String) -> ModelError { .details(model: model.name, reason: reason) }
        for node in model.graph.nodes {
            var record: Node
            switch node.operation {
            case .input(let channels, let normalization):
                record = Node(name: node.name, kind: Kind.input, settings: normalization.settings(channels: channels))
            case .concatenation: record = Node(name: node.name, kind: Kind.concatenation)
            case .sum: record = Node(name: node.name, kind: Kind.sum)
            case .layer(let layer):
                guard let layer = layer as? any StorableLayer else {
                    throw failure("'\(node.name)' is a layer of the type \(type(of: layer)), which files cannot hold")
                }
                record = Node(name: node.name, kind: type(of: layer).kind, settings: layer.settings, weights: published[node.name])
                let own = layer.tensors
                record.tensors = own.mapValues(\.shape)
                if own.isEmpty { record.weights = nil }
                for (key, tensor) in own {
                    guard tensors.updateValue(tensor, forKey: record.tensorName(key)) == nil else {
                        throw failure("two of its layers have a tensor called '\(record.tensorName(key))'")
                    }
                }
            }
            record.inputs = node.inputs
            nodes.append(record)
        }
        let layers = details.layers.map { layer in
            Layer(name: layer.name, branches: layer.branches.map { .init(name: $0.name, channels: $0.channels.count) }, depth: layer.depth)
        }
        let record = GraphRecord(
            nodes: nodes, architecture: details.architecture.isEmpty ? nil : details.architecture, inputSize: details.inputSize,
            layers: layers, logits: details.logitsLayer, probabilities: details.probabilitiesLayer,
            // An edit may have taken an alias for a node of its own.
            aliases: details.aliases.filter { model.graph.index(of: $0.key) == nil })
        return (record, tensors)
    }

    /// What files call the operations that are no layers.
    enum Kind { static let input = "input", concatenation = "concatenation", sum = "sum" }
}

extension Model {
    /// What published files call the weights, by the node that has them.
    fileprivate var publishedWeightNames: [String: String] {
        var names: [String: String] = [:]
        for (layer, name) in details.weightNames {
            if case .layer(let found)? = graph[layer]?.operation, found is BatchNormalization {
                names[layer] = name
            } else if let node = try? parameters(of: layer).node {
                names[node] = name
            }
        }
        return names
    }
}

extension InputNormalization {
    func settings(channels: Int) -> [String: StoredValue] {
        [
            "channels": .integer(channels), "scales": .floats(scales), "shifts": .floats(shifts),
            "order": .text(order == .bgr ? "bgr" : "rgb"),
        ]
    }
}
