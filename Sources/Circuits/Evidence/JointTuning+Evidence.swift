import Networks

extension JointTuning {
    /// What joint tuning says of one unit, as a row of ``FeatureEvidence``: when pictures that excite the unit are turned, does each other
    /// member take over where its own preference says?
    ///
    ///     let joint = try family.features.jointTuning(over: .rotation(), in: World.test)
    ///     try feature.evidence(for: .curve(orientation: 250), jointTuning: joint.finding(for: feature, in: family))
    ///
    /// - Parameters:
    ///   - feature: a member whose examples were changed.
    ///   - family: its members with what each prefers, in degrees.
    ///   - tolerance: how far a member's peak may lie from the difference of the preferences, in degrees.
    public func finding(for feature: Feature, in family: FeatureFamily, tolerance: Double = 30) -> FeatureEvidence.Finding {
        let period = family.period ?? 360, chance = min(1, 2 * tolerance / period)
        let rule = "pictures that excite the unit are turned; of the other members more than the \(chance.short) of chance peak within "
            + "\(tolerance.short)° of where their own preference says, with a confidence of 95 %"
        func value(_ wanted: Feature) -> Double? {
            family.members.first { $0.feature.layer == wanted.layer && $0.feature.direction == wanted.direction }?.value
        }
        guard change.kind == .rotation || change.kind == .hue else {
            return .init(.jointTuning, .notMeasured, measured: "the pictures were not turned but changed in \(change.kind.rawValue)", rule: rule)
        }
        guard let unit = features.firstIndex(where: { $0.layer == feature.layer && $0.direction == feature.direction }),
            let own = value(feature), !examples[unit].isEmpty
        else {
            return .init(.jointTuning, .notMeasured, measured: "no pictures were turned that excite it", rule: rule)
        }
        var counted = 0, fitting = 0
        for (member, peak) in peaks(examplesOf: unit).enumerated() where member != unit {
            guard let peak, let preferred = value(features[member]) else { continue }
            counted += 1
            if TuningCurve.distance(peak, preferred - own, period: period) <= tolerance { fitting += 1 }
        }
        let share = Proportion(fitting, of: counted)
        return .init(
            .jointTuning, counted > 0 && share.interval.lowerBound > chance ? .supports : .doesNotSupport,
            measured: "over \(examples[unit].count) examples from \(dataset), \(fitting) of \(counted) other members take over where they "
                + "should: \(share), chance \(chance.short)",
            rule: rule, measures: [.init("share", share.value), .init("chance", chance)])
    }
}
