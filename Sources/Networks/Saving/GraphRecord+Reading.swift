import Foundation
import Tensors
import WeightFiles

extension GraphRecord {
    /// The key of a file's metadata.
    static let key = "graph"

    /// What a file says about its structure; nil if it says nothing.
    /// - Throws: ``WeightFileError/content(file:reason:)``.
    init?(of file: any WeightFile) throws {
        guard let text = file.metadata[Self.key] else { return nil }
        func failure(_ reason: String) -> WeightFileError { .content(file: file.name, reason: "the description of its graph \(reason)") }
        let data = Data(text.utf8)
        guard data.count <= Self.textLimit else { throw failure("has \(data.count) bytes; at most \(Self.textLimit) are read") }
        do { self = try JSONDecoder().decode(Self.self, from: data) } catch let error as DecodingError {
            throw failure("cannot be read: \(error.reason)")
        }
        guard nodes.count <= Self.nodeLimit else { throw failure("has \(nodes.count) nodes; at most \(Self.nodeLimit) are read") }
    }

    /// The graph with the tensors of the file, all of which must be used, and its description. The name and the classes are the file's.
    /// - Throws: ``WeightFileError``.
    func network(from file: any WeightFile) throws -> (graph: Graph, details: ModelDescription) {
        let reader = WeightReader(file)
        var made: [Graph.Node] = [], weightNames: [String: String] = [:], shapes: [String: ActivationShape] = [:]
        for node in nodes {
            func failure(_ reason: String) -> WeightFileError { .content(file: file.name, reason: "the node '\(node.name)' \(reason)") }
            let inputs = try node.inputs.map { name in
                guard let shape = shapes[name] else { throw failure("reads '\(name)', which does not come before it") }
                return shape
            }
            do {
                let operation = try operation(of: node, reader)
                shapes[node.name] = try checkedShape(of: operation, inputs)
                made.append(Graph.Node(node.name, operation, inputs: node.inputs))
            } catch let error as StoredLayer.Failure { throw failure(error.reason) } catch let error as LayerError {
                throw failure("cannot be: \(error)")
            }
            if !node.tensors.isEmpty, let name = node.weights { weightNames[node.name] = name }
        }
        try reader.finish("the described network")
        let graph: Graph
        do { graph = try Graph(nodes: made) } catch let error as GraphError {
            throw WeightFileError.content(file: file.name, reason: "\(error)")
        }
        let details = ModelDescription(
            name: "", architecture: architecture ?? "", inputSize: inputSize, layers: try canonicalLayers(file), logitsLayer: logits,
            probabilitiesLayer: probabilities, weightNames: weightNames, aliases: aliases)
        try check(details, graph, file)
        return (graph, details)
    }

    private func operation(of node: Node, _ reader: WeightReader) throws -> Graph.Operation {
        let stored = StoredLayer(node, reader)
        let operation: Graph.Operation
        switch node.kind {
        case Kind.input:
            let channels = try stored.integer("channels", in: 1...NetworkImporter.channelLimit), counts = 1...channels
            let scales = try stored.floats("scales", count: counts), shifts = try stored.floats("shifts", count: counts)
            guard scales.count == shifts.count else {
                throw StoredLayer.Failure(reason: "has \(scales.count) scales and \(shifts.count) shifts of the image's channels")
            }
            let order = try stored.choice("order", ["rgb": InputNormalization.ChannelOrder.rgb, "bgr": .bgr])
            operation = .input(channels: channels, normalization: InputNormalization(scales: scales, shifts: shifts, order: order))
        case Kind.concatenation: operation = .concatenation
        case Kind.sum: operation = .sum
        default:
            guard let layer = StorableLayers.byKind[node.kind] else {
                throw StoredLayer.Failure(
                    reason: "is of the kind '\(node.kind.prefix(40))', which this Hooke does not know; a newer one may")
            }
            operation = .layer(try layer.init(stored: stored))
        }
        try stored.finish()
        return operation
    }

    /// The shape of a node at the model's own size: within bounds, so that nothing that a later layer computes of it overflows.
    private func checkedShape(of operation: Graph.Operation, _ inputs: [ActivationShape]) throws -> ActivationShape {
        var shape: ActivationShape
        switch operation {
        case .input(let channels, _):
            guard (1...Model.imageLimit).contains(inputSize) else {
                throw StoredLayer.Failure(reason: "takes images of \(inputSize)x\(inputSize), which cannot be")
            }
            shape = ActivationShape(height: inputSize, width: inputSize, channels: channels)
        case .layer(let layer):
            guard let input = inputs.first, inputs.count == 1 else {
                throw StoredLayer.Failure(reason: "has \(inputs.count) inputs; a layer has one")
            }
            shape = try layer.outputShape(for: input)
        case .concatenation, .sum:
            // Whether shapes fit is the graph's to say.
            guard let first = inputs.first else { throw StoredLayer.Failure(reason: "has no inputs") }
            shape = first
            if case .concatenation = operation { shape.channels = inputs.reduce(0) { $0 + $1.channels } }
        }
        guard shape.channels <= NetworkImporter.channelLimit, max(shape.height, shape.width) <= Model.imageLimit,
            shape.count <= NetworkImporter.activationLimit
        else { throw StoredLayer.Failure(reason: "has activations of the shape \(shape), which are too large") }
        return shape
    }

    private func canonicalLayers(_ file: any WeightFile) throws -> [CanonicalLayer] {
        try layers.map { layer in
            var first = 0
            let branches = try layer.branches.map { branch in
                guard (0...NetworkImporter.channelLimit).contains(branch.channels), first <= NetworkImporter.channelLimit else {
                    throw WeightFileError.content(
                        file: file.name, reason: "the branch '\(branch.name)' of '\(layer.name)' has \(branch.channels) channels")
                }
                defer { first += branch.channels }
                return LayerSummary.Branch(name: branch.name, channels: first..<first + branch.channels)
            }
            return CanonicalLayer(layer.name, branches: branches, depth: layer.depth)
        }
    }

    private func check(_ details: ModelDescription, _ graph: Graph, _ file: any WeightFile) throws {
        func failure(_ reason: String) -> WeightFileError { .content(file: file.name, reason: reason) }
        for name in details.layers.map(\.name) + [logits, probabilities].compactMap({ $0 }) where graph.index(of: name) == nil {
            throw failure("the graph has no node '\(name)', which its description names")
        }
        if let layer = details.layers.first(where: { $0.depth.map { !(0...1).contains($0) } ?? false }) {
            throw failure("the layer '\(layer.name)' has a depth outside of 0...1")
        }
        for (alias, name) in aliases.sorted(by: { $0.key < $1.key }) where graph.index(of: name) == nil || graph.index(of: alias) != nil {
            throw failure("the other name '\(alias)' stands for '\(name)', which is no node, or is the name of a node itself")
        }
    }
}

extension DecodingError {
    /// What is wrong, and where: "nodes 3, settings, stride: …".
    fileprivate var reason: String {
        let context: Context
        switch self {
        case .dataCorrupted(let found): context = found
        case .keyNotFound(let key, let found):
            context = Context(codingPath: found.codingPath, debugDescription: "there is no '\(key.stringValue)'")
        case .valueNotFound(_, let found), .typeMismatch(_, let found): context = found
        @unknown default: return "it is no such description"
        }
        let path = context.codingPath.prefix(8).map { $0.intValue.map { "\($0)" } ?? $0.stringValue }.joined(separator: ", ")
        return (path.isEmpty ? "" : path + ": ") + context.debugDescription
    }
}
