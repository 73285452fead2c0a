import Figures
import Networks
import Tensors

/// Units that are one another's turned (or mirrored, or recoloured) versions ("Naturally Occurring Equivariance"): one member's responses
/// are another's, shifted along the parameter.
///
///     let tuning = try model["mixed3b"].tuning(over: .curves())
///     try tuning.equivariantFamilies(over: "orientation")
public struct EquivariantFamily: CustomStringConvertible, Sendable {
    /// A unit and how it follows from the family's first one.
    public struct Member: Sendable {
        public let feature: Feature
        /// Degrees by which the first unit's responses are shifted to give this one's.
        public let shift: Double
        /// Whether they are mirrored first.
        public let isMirrored: Bool
        /// The correlation of the two over all stimuli, 1 for the first unit.
        public let correlation: Double
    }

    /// The parameter: orientation or hue.
    public let axis: String
    public let members: [Member]

    public var description: String {
        "\(members.count) units along \(axis): " + members.map {
            "\($0.feature) \($0.shift.short)°" + ($0.isMirrored ? " mirrored" : "")
        }.joined(separator: ", ")
    }
}

extension LayerTuning {
    /// Groups of units whose responses to the sweep are the same but for a shift along one parameter.
    ///
    /// From the most strongly responding unit on, every unit joins the first family whose first member it matches best, if the correlation
    /// of both over all stimuli, at the best shift, reaches the threshold; otherwise it founds a family. Units that do not care for the
    /// parameter are left out, since any shift would match them.
    ///
    /// - Parameters:
    ///   - name: a parameter with a period whose values are evenly spaced; the first one when absent.
    ///   - correlation: the least that counts.
    ///   - selectivity: how much a unit must prefer one side, 0 to 1 (``TuningCurve/selectivity``).
    ///   - mirrored: whether mirror images count too.
    /// - Returns: families of at least two units whose members do not all have the same preference, largest first.
    /// - Throws: ``TuningError/unknownAxis(_:axes:)``.
    public func equivariantFamilies(
        over name: String? = nil, correlation: Double = 0.85, selectivity: Double = 0.3, mirrored: Bool = false
    ) throws -> [EquivariantFamily] {
        guard let place = axes.firstIndex(where: { $0.period != nil && (name == nil || $0.name == name) }), let period = axes[place].period
        else {
            throw TuningError.unknownAxis(name ?? "orientation", axes: axes.map(\.name))
        }
        let axis = axes[place], steps = axis.values.count
        // [channel][step][everything else], each of mean 0 and length 1.
        var order = Array(axes.indices)
        order.remove(at: place)
        let arranged = responses.map { Swift.max($0, 0) }.permuted([axes.count, place] + order).reshaped([channels, steps, -1])
        let strongest = strongest
        var candidates: [(channel: Int, profile: [Float])] = []
        for channel in 0..<channels where strongest[channel] > 0 {
            guard try self[channel].curve(over: axis.name).selectivity >= selectivity else { continue }
            let values = arranged.slice(channel)
            let centred = values - values.mean()
            let norm = centred.norm()
            if norm > 0 { candidates.append((channel, (centred / norm).scalars)) }
        }
        candidates.sort { (strongest[$0.channel], $1.channel) > (strongest[$1.channel], $0.channel) }
        let width = arranged.shape[2]
        var families: [(first: [Float], members: [EquivariantFamily.Member])] = []
        for candidate in candidates {
            var best: (family: Int, shift: Int, isMirrored: Bool, correlation: Float)?
            for (index, family) in families.enumerated() {
                for isMirrored in mirrored ? [false, true] : [false] {
                    for shift in 0..<steps {
                        let match = Self.match(
                            family.first, candidate.profile, steps: steps, width: width, shift: shift, isMirrored: isMirrored)
                        if match > best?.correlation ?? -2 { best = (index, shift, isMirrored, match) }
                    }
                }
            }
            if let best, Double(best.correlation) >= correlation {
                families[best.family].members.append(
                    .init(
                        feature: layer[candidate.channel], shift: Double(best.shift) * period / Double(steps), isMirrored: best.isMirrored,
                        correlation: Double(best.correlation)))
            } else {
                families.append(
                    (candidate.profile, [.init(feature: layer[candidate.channel], shift: 0, isMirrored: false, correlation: 1)]))
            }
        }
        return families.map { EquivariantFamily(axis: axis.name, members: $0.members.sorted { $0.shift < $1.shift }) }
            .filter { Set($0.members.map(\.shift)).count > 1 }.sorted { $0.members.count > $1.members.count }
    }

    /// The scalar product of one profile, mirrored and shifted, with another.
    private static func match(_ first: [Float], _ second: [Float], steps: Int, width: Int, shift: Int, isMirrored: Bool) -> Float {
        var sum: Float = 0
        for step in 0..<steps {
            let source = isMirrored ? (steps - step) % steps : step
            let from = source * width, to = (step + shift) % steps * width
            for index in 0..<width { sum += first[from + index] * second[to + index] }
        }
        return sum
    }
}

extension Layer {
    /// The families of units that are turned versions of one another, by their responses to arcs.
    ///
    ///     try model["mixed3b"].rotationFamilies()
    ///
    /// - Parameters: as ``LayerTuning/equivariantFamilies(over:correlation:selectivity:mirrored:)``.
    /// - Throws: as ``tuning(over:imageSize:deviations:)``.
    public func rotationFamilies(correlation: Double = 0.85, control: Bool = true) throws -> Phenomenon {
        try equivariancePhenomenon(
            "rotation-equivariant families", over: .curves(orientations: stride(from: 0, to: 360, by: 10)), axis: "orientation", to: "arcs",
            correlation: correlation, control: control)
    }

    /// The families of units that are recoloured versions of one another, by their responses to pairs of colours.
    /// - Throws: as ``tuning(over:imageSize:deviations:)``.
    public func hueFamilies(correlation: Double = 0.85, control: Bool = true) throws -> Phenomenon {
        try equivariancePhenomenon(
            "hue-equivariant families", over: .colorCentres(), axis: "hue", to: "colour centres", correlation: correlation,
            control: control)
    }

    private func equivariancePhenomenon(
        _ name: String, over sweep: StimulusSweep, axis: String, to stimuli: String, correlation: Double, control: Bool
    ) throws -> Phenomenon {
        try withControl(control) { layer in
            let tuning = try layer.tuning(over: sweep)
            let families = try tuning.equivariantFamilies(over: axis, correlation: correlation)
            var units: [Phenomenon.Unit] = []
            for (number, family) in families.enumerated() {
                for member in family.members {
                    units.append(
                        .init(
                            feature: member.feature, preferred: try tuning[member.feature.channel ?? 0].curve(over: axis).peak.angle,
                            measures: [
                                .init("family", Double(number + 1)), .init("shift", member.shift),
                                .init("correlation", member.correlation),
                            ]))
                }
            }
            let shown = families.first.map { Set($0.members.compactMap(\.feature.channel)) } ?? []
            return Phenomenon(
                name: name,
                rule: "the responses of a unit to \(stimuli) correlate with those of the family's first unit, shifted along the \(axis), "
                    + "by at least \(correlation.short); units that prefer no \(axis) are left out (selectivity under 0.3), and so are "
                    + "families whose members all prefer the same",
                model: layer.model.name, layer: layer.name, looked: tuning.channels, units: units,
                findings: [.init("families", Double(families.count)), .init("units in the largest", Double(shown.count))],
                control: nil, figure: .family(try tuning.units(sortedBy: axis, channels: shown.sorted())))
        }
    }
}
