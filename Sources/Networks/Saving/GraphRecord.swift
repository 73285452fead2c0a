import Foundation

/// The structure of a model as files hold it, under `graph` in the metadata of a safetensors file: nodes with their settings and the shapes
/// of their tensors, and what a ``ModelDescription`` says about them. Numbers lie beside it as tensors.
///
///     {"version": 1, "inputSize": 32, "layers": [{"name": "conv1"}], "logits": "fc", "nodes": [
///       {"name": "input", "kind": "input", "settings": {"channels": 3, "scales": [1], "shifts": [0], "order": "rgb"}},
///       {"name": "conv1", "kind": "convolution", "inputs": ["input"], "settings": {"stride": 2, …}, "tensors": {"weight": [5, 5, 3, 8], …}},
///       …]}
///
/// Shapes are in Hooke's order (``WeightLayout/outputsLast``), whatever that of the file is. A tensor is called `<node>.<tensor>`, or
/// `<weights>.<tensor>` where a node has `weights`.
struct GraphRecord: Codable, Hashable, Sendable {
    /// One node.
    struct Node: Codable, Hashable, Sendable {
        var name: String
        var kind: String
        var inputs: [String] = []
        var settings: [String: StoredValue] = [:]
        var tensors: [String: [Int]] = [:]
        /// What its tensors are called after, if not after the node.
        var weights: String?

        func tensorName(_ tensor: String) -> String { (weights ?? name) + "." + tensor }
    }

    /// A ``CanonicalLayer``.
    struct Layer: Codable, Hashable, Sendable {
        struct Branch: Codable, Hashable, Sendable {
            var name: String
            var channels: Int
        }

        var name: String
        var branches: [Branch] = []
        var depth: Double?
    }

    static let version = 1
    /// The longest description that is read, in bytes: thirty thousand nodes fit.
    static let textLimit = 8 << 20
    static let nodeLimit = 2 * NetworkImporter.operationLimit

    var version = GraphRecord.version
    var nodes: [Node]
    var architecture: String?
    var inputSize: Int
    var layers: [Layer]
    var logits: String?
    var probabilities: String?
    var aliases: [String: String] = [:]

    /// The text in a file; the same record gives the same text.
    func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

// Empty lists are left out of the text, and every key must be a known one.
extension GraphRecord {
    private enum CodingKeys: String, CodingKey {
        case version, nodes, architecture, inputSize, layers, logits, probabilities, aliases
    }

    init(from decoder: Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        version = try container.decode(Int.self, forKey: .version)
        guard version == Self.version else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: [],
                    debugDescription: "it is of the version \(version), and this Hooke reads version \(Self.version); a newer may"))
        }
        try decoder.checkKeys(CodingKeys.self)
        nodes = try container.decode([Node].self, forKey: .nodes)
        architecture = try container.decodeIfPresent(String.self, forKey: .architecture)
        inputSize = try container.decode(Int.self, forKey: .inputSize)
        layers = try container.decode([Layer].self, forKey: .layers)
        logits = try container.decodeIfPresent(String.self, forKey: .logits)
        probabilities = try container.decodeIfPresent(String.self, forKey: .probabilities)
        aliases = try container.decodeIfPresent([String: String].self, forKey: .aliases) ?? [:]
    }

    func encode(to encoder: Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(version, forKey: .version)
        try container.encode(nodes, forKey: .nodes)
        try container.encodeIfPresent(architecture, forKey: .architecture)
        try container.encode(inputSize, forKey: .inputSize)
        try container.encode(layers, forKey: .layers)
        try container.encodeIfPresent(logits, forKey: .logits)
        try container.encodeIfPresent(probabilities, forKey: .probabilities)
        if !aliases.isEmpty { try container.encode(aliases, forKey: .aliases) }
    }
}

extension GraphRecord.Node {
    private enum CodingKeys: String, CodingKey { case name, kind, inputs, settings, tensors, weights }

    init(from decoder: Decoder) throws {
        try decoder.checkKeys(CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        kind = try container.decode(String.self, forKey: .kind)
        inputs = try container.decodeIfPresent([String].self, forKey: .inputs) ?? []
        settings = try container.decodeIfPresent([String: StoredValue].self, forKey: .settings) ?? [:]
        tensors = try container.decodeIfPresent([String: [Int]].self, forKey: .tensors) ?? [:]
        weights = try container.decodeIfPresent(String.self, forKey: .weights)
    }

    func encode(to encoder: Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(kind, forKey: .kind)
        if !inputs.isEmpty { try container.encode(inputs, forKey: .inputs) }
        if !settings.isEmpty { try container.encode(settings, forKey: .settings) }
        if !tensors.isEmpty { try container.encode(tensors, forKey: .tensors) }
        try container.encodeIfPresent(weights, forKey: .weights)
    }
}

extension GraphRecord.Layer {
    private enum CodingKeys: String, CodingKey { case name, branches, depth }

    init(from decoder: Decoder) throws {
        try decoder.checkKeys(CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        branches = try container.decodeIfPresent([Branch].self, forKey: .branches) ?? []
        depth = try container.decodeIfPresent(Double.self, forKey: .depth)
    }

    func encode(to encoder: Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        if !branches.isEmpty { try container.encode(branches, forKey: .branches) }
        try container.encodeIfPresent(depth, forKey: .depth)
    }
}
