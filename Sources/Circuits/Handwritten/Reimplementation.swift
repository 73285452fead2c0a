import Figures
import Networks
import RichDisplay
import Tensors

/// What becomes of a network when units of it are replaced by units whose weights follow a rule: the seventh argument of "Zoom In".
///
///     let curve = model["mixed3b"][33]
///     let report = try curve.reimplemented(by: .stroke(.arc(radius: 4.5, orientation: 45), from: [lines]), pictures: World.test)
///     report                                     // both tuning curves, the agreement, the weights
///     report.pictures?.reconstruction            // CAR
///     report.model                               // the network with the handwritten unit
public struct Reimplementation: Drawable, CustomStringConvertible, Sendable {
    /// The agreement over pictures.
    public struct OverPictures: Sendable {
        public let dataset: String
        /// How many pictures were compared; those that fitted the gain are not among them.
        public let looked: Int
        /// Of all activations, at every position of every picture; nil when one of both never varies.
        public let correlation: Double?
        /// `CAR = 1 - ‖f - f̂‖ / ‖f‖` over the same activations: 1 for equal, 0 for silence. Nil when the trained units are silent.
        public let reconstruction: Double?
        /// How many of the pictures that excite the trained unit most are among as many that excite the handwritten one most.
        public let sharedExamples: Proportion
        /// Over the pictures whose class the network knows; nil when it knows none.
        public let accuracy: Accuracy?
    }

    /// Pictures whose most probable class is theirs.
    public struct Accuracy: Sendable {
        public let trained, handwritten: Proportion
        /// With the units set to zero.
        public let ablated: Proportion
    }

    /// The tuning of one unit, trained and handwritten.
    public struct Pair: Sendable {
        public let feature: Feature
        public let trained, handwritten: TuningCurve
        /// By what the rule's activations were multiplied to come nearest to the trained ones.
        public let gain: Float
    }

    /// The rule in words.
    public let rule: String
    /// The layer that the handwritten units read.
    public let source: String
    /// One per unit.
    public let units: [Pair]
    /// What was swept.
    public let sweep: String
    /// Of the responses to all stimuli, all units together; nil when one of both never varies.
    public let tuningCorrelation: Double?
    public let pictures: OverPictures?
    /// The network with the handwritten units.
    public let model: Model
    /// The strongest weights of the first unit.
    let kernels: (sources: [String], trained: [Tensor], handwritten: [Tensor])

    public var description: String {
        func text(_ value: Double?) -> String { value?.short ?? "not measurable" }
        let who = units.count == 1 ? "\(units[0].feature)" : "\(units.count) units of \(units.first?.feature.layer ?? "")"
        var result = "\(who) by hand (\(rule)): tuning over \(sweep) correlates by \(text(tuningCorrelation))"
        guard let pictures else { return result + "; no pictures looked at" }
        result += "; over \(pictures.looked) pictures of \(pictures.dataset) the activations correlate by \(text(pictures.correlation)), "
            + "CAR \(text(pictures.reconstruction)), \(pictures.sharedExamples.successes) of \(pictures.sharedExamples.total) strongest "
            + "pictures shared"
        if let accuracy = pictures.accuracy {
            result += "; accuracy trained \(accuracy.trained), ablated \(accuracy.ablated), handwritten \(accuracy.handwritten)"
        }
        return result
    }

    /// Both radial tuning curves, the figures as bars, and the strongest weights of the first unit, trained above handwritten.
    /// - Throws: ``ImageError``.
    public func drawing() throws -> SVG {
        let pairs = units.prefix(8)
        // Each curve over its own peak: the question is the shape.
        func petal(_ curve: TuningCurve, _ name: String, _ color: Color?) -> RadialChart.Series {
            let height = curve.peak.value
            return TuningCurve(angles: curve.angles, values: curve.values.map { height > 0 ? $0 / height : 0 }, period: curve.period)
                .series(name, color: color)
        }
        // One unit's two curves lie over each other; several stand side by side.
        var radials: [RadialChart] = []
        if let pair = pairs.first, pairs.count == 1 {
            radials = [
                RadialChart(
                    [petal(pair.trained, "trained", Color.series[0]), petal(pair.handwritten, "handwritten", Color.series[1])],
                    title: "tuning, each over its peak", size: 300)
            ]
        } else {
            radials = [
                RadialChart(pairs.map { petal($0.trained, "\($0.feature)", nil) }, title: "trained, each over its peak", size: 300),
                RadialChart(pairs.map { petal($0.handwritten, "\($0.feature)", nil) }, title: "handwritten", size: 300),
            ]
        }
        var bars: [BarChart.Bar] = [.init("tuning correlation", tuningCorrelation ?? .nan)]
        if let pictures {
            bars += [
                .init("activation correlation", pictures.correlation ?? .nan), .init("CAR", pictures.reconstruction ?? .nan),
                .init("shared examples", pictures.sharedExamples.value),
            ]
            if let accuracy = pictures.accuracy {
                bars += [
                    .init("accuracy, trained", accuracy.trained.value, color: .series[2]),
                    .init("accuracy, ablated", accuracy.ablated.value, color: .series[2]),
                    .init("accuracy, handwritten", accuracy.handwritten.value, color: .series[2]),
                ]
            }
        }
        let chart = BarChart(bars, title: "agreement", width: 440).drawing()
        let tiles = try WeightTileGrid(
            [
                .init(title: "trained, expanded weights", tiles: kernels.trained.map(Self.normalized), captions: kernels.sources),
                .init(title: "handwritten", tiles: kernels.handwritten.map(Self.normalized), captions: kernels.sources),
            ], title: units.first.map { "What \($0.feature) reads, each tile over its own largest weight" }, scale: 1, cellSize: 64
        ).drawing()
        let (tuningWidth, tuningHeight) = (Double(radials.count) * 316, radials.map(\.height).max() ?? 0)
        let isBeside = tuningWidth + chart.width <= SVG.pageWidth
        let top = isBeside ? max(tuningHeight, chart.height) : tuningHeight + 8 + chart.height
        var svg = SVG(
            width: max(isBeside ? tuningWidth + chart.width : max(tuningWidth, chart.width), tiles.width), height: top + 8 + tiles.height,
            title: description)
        for (index, radial) in radials.enumerated() { svg.add(radial.elements(x: Double(index) * 316)) }
        svg.add(.group(x: isBeside ? tuningWidth : 0, y: isBeside ? 0 : tuningHeight + 8, chart.content))
        svg.add(.group(x: 0, y: top + 8, tiles.content))
        return svg
    }

    private static func normalized(_ kernel: Tensor) -> Tensor {
        let scale = WeightTile.scale(of: [kernel])
        return scale > 0 ? kernel / scale : kernel
    }
}
