import Networks

/// Features of one layer that belong together, ordered by a parameter: curve detectors by orientation, colour units by hue.
///
///     let curves = try FeatureFamily("curves", of: model["mixed3b"], channels: [33, 52, 60, 66, 91])
///     let turned = FeatureFamily(try curves.tuning(over: .curves()), named: "curves")      // sorted by what they prefer
///     turned                                     // a row of icons with their angles
///     turned[0..<3]
///
/// A family of one member is a family; it says so.
public struct FeatureFamily: CustomStringConvertible, Sendable {
    /// A feature and its place on the parameter.
    public struct Member: Hashable, Sendable, CustomStringConvertible {
        public let feature: Feature
        /// The value of the family's parameter, if it has one: degrees of orientation or hue.
        public let value: Double?

        public init(_ feature: Feature, value: Double? = nil) { (self.feature, self.value) = (feature, value) }

        public var description: String { "\(feature)" + (value.map { " \($0.short)" } ?? "") }
    }

    /// "curves"
    public let name: String
    /// What orders the members: "orientation", "hue"; nil when they stand in the order in which they were given.
    public let parameter: String?
    /// Where the parameter begins anew: 360 for directions and hues, 180 for orientations of lines; nil for other parameters.
    public let period: Double?
    public let members: [Member]

    /// Members in a given order.
    /// - Throws: ``FamilyError`` for no members, members of several layers, a member that is named twice and values that are not finite.
    public init(_ name: String, members: [Member], parameter: String? = nil, period: Double? = nil) throws {
        guard let first = members.first else { throw FamilyError.noMembers(family: name) }
        var seen = Set<Feature>()
        for member in members {
            guard member.feature.model === first.feature.model, member.feature.layer == first.feature.layer else {
                throw FamilyError.otherLayer(member.feature.description, family: name, layer: first.feature.layer)
            }
            try member.feature.validate()
            guard seen.insert(member.feature).inserted else { throw FamilyError.twice(member.feature.description, family: name) }
            if let value = member.value, !value.isFinite { throw FamilyError.notFinite(member.feature.description, family: name) }
        }
        self.init(unchecked: members, name: name, parameter: parameter, period: period)
    }

    /// Features in a given order.
    ///
    ///     try FeatureFamily([model["mixed3b"][33], model["mixed3b"][52]]).tuning(over: .curves())
    /// - Throws: as ``init(_:members:parameter:period:)``.
    public init(_ features: [Feature], named name: String = "family") throws { try self.init(name, members: features.map { Member($0) }) }

    /// Channels of a layer, with the value of a parameter for each, if there is one.
    /// - Throws: ``FamilyError``, ``ModelError`` for channels that the layer does not have.
    public init(
        _ name: String, of layer: Layer, channels: [Int], parameter: String? = nil, values: [Double]? = nil, period: Double? = nil
    ) throws {
        if let values, values.count != channels.count {
            throw FamilyError.valueCount(values.count, members: channels.count, family: name)
        }
        try self.init(
            name, members: channels.enumerated().map { Member(layer[$1], value: values?[$0]) }, parameter: parameter, period: period)
    }

    /// - Precondition: one layer, at least one member, none twice.
    init(unchecked members: [Member], name: String, parameter: String?, period: Double?) {
        (self.members, self.name, self.parameter, self.period) = (members, name, parameter, period)
    }

    public var features: [Feature] { members.map(\.feature) }
    /// The channels of those members that are single channels.
    public var channels: [Int] { members.compactMap(\.feature.channel) }
    public var count: Int { members.count }
    /// Where all members live.
    public var layer: Layer { members[0].feature.model[members[0].feature.layer] }

    /// A member by its place.
    /// - Precondition: `index` is in `0..<count`.
    public subscript(index: Int) -> Feature { members[index].feature }

    /// The members of some places, as a family of the same parameter.
    /// - Precondition: the range is not empty and lies in `0..<count`.
    public subscript(range: Range<Int>) -> FeatureFamily {
        precondition(!range.isEmpty, "a family has at least one member")
        return FeatureFamily(unchecked: Array(members[range]), name: name, parameter: parameter, period: period)
    }

    /// By value, ascending; members without one come last, in their order.
    public func sorted() -> FeatureFamily {
        let order = members.indices.sorted {
            (members[$0].value ?? .infinity, $0) < (members[$1].value ?? .infinity, $1)
        }
        return FeatureFamily(unchecked: order.map { members[$0] }, name: name, parameter: parameter, period: period)
    }

    /// The member whose value lies nearest to one, around the circle where the parameter has a period.
    public func member(nearest value: Double) -> Member? {
        func distance(_ other: Double) -> Double { period.map { TuningCurve.distance(other, value, period: $0) } ?? abs(other - value) }
        return members.filter { $0.value != nil }.min { distance($0.value ?? 0) < distance($1.value ?? 0) }
    }

    public var description: String {
        let list = members.map(\.description).joined(separator: ", ")
        let along = parameter.map { " by \($0)" } ?? ""
        return count == 1 ? "\(name): one member, \(list)" : "\(name): \(count) members\(along): \(list)"
    }
}

extension FeatureFamily {
    /// The family whose members were tuned: the same order, the preferred angle as the value.
    /// - Returns: nil when nothing in the layer answered, so that there are no members.
    public init?(_ tuning: TuningFamily, named name: String) {
        guard let first = tuning.members.first else { return nil }
        self.init(
            unchecked: tuning.members.map { Member($0.feature, value: $0.curve.peak.angle) }, name: name, parameter: tuning.axis,
            period: first.curve.period)
    }

    /// The family of units that are one another's shifted versions; the shift from its first unit is the value.
    /// - Parameter period: of the parameter along which they are shifted.
    public init(_ family: EquivariantFamily, named name: String, period: Double = 360) {
        self.init(
            unchecked: family.members.map { Member($0.feature, value: $0.shift) }, name: name, parameter: family.axis, period: period)
    }

    /// The units that satisfy the rule of a phenomenon, sorted by what they prefer.
    ///
    ///     FeatureFamily(try model["mixed3b"].curveDetectors(), parameter: "orientation")
    /// - Returns: nil when no unit does.
    public init?(_ phenomenon: Phenomenon, parameter: String = "orientation", period: Double = 360) {
        guard !phenomenon.units.isEmpty else { return nil }
        self = FeatureFamily(
            unchecked: phenomenon.units.map { Member($0.feature, value: $0.preferred) }, name: phenomenon.name, parameter: parameter,
            period: period
        ).sorted()
    }

    /// The tuning curves of all members, in one pass of the layer; sorted by the angle that each prefers.
    ///
    ///     try curves.tuning(over: .curves())
    /// - Parameter name: a parameter of the sweep with a period; the first one when absent.
    /// - Throws: as ``Networks/Layer/tuning(over:imageSize:deviations:)``.
    public func tuning(
        over sweep: StimulusSweep, sortedBy name: String? = nil, pooling: Tuning.Pooling = .mean
    ) throws -> TuningFamily {
        let tuning = try layer.tuning(over: sweep)
        let curves = try features.map {
            TuningFamily.Member(feature: $0, curve: try tuning.tuning(of: $0).curve(over: name, pooling: pooling))
        }
        return TuningFamily(
            axis: name ?? tuning.axes.first { $0.period != nil }?.name ?? "",
            members: curves.sorted { $0.curve.peak.angle < $1.curve.peak.angle }, unit: tuning.unit)
    }
}

/// Why a family or one of its members cannot be.
public enum FamilyError: Error, Equatable, CustomStringConvertible {
    case noMembers(family: String)
    case otherLayer(String, family: String, layer: String)
    case twice(String, family: String)
    case valueCount(Int, members: Int, family: String)
    case notFinite(String, family: String)
    case noValues(family: String)

    public var description: String {
        switch self {
        case .noMembers(let family): "the family '\(family)' has no members; a family has at least one"
        case .otherLayer(let feature, let family, let layer):
            "\(feature) is no feature of \(layer), to which the family '\(family)' belongs; make one family per layer"
        case .twice(let feature, let family): "\(feature) is named twice in the family '\(family)'"
        case .valueCount(let values, let members, let family):
            "\(values) values for \(members) members of the family '\(family)'; give one per member"
        case .notFinite(let feature, let family): "the value of \(feature) in the family '\(family)' is not a finite number"
        case .noValues(let family):
            "the family '\(family)' has a member without an orientation; give values, or make it from its tuning: "
                + "FeatureFamily(family.tuning(over: .lines()), named: …)"
        }
    }
}
