import Foundation
import Networks
import Tensors

/// Whether a feature is excited by, or excites, those units of another layer that prefer by themselves what a label says.
///
/// A unit's preference is the area under the ROC curve of its responses to the label's stimuli, true cases against false ones, in its own
/// receptive field: 1 when every true case excites it more than every false one, 0.5 when it tells nothing apart. It is correlated with the
/// feature's signed weight to the unit (the norm of what excites less that of what inhibits). Whether it could be chance is decided by
/// permuting the preferences among the units.
struct ConnectionPreference: Sendable {
    /// Pearson's, over the units that answer to any of the stimuli; nil when weights or preferences do not vary.
    let correlation: Double?
    /// The share of permutations with as large a correlation, at least 1 / 1000.
    let chance: Double
    /// How many units answer, and how many there are.
    let units: Int, all: Int

    static let significance = Phenomenon.significance
    static let rule = "no units were named: over the units of the layer the weight with its sign correlates with how well each of them "
        + "tells the label's true stimuli from false ones in its own receptive field (area under the ROC curve), p < "
        + "\(significance.short) among permutations, and more than for the untrained unit that does best at the label"

    private static let permutations = 999, fewestUnits = 8

    /// - Parameters:
    ///   - connections: those of the feature, from or to channels of one layer; channels that are not among them have no weight.
    ///   - preferences: by channel of the other layer; nil for units that answer to nothing.
    init(_ connections: FeatureConnections, preferences: [Double?], seed: UInt64) {
        var weights = [Double](repeating: 0, count: preferences.count)
        for connection in connections.ranked {
            guard let channel = connections.partner(connection).channel else { continue }
            weights[channel] = ConnectionStrengths.signed(ofKernel: connection.kernel)
        }
        let answering = preferences.indices.filter { preferences[$0] != nil }
        let (own, values) = (answering.map { weights[$0] }, answering.map { preferences[$0] ?? 0.5 })
        (units, all) = (answering.count, preferences.count)
        guard answering.count >= Self.fewestUnits, let found = Self.correlation(own, values) else {
            (correlation, chance) = (nil, 1)
            return
        }
        var random = CounterRandom(seed: seed, stream: 42), asLarge = 0
        for _ in 0..<Self.permutations {
            let other = random.permutation(of: values.count).map { values[$0] }
            if (Self.correlation(own, other) ?? 0) >= found { asLarge += 1 }
        }
        (correlation, chance) = (found, Double(asLarge + 1) / Double(Self.permutations + 1))
    }

    private static func correlation(_ a: [Double], _ b: [Double]) -> Double? {
        var agreement = ActivationAgreement()
        for (x, y) in zip(a, b) { agreement.add(Float(x), Float(y)) }
        return agreement.correlation
    }
}

extension LabelCases {
    /// How well each unit of the layer tells true cases from false ones: the area under the ROC curve of its responses; nil for units whose
    /// response is always the same.
    func preferences() -> [Double?] {
        let wanted = truth.filter(\.self).count, others = truth.count - wanted
        guard wanted > 0, others > 0 else { return layer.first.map { $0.map { _ in nil } } ?? [] }
        return (layer.first ?? []).indices.map { unit in
            let order = layer.indices.sorted { layer[$0][unit] < layer[$1][unit] }
            guard let first = order.first, let last = order.last, layer[first][unit] < layer[last][unit] else { return nil }
            // The sum of the true cases' ranks; equal responses share theirs.
            var sum = 0.0, start = 0
            while start < order.count {
                var end = start
                while end < order.count, layer[order[end]][unit] == layer[order[start]][unit] { end += 1 }
                let rank = Double(start + end + 1) / 2
                sum += rank * Double(order[start..<end].filter { truth[$0] }.count)
                start = end
            }
            return (sum - Double(wanted * (wanted + 1)) / 2) / Double(wanted * others)
        }
    }
}

extension Feature {
    /// The row of evidence about connections when nobody says which units are expected: whether they follow the preferences of the units.
    ///
    /// - Parameters:
    ///   - untrained: the unit of the untrained layer that does best at the label, if controls are wanted.
    ///   - connections: those of a feature, forwards or backwards.
    /// - Throws: as ``tuning(over:imageSize:deviations:)``, and `Interrupted` when the user stops it.
    func preferenceFinding(
        _ argument: FeatureEvidence.Argument, _ label: FeatureLabel, untrained: Int?, seed: UInt64,
        _ connections: (Feature) throws -> FeatureConnections
    ) throws -> FeatureEvidence.Finding {
        let rule = ConnectionPreference.rule
        let found: FeatureConnections
        do {
            found = try connections(self)
        } catch let error as CircuitError {
            return .init(argument, .notMeasured, measured: error.description, rule: rule)
        } catch let error as ModelError {
            return .init(argument, .notMeasured, measured: error.description, rule: rule)
        }
        func preference(_ found: FeatureConnections) throws -> ConnectionPreference {
            let layer = found.feature.model[found.layer]
            let cases = try LabelCases(layer[0], in: layer, stimuli: label.stimuli)
            return ConnectionPreference(found, preferences: cases.preferences(), seed: seed)
        }
        let own = try preference(found)
        guard let correlation = own.correlation else {
            return .init(
                argument, .notMeasured,
                measured: "\(own.units) of \(own.all) units of \(found.layer) answer to the label's stimuli, too few that differ; \(found)",
                rule: rule)
        }
        let control = try untrained.flatMap { unit in
            try preference(try connections(model.untrained()[layer][unit])).correlation
        }
        let isAbove = correlation > 0 && own.chance < ConnectionPreference.significance && correlation > control ?? -1
        let compared = control.map { "; \($0.short) for the untrained unit that does best at the label" } ?? ""
        return .init(
            argument, isAbove ? .supports : .doesNotSupport,
            measured: "over the \(own.units) units of \(found.layer) that answer, weight and preference for the label correlate by "
                + "\(correlation.short) (p \(own.chance.short))\(compared); \(found)", rule: rule,
            measures: [.init("correlation", correlation), .init("p", own.chance), .init("units", Double(own.units))]
                + (control.map { [.init("correlation of the best untrained unit", $0)] } ?? []))
    }
}
