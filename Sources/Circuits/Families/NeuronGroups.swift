import Foundation
import Networks

/// The taxonomy of a layer: its units in named groups, and what is left over ("An Overview of Early Vision").
///
///     let groups = try NeuronGroups(json: Data(contentsOf: url), of: model["mixed3b"])
///     groups                                     // cards: name, share, icons, comment
///     groups["Curves"]?.units
///     groups.withoutGroup                        // units that nobody has named
///
/// Groups are kept in their order; ``sorted`` has the largest first.
public struct NeuronGroups: Sendable, CustomStringConvertible {
    /// Whether a unit may be listed more than once.
    public enum Repeats: Sendable {
        /// A unit is in one group at most.
        case refused
        /// As in the published lists of mixed4a, which name some units twice.
        case kept
    }

    /// The layer's name.
    public let layer: String
    /// How many units the layer has.
    public let size: Int
    public let groups: [NeuronGroup]
    /// Where icons come from; nil for groups of a network that is not at hand.
    public let source: Layer?

    static let largestLayer = 1 << 16, longestName = 200, longestComment = 20_000
    /// Icons of cards and families are small, so a short optimization has to do.
    static let iconSteps = 64

    /// Groups of a layer that need not be at hand.
    /// - Throws: ``NeuronGroupsError`` naming the group and the unit.
    public init(_ groups: [NeuronGroup], layer: String, size: Int, repeats: Repeats = .refused) throws {
        try self.init(groups, layer: layer, size: size, source: nil, repeats: repeats)
    }

    /// Groups of a model's layer.
    /// - Throws: ``NeuronGroupsError`` naming the group and the unit, ``ModelError`` for a layer that the model does not have.
    public init(_ groups: [NeuronGroup], of layer: Layer, repeats: Repeats = .refused) throws {
        try self.init(groups, layer: layer.name, size: try layer.channels(), source: layer, repeats: repeats)
    }

    private init(_ groups: [NeuronGroup], layer: String, size: Int, source: Layer?, repeats: Repeats) throws {
        guard (1...Self.largestLayer).contains(size) else {
            throw NeuronGroupsError.layerSize(size, layer: String(layer.prefix(40)), limit: Self.largestLayer)
        }
        var owner: [Int: String] = [:], names = Set<String>()
        for (place, group) in groups.enumerated() {
            guard !group.name.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty else {
                throw NeuronGroupsError.noName(place: place, layer: layer)
            }
            let shortened = String(group.name.prefix(40))
            for (what, text, limit) in [("name", group.name, Self.longestName), ("comment", group.comment, Self.longestComment)]
            where text.unicodeScalars.count > limit {
                throw NeuronGroupsError.tooLong(what: what, group: shortened, length: text.unicodeScalars.count, limit: limit)
            }
            guard names.insert(group.name).inserted else { throw NeuronGroupsError.groupTwice(group.name, layer: layer) }
            if let own = group.layer, own != layer { throw NeuronGroupsError.otherLayer(own, group: group.name, layer: layer) }
            for unit in group.units {
                guard unit >= 0, unit < size else {
                    throw NeuronGroupsError.unitOutOfRange(unit, group: group.name, layer: layer, channels: size)
                }
                if let other = owner.updateValue(group.name, forKey: unit), repeats == .refused {
                    throw NeuronGroupsError.unitTwice(unit, group: group.name, other: other, layer: layer)
                }
            }
        }
        (self.groups, self.layer, self.size, self.source) = (groups, layer, size, source)
    }

    /// A group by its name.
    public subscript(name: String) -> NeuronGroup? { groups.first { $0.name == name } }

    /// Largest first; groups of a size in their order. Groups with a priority of 1 and more come before the others, as in the articles.
    public var sorted: [NeuronGroup] {
        let order = groups.indices.sorted { a, b in
            let (first, second) = ((groups[a].priority ?? 0) >= 1, (groups[b].priority ?? 0) >= 1)
            if first != second { return first }
            return (groups[a].units.count, b) > (groups[b].units.count, a)
        }
        return order.map { groups[$0] }
    }

    /// The units that are in no group, ascending.
    public var withoutGroup: [Int] {
        let named = Set(groups.flatMap(\.units))
        return (0..<size).filter { !named.contains($0) }
    }

    /// The share of the layer's units, in percent, as the articles print it: rounded, and below 0.6 % cut to one decimal.
    public func percentage(of group: NeuronGroup) -> String { Self.percentage(group.units.count, of: size) }

    static func percentage(_ count: Int, of size: Int) -> String {
        guard size > 0 else { return "0%" }
        let percent = Double(count) / Double(size) * 100
        guard count > 0, percent < 0.6 else { return String(format: "%.0f%%", percent.rounded()) }
        return String(format: "%.1f%%", (percent * 10).rounded(.down) / 10)
    }

    /// The units of a group as a family, in the group's order.
    /// - Throws: ``NeuronGroupsError/unknownGroup(_:layer:groups:)``, ``FamilyError`` for an empty group.
    public func family(_ name: String, in layer: Layer) throws -> FeatureFamily {
        guard let group = self[name] else { throw NeuronGroupsError.unknownGroup(name, layer: self.layer, groups: groups.map(\.name)) }
        return try FeatureFamily(name, of: layer, channels: group.units)
    }

    public var description: String {
        let list = sorted.map { "\($0.name) (\($0.units.count), \(percentage(of: $0)))" }.joined(separator: ", ")
        let rest = withoutGroup.count
        let number = "\(groups.count) group\(groups.count == 1 ? "" : "s")"
        return "\(layer), \(number) of \(size) units" + (list.isEmpty ? "" : ": \(list)") + (rest > 0 ? "; \(rest) without a group" : "")
    }
}
