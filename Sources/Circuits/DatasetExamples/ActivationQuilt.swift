import Figures
import Networks
import PictureWorld
import Tensors

/// Random pictures from the whole range of a feature's activations, one column for each band of activations, cropped to what the unit sees:
/// what it is sure of, what it is not sure of, and what it is against. *Curve Detectors* shows its unit so, in even steps before the ReLU.
///
///     try model["mixed3b"][17].quilt(in: World.test)
///     try model["mixed3b"][17].quilt(in: World.test, bands: .quantiles([0, 0.01, 0.1, 0.5, 0.9, 0.99, 1]))
public struct ActivationQuilt: Drawable, CustomStringConvertible, Sendable {
    /// Where one column ends and the next begins.
    public enum Bands: Sendable, Hashable {
        /// Even steps of activation, at most so many; one ends at zero.
        case steps(Int)
        /// From each of these shares of the positions to the next.
        case quantiles([Double])

        /// Finer at both ends, where the rare pictures are.
        public static let ends = Bands.quantiles([0, 0.001, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999, 1])
    }

    /// One column.
    public struct Band: Sendable {
        /// Activations from the first, up to but not including the second; before the ReLU.
        public let range: Range<Double>
        /// The share of all positions with such an activation.
        public let share: Double
        public let examples: [Example]
    }

    /// One position of one picture.
    public struct Example: Sendable {
        /// The index of the picture in its data set.
        public let index: Int
        public let position: Feature.Position
        /// Before the ReLU.
        public let activation: Float
        /// What the unit at the position sees.
        public let crop: Image
    }

    public let unit: UnitStatistics
    /// From the lowest activations to the highest.
    public let bands: [Band]

    public var description: String {
        if unit.isDead { return unit.description }
        return "\(unit.feature)\(unit.isRectified ? " before the ReLU" : ""), random positions of \(unit.pictures) pictures of "
            + "\(unit.dataset) by activation"
    }

    /// The columns side by side, the range and the share of all positions above each, and a rule where activations are zero.
    /// - Throws: ``ImageError``.
    public func drawing() throws -> SVG {
        let columns = Double(max(bands.count, 1)), margin = 12.0, gap = 6.0
        let cell = min(60, ((SVG.pageWidth - 2 * margin + gap) / columns - gap).rounded(.down)), step = cell + gap
        let rows = Double(bands.map(\.examples.count).max() ?? 0)
        let top = 66.0
        let width = max(2 * margin + columns * step - gap, 420)
        var svg = SVG(width: width, height: top + rows * (cell + 4) + 40, title: description)
        svg.add(.text(unit.isDead ? "\(unit.feature) is dead" : "\(unit.feature)", x: margin, y: 22, size: 14, bold: true))
        if !unit.isDead {
            let source = "random positions of \(unit.pictures) pictures of \(unit.dataset.ending)"
            svg.add(.text(source, x: margin, y: 38, size: 11, color: .faint))
        }
        for (index, band) in bands.enumerated() {
            let x = margin + Double(index) * step
            svg.add(.text("\(band.range.lowerBound.short)", x: x + cell / 2, y: top - 8, size: 10, anchor: .middle, color: .faint))
            for (row, example) in band.examples.enumerated() {
                let y = top + Double(row) * (cell + 4), place = "picture \(example.index) at \(example.position.x), \(example.position.y)"
                let picture = try SVGElement.image(example.crop, x: x, y: y, width: cell, height: cell, crisp: true)
                svg.add(picture.tooltip("\(place): \(Double(example.activation).short)"))
            }
            if band.examples.isEmpty { svg.add(.text("none", x: x + cell / 2, y: top + 16, size: 10, anchor: .middle, color: .faint)) }
            let foot = top + rows * (cell + 4) + 14
            let share = band.share > 0 ? ActivationDistribution.percent(band.share).replacing("less than ", with: "< ") : "0 %"
            svg.add(.text(share, x: x + cell / 2, y: foot, size: 10, anchor: .middle, color: .faint))
        }
        if let zero = bands.firstIndex(where: { $0.range.lowerBound >= 0 }), zero > 0 {
            let x = margin + Double(zero) * step - gap / 2
            svg.add(.line(x1: x, y1: top - 4, x2: x, y2: top + rows * (cell + 4), .stroke(.ink, width: 1)))
        }
        svg.add(.text(
            "above: the activation\(unit.isRectified ? " before the ReLU" : "") from which a column begins; "
                + "below: the share of all positions",
            x: margin, y: top + rows * (cell + 4) + 32, size: 10, color: .faint))
        return svg
    }
}

extension Feature {
    /// Random pictures from the whole range of the feature's activations, cropped to what the unit sees.
    /// - Parameters:
    ///   - bands: where columns end; even steps when nothing is said.
    ///   - rows: pictures in a column, at most; up to 12.
    ///   - limit: how many pictures to look at, from the first on; nil looks at all.
    /// - Throws: as ``statistics(over:limit:seed:cache:)``, ``StatisticsError/bands(_:)``.
    public func quilt(
        in source: some PictureSource, bands: ActivationQuilt.Bands = .steps(14), rows: Int = 6, limit: Int? = 2000,
        cache: StatisticsCache = .shared
    ) throws -> ActivationQuilt {
        if case .quantiles(let quantiles) = bands {
            let ascending = zip(quantiles, quantiles.dropFirst()).allSatisfy { $0 < $1 }
            guard quantiles.count > 1, quantiles.count <= 40, ascending, quantiles.allSatisfy({ (0...1).contains($0) }) else {
                throw StatisticsError.bands(quantiles)
            }
        }
        let statistics = try statistics(over: source, limit: limit, cache: cache)
        let ranges = statistics.ranges(bands), rows = max(1, min(rows, UnitTally.keptPerBand))
        let places = ranges.map { statistics.sample(in: $0, count: rows) }
        let responses = try FeatureResponses(of: self, to: Array(Set(places.joined().map(\.picture))).sorted(), in: source)
        let before = statistics.beforeReLU
        let made = try zip(ranges, places).map { range, places in
            ActivationQuilt.Band(
                range: range, share: before.share(in: range),
                examples: try places.compactMap { place in
                    try responses[place.picture].map {
                        .init(
                            index: place.picture, position: place.position, activation: place.activation,
                            crop: try $0.crop(at: place.position))
                    }
                })
        }
        return ActivationQuilt(unit: statistics, bands: made)
    }
}

extension UnitStatistics {
    /// The ranges of a quilt's columns, without the empty ones at both ends.
    fileprivate func ranges(_ bands: ActivationQuilt.Bands) -> [Range<Double>] {
        let before = beforeReLU
        guard count > 0 else { return [] }
        switch bands {
        case .quantiles(let quantiles):
            let ends = quantiles.map(before.quantile)
            return zip(ends, ends.dropFirst()).enumerated().compactMap { index, pair in
                // The last column holds its upper end.
                let high = index == ends.count - 2 ? max(pair.1, before.maximum.nextUp) : pair.1
                return pair.0 < high ? pair.0..<high : nil
            }
        case .steps(let wanted):
            // Whole bands of the tally, so that zero is an end.
            let band = before.binWidth * Double(UnitTally.binsPerBand)
            func count(_ step: Double) -> Double { (before.maximum / step).rounded(.down) - (before.minimum / step).rounded(.down) + 1 }
            var step = band
            while count(step) > Double(max(2, min(wanted, 18))) { step += band }
            let first = (before.minimum / step).rounded(.down)
            return (0..<Int(count(step))).map { (first + Double($0)) * step..<(first + Double($0) + 1) * step }
        }
    }
}

extension ActivationDistribution {
    /// The share of positions in a range; bins that lie in it in part count by how much of them does.
    func share(in range: Range<Double>) -> Double {
        var held = 0.0
        for (index, number) in counts.enumerated() {
            let (low, high) = (max(edges[index], range.lowerBound), min(edges[index + 1], range.upperBound))
            if low < high { held += Double(number) * (high - low) / binWidth }
        }
        return held / Double(max(count, 1))
    }
}
