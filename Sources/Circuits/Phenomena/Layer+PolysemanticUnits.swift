import Figures
import Networks
import Tensors

extension Layer {
    /// Units that answer strongly to two or more unrelated classes ("Zoom In": polysemantic neurons).
    ///
    ///     try model["mixed4c"].polysemanticUnits(over: World.test)
    ///
    /// A class is strong for a unit when its pictures lie well above those of all weak classes. Two classes are related when the layer as a
    /// whole answers to them alike: when the correlation of its mean responses to both, each unit's responses taken in standard deviations,
    /// is high.
    ///
    /// - Parameters:
    ///   - count: how many pictures to look at, from the first on.
    ///   - separation: the least d' between a strong class and the pictures of all classes that are not strong.
    ///   - relation: the correlation from which classes are related.
    ///   - control: whether the same is measured on the untrained network.
    /// - Throws: ``ModelError``, ``PhenomenonError``.
    public func polysemanticUnits(
        over pictures: some LabelledPictures, count: Int = 1600, separation: Double = 1.5, relation: Double = 0.3, control: Bool = true
    ) throws -> Phenomenon {
        try withControl(control) { layer in
            let responses = try layer.responses(over: pictures, count: count)
            let classes = pictures.classes.indices.map { label in responses.indices { found, _ in found == label } }
            if let few = classes.indices.first(where: { classes[$0].count < 5 }) {
                throw PhenomenonError.tooFewPictures(of: pictures.classes[few], found: classes[few].count, needed: 5)
            }
            let profiles = responses.classProfiles(classes)
            var units: [Phenomenon.Unit] = [], bars: [BarChart.Bar] = []
            for channel in 0..<responses.channels {
                let strong = responses.strongClasses(channel, classes, separation: separation)
                guard strong.count > 1 else { continue }
                // The least related pair of strong classes.
                var pair: (first: Int, second: Int, correlation: Double)?
                for (index, first) in strong.enumerated() {
                    for second in strong[(index + 1)...] {
                        let correlation = Self.correlation(profiles[first.label], profiles[second.label])
                        if correlation < pair?.correlation ?? 2 { pair = (first.label, second.label, correlation) }
                    }
                }
                guard let pair, pair.correlation < relation else { continue }
                units.append(
                    .init(
                        feature: layer[channel], preferred: nil,
                        measures: strong.map { .init(pictures.classes[$0.label], $0.separation) }
                            + [.init("correlation of the least related two", pair.correlation)]))
                bars.append(
                    .init("\(channel): " + strong.map { pictures.classes[$0.label] }.joined(separator: ", "), strong.last?.separation ?? 0))
            }
            return Phenomenon(
                name: "polysemantic units",
                rule: "at least two classes are strong (d' of \(separation.short) or more over the pictures of all classes that are not) "
                    + "and unrelated (the layer's mean responses to the two correlate by less than \(relation.short))",
                model: layer.model.name, layer: layer.name, looked: responses.channels, units: units, findings: [], control: nil,
                figure: .bars(
                    BarChart(
                        Array(bars.prefix(30)), title: "polysemantic units of \(layer.name)",
                        xLabel: "d' of the weakest of its strong classes")))
        }
    }

    private static func correlation(_ a: [Double], _ b: [Double]) -> Double {
        let n = Double(max(a.count, 1)), (meanA, meanB) = (a.reduce(0, +) / n, b.reduce(0, +) / n)
        let products = zip(a, b).map { ($0 - meanA, $1 - meanB) }
        let scale = (products.reduce(0) { $0 + $1.0 * $1.0 } * products.reduce(0) { $0 + $1.1 * $1.1 }).squareRoot()
        return scale > 0 ? products.reduce(0) { $0 + $1.0 * $1.1 } / scale : 0
    }
}

extension PictureResponses {
    /// The mean response of every unit to each class, in the unit's standard deviations from its mean: `[class][channel]`.
    func classProfiles(_ classes: [[Int]]) -> [[Double]] {
        let moments = (0..<channels).map { channel -> (mean: Double, deviation: Double) in
            let all = values.map { Double($0[channel]) }, mean = all.reduce(0, +) / Double(max(all.count, 1))
            return (mean, (all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(all.count, 1))).squareRoot())
        }
        return classes.map { indices in
            (0..<channels).map { channel in
                let mean = indices.reduce(0.0) { $0 + Double(values[$1][channel]) } / Double(max(indices.count, 1))
                return moments[channel].deviation > 0 ? (mean - moments[channel].mean) / moments[channel].deviation : 0
            }
        }
    }

    /// The classes that lie above all the others, strongest first: the most classes such that each lies so far above the pictures of those
    /// left.
    func strongClasses(_ channel: Int, _ classes: [[Int]], separation: Double) -> [(label: Int, separation: Double)] {
        let means = classes.map { indices in responses(channel, to: indices).reduce(0, +) / Float(max(indices.count, 1)) }
        let order = classes.indices.sorted { (means[$0], $1) > (means[$1], $0) }
        // More than a quarter of all classes is no longer a choice, but two may be.
        for number in stride(from: min(max(2, classes.count / 4), classes.count - 1), through: 1, by: -1) {
            let rest = order.dropFirst(number).flatMap { responses(channel, to: classes[$0]) }
            let found = order.prefix(number).map { ($0, Self.separation(responses(channel, to: classes[$0]), rest)) }
            if found.allSatisfy({ $0.1 >= separation }) { return found.map { (label: $0.0, separation: $0.1) } }
        }
        return []
    }
}
