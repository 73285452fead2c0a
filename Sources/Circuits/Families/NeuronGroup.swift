/// Units of a layer under one name, as in "An Overview of Early Vision": a box of its taxonomy.
public struct NeuronGroup: Hashable, Sendable, CustomStringConvertible {
    /// "Gabor Filters"
    public let name: String
    /// Channels, in the order in which they are shown.
    public let units: [Int]
    /// What the group is, in words.
    public let comment: String
    /// The layer, when the file names it with the group.
    public let layer: String?
    /// Groups of priority 1 and more come first in the articles' page on mixed3b.
    public let priority: Int?

    public init(_ name: String, units: [Int], comment: String = "", layer: String? = nil, priority: Int? = nil) {
        (self.name, self.units, self.comment, self.layer, self.priority) = (name, units, comment, layer, priority)
    }

    public var description: String { "\(name): \(units.count) units" }
}

/// Why groups of units cannot be read or made.
public enum NeuronGroupsError: Error, Equatable, CustomStringConvertible {
    case notJSON(reason: String)
    case tooLarge(bytes: Int, limit: Int)
    case notGroups(reason: String)
    case unit(String, group: String, reason: String)
    case unitOutOfRange(Int, group: String, layer: String, channels: Int)
    case unitTwice(Int, group: String, other: String, layer: String)
    case unknownLayer(String, group: String?, layers: [String])
    case otherLayer(String, group: String, layer: String)
    case groupTwice(String, layer: String)
    case noName(place: Int, layer: String)
    case tooLong(what: String, group: String, length: Int, limit: Int)
    case otherSize(layer: String, file: Int, model: Int)
    case unknownGroup(String, layer: String, groups: [String])
    case layerSize(Int, layer: String, limit: Int)

    public var description: String {
        switch self {
        case .notJSON(let reason): "the groups are not JSON: \(reason)"
        case .tooLarge(let bytes, let limit): "\(bytes) bytes are too many for groups of units; the limit is \(limit)"
        case .notGroups(let reason):
            "\(reason); groups are a list of {\"name\": …, \"units\": [numbers], \"comment\": …}, with \"layer\" and \"priority\" if wanted"
        case .unit(let unit, let group, let reason): "the unit \(unit) of the group '\(group)' \(reason)"
        case .unitOutOfRange(let unit, let group, let layer, let channels):
            "the group '\(group)' lists the unit \(unit); \(layer) has the units 0 to \(channels - 1)"
        case .unitTwice(let unit, let group, let other, let layer):
            group == other
                ? "the unit \(unit) of \(layer) is listed twice in the group '\(group)'; read it with repeats: .kept to allow that"
                : "the unit \(unit) of \(layer) is listed in the group '\(group)' and before it in '\(other)'; read it with repeats: .kept "
                    + "to allow that"
        case .unknownLayer(let layer, let group, let layers):
            (group.map { "the group '\($0)' names" } ?? "the file names") + " the layer '\(layer)', which is none of "
                + layers.joined(separator: ", ")
        case .otherLayer(let found, let group, let layer): "the group '\(group)' is of the layer '\(found)', not of \(layer)"
        case .groupTwice(let group, let layer): "two groups of \(layer) are called '\(group)'; join them, or rename one"
        case .noName(let place, let layer): "group \(place) of \(layer) has no name"
        case .tooLong(let what, let group, let length, let limit):
            "the \(what) of the group '\(group)' has \(length) characters; the limit is \(limit)"
        case .otherSize(let layer, let file, let model): "the file was made for \(file) units of \(layer), the model has \(model)"
        case .layerSize(let size, let layer, let limit): "the layer \(layer) is said to have \(size) units; layers have 1 to \(limit)"
        case .unknownGroup(let name, let layer, let groups):
            "\(layer) has no group '\(name)'; it has \(groups.joined(separator: ", "))"
        }
    }
}
