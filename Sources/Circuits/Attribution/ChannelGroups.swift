import Tensors

/// What belongs to a group of channels: a sum over them, and its share.
public struct GroupPart: Hashable, Sendable, CustomStringConvertible {
    /// The group, or "other" for the channels of none.
    public let name: String
    public let value: Float
    /// The part of the magnitudes of all groups, in `0...1`.
    public let share: Float

    public var description: String { "\(name) \(WeightFigure.signed(value)) (\(Int((share * 100).rounded())) %)" }
}

/// Channels of a layer sorted into named groups, such as the families of "An Overview of Early Vision in InceptionV1".
struct ChannelGroups {
    private let groups: [(name: String, channels: [Int])]
    static let other = "other"

    /// - Throws: ``AttributionError`` for channels that do not exist or are in two groups.
    init(_ groups: [String: [Int]], layer: String, channels: Int) throws(AttributionError) {
        var owner: [Int: String] = [:]
        for (name, members) in groups.sorted(by: { $0.key < $1.key }) {
            for channel in members {
                guard (0..<channels).contains(channel) else {
                    throw .groupChannel(channel, group: name, layer: layer, channels: channels)
                }
                if let first = owner.updateValue(name, forKey: channel) { throw .groupOverlap(channel, groups: [first, name]) }
            }
        }
        let rest = (0..<channels).filter { owner[$0] == nil }
        self.groups = groups.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } + (rest.isEmpty ? [] : [(Self.other, rest)])
    }

    /// The sums over the groups of one number per channel, largest magnitude first; "other" comes last.
    func parts(of numbers: Tensor) -> [GroupPart] {
        let sums = groups.map { group in (group.name, Float(group.channels.reduce(0.0) { $0 + Double(numbers[$1]) })) }
        let all = sums.reduce(0) { $0 + abs($1.1) }
        return sums.map { GroupPart(name: $0, value: $1, share: all > 0 ? abs($1) / all : 0) }.sorted {
            ($0.name == Self.other ? 1 : 0, -abs($0.value), $0.name) < ($1.name == Self.other ? 1 : 0, -abs($1.value), $1.name)
        }
    }
}
