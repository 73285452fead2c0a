import Foundation
import Networks

extension NeuronGroups {
    /// The most bytes that are read. The articles' nine lists together have 40 kB.
    public static let largestFile = 16 << 20

    /// The groups of one layer in the articles' format: a list of `{name, units, comment, layer?, priority?}`.
    ///
    ///     try NeuronGroups(json: data, layer: "mixed3b", size: 480)
    /// - Throws: ``NeuronGroupsError`` naming the group and the unit.
    public init(json data: Data, layer: String, size: Int, repeats: Repeats = .refused) throws {
        try self.init(try GroupFile.list(data), layer: layer, size: size, repeats: repeats)
    }

    /// The same for a layer at hand.
    /// - Throws: ``NeuronGroupsError``, ``ModelError``.
    public init(json data: Data, of layer: Layer, repeats: Repeats = .refused) throws {
        try self.init(try GroupFile.list(data), of: layer, repeats: repeats)
    }

    /// The groups of several layers in one file: `{"layer_sizes": {layer: units}, "groups": {layer: [group]}}`, first layer first.
    ///
    ///     let taxonomy = try NeuronGroups.taxonomy(json: data, repeats: .kept)
    ///
    /// - Parameter model: whose layers they are; every layer of the file must be one of its layers and have its size.
    /// - Throws: ``NeuronGroupsError`` naming the layer, the group and the unit.
    public static func taxonomy(json data: Data, of model: Model? = nil, repeats: Repeats = .refused) throws -> [NeuronGroups] {
        let file = try GroupFile.taxonomy(data)
        if let stray = file.groups.keys.sorted().first(where: { file.sizes[$0] == nil }) {
            throw NeuronGroupsError.unknownLayer(stray, group: nil, layers: file.sizes.keys.sorted())
        }
        let order = model?.layers.map(\.name) ?? []
        func place(_ layer: String) -> Int { order.firstIndex(of: layer) ?? order.count }
        return try file.groups.keys.sorted { (place($0), $0) < (place($1), $1) }.map { layer in
            let (size, groups) = (file.sizes[layer] ?? 0, file.groups[layer] ?? [])
            guard let model else { return try NeuronGroups(groups, layer: layer, size: size, repeats: repeats) }
            guard let summary = model.summary(of: layer) else {
                throw NeuronGroupsError.unknownLayer(layer, group: groups.first?.name, layers: order)
            }
            guard summary.channels == size else {
                throw NeuronGroupsError.otherSize(layer: layer, file: size, model: summary.channels)
            }
            return try NeuronGroups(groups, of: model[layer], repeats: repeats)
        }
    }

    /// The groups in the articles' format, in their order.
    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(groups.map(GroupFile.Written.init))
    }
}

/// The format, read leniently so that the checks can name the group in which something is wrong.
private enum GroupFile {
    struct Written: Encodable {
        let name: String, units: [Int], comment: String, layer: String?, priority: Int?

        init(_ group: NeuronGroup) {
            (name, units, comment, layer, priority) = (group.name, group.units, group.comment, group.layer, group.priority)
        }
    }

    /// A whole number, or what stands in its place.
    enum Unit: Decodable {
        case whole(Int), other(String)

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let whole = try? value.decode(Int.self) {
                self = .whole(whole)
            } else if let number = try? value.decode(Double.self) {
                self = .other("\(number)")
            } else if let text = try? value.decode(String.self) {
                self = .other("\"\(text.prefix(40))\"")
            } else {
                self = .other("that is no number")
            }
        }
    }

    struct Group: Decodable {
        let name: String, units: [Unit], comment: String?, layer: String?, priority: Int?

        func checked() throws -> NeuronGroup {
            let whole = try units.map { unit in
                switch unit {
                case .whole(let number): return number
                case .other(let found):
                    throw NeuronGroupsError.unit(found, group: String(name.prefix(40)), reason: "is no whole number")
                }
            }
            return NeuronGroup(name, units: whole, comment: comment ?? "", layer: layer, priority: priority)
        }
    }

    struct Taxonomy: Decodable {
        let layer_sizes: [String: Int], groups: [String: [Group]]
    }

    static func list(_ data: Data) throws -> [NeuronGroup] { try decoded([Group].self, data).map { try $0.checked() } }

    static func taxonomy(_ data: Data) throws -> (sizes: [String: Int], groups: [String: [NeuronGroup]]) {
        let file = try decoded(Taxonomy.self, data)
        return (file.layer_sizes, try file.groups.mapValues { try $0.map { try $0.checked() } })
    }

    private static func decoded<T: Decodable>(_ type: T.Type, _ data: Data) throws -> T {
        guard data.count <= NeuronGroups.largestFile else {
            throw NeuronGroupsError.tooLarge(bytes: data.count, limit: NeuronGroups.largestFile)
        }
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch DecodingError.dataCorrupted(let context) {
            throw NeuronGroupsError.notJSON(reason: context.debugDescription)
        } catch DecodingError.keyNotFound(let key, let context) {
            throw NeuronGroupsError.notGroups(reason: "'\(key.stringValue)' is missing at \(place(context))")
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            throw NeuronGroupsError.notGroups(reason: "\(place(context)) holds something else than expected")
        }
    }

    private static func place(_ context: DecodingError.Context) -> String {
        let path = context.codingPath.map { key in key.intValue.map { "[\($0)]" } ?? key.stringValue }.joined(separator: " ")
        return path.isEmpty ? "the top of the file" : String(path.prefix(200))
    }
}
