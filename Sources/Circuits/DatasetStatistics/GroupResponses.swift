import Figures
import Networks
import PictureWorld

/// What a feature answers to the pictures of each class, most first.
public struct ClassResponses: Drawable, CustomStringConvertible, Sendable {
    /// A class and what its pictures get.
    public struct Response: Sendable, Hashable {
        public let className: String
        /// How many pictures of it were looked at.
        public let pictures: Int
        /// The mean response of its pictures.
        public let response: Double
    }

    public let unit: UnitStatistics
    /// Whether a picture's response is the mean over its positions or the largest.
    public let pooling: Tuning.Pooling
    /// Strongest first; classes without pictures are left out.
    public let responses: [Response]

    public var description: String {
        guard let first = responses.first, !unit.isDead else { return unit.description }
        return "\(unit.feature) over \(unit.dataset): \(first.className) \(first.response.short) … "
            + (responses.last.map { "\($0.className) \($0.response.short)" } ?? "")
    }

    /// Bars, at most so many as can be read; the others are said to be left out.
    public func drawing() -> SVG {
        let shown = responses.prefix(48), rest = responses.count - shown.count
        let pooled = pooling == .mean ? "mean activation in a picture" : "strongest activation in a picture"
        let heading = "\(unit.feature) by class of \(unit.dataset)" + (rest > 0 ? ", the first \(shown.count) of \(responses.count)" : "")
        let title = unit.isDead ? unit.description : heading
        return BarChart(shown.map { .init($0.className, $0.response) }, title: title, xLabel: pooled + ", mean over the class").drawing()
    }
}

/// What a feature answers within the parts that pictures are known to show, beside the rest of the same pictures.
public struct PartResponses: Drawable, CustomStringConvertible, Sendable {
    /// A part and what it gets.
    public struct Response: Sendable, Hashable {
        public let part: String
        /// The mean activation of positions whose receptive fields have their middle in the part, and of all others in the same pictures.
        public let inside: Double, outside: Double
        /// Positions within the part.
        public let positions: Int
    }

    public let unit: UnitStatistics
    /// Those that stand out most against the rest of their pictures first.
    public let responses: [Response]

    public var description: String {
        guard let first = responses.first, !unit.isDead else { return unit.description }
        return "\(unit.feature) over \(unit.dataset): \(first.part) \(first.inside.short), elsewhere \(first.outside.short)"
    }

    /// Two bars for each part.
    public func drawing() -> SVG {
        let shown = responses.prefix(24)
        let pale = Color.series[6].mixed(with: .white, 0.5)
        let bars = shown.flatMap {
            [BarChart.Bar($0.part, $0.inside, color: .series[1]), BarChart.Bar("elsewhere", $0.outside, color: pale)]
        }
        return BarChart(
            bars, title: unit.isDead ? unit.description : "\(unit.feature) in the parts of \(unit.dataset)",
            xLabel: "mean activation in the part, and elsewhere in the same pictures").drawing()
    }
}

extension UnitStatistics {
    /// What the feature answers to the pictures of each class, after the ReLU.
    /// - Parameter pooling: a picture's response is the strongest of its positions, or their mean.
    public func responsesByClass(pooling: Tuning.Pooling = .maximum) -> ClassResponses {
        let sums = pooling == .mean ? tally.classMeans : tally.classMaxima
        let responses = classes.indices.compactMap { label -> ClassResponses.Response? in
            let pictures = Int(clamping: tally.classPictures[label])
            guard pictures > 0 else { return nil }
            return .init(className: classes[label], pictures: pictures, response: sums[label * tally.units + unit] / Double(pictures))
        }
        let sorted = responses.sorted { ($0.response, $1.className) > ($1.response, $0.className) }
        return ClassResponses(unit: self, pooling: pooling, responses: sorted)
    }

    /// What the feature answers within the parts of pictures, after the ReLU.
    /// - Throws: ``StatisticsError/noParts(dataset:)``.
    public func responsesByPart() throws -> PartResponses {
        guard !tally.parts.isEmpty else { throw StatisticsError.noParts(dataset: dataset) }
        let responses = tally.parts.enumerated().compactMap { part, name -> PartResponses.Response? in
            let (inside, outside) = (Double(tally.insideCounts[part]), Double(tally.outsideCounts[part]))
            guard inside > 0 else { return nil }
            let place = part * tally.units + unit
            return .init(
                part: name, inside: tally.insideSums[place] / inside, outside: outside > 0 ? tally.outsideSums[place] / outside : 0,
                positions: Int(inside))
        }
        return PartResponses(
            unit: self, responses: responses.sorted { ($0.inside - $0.outside, $1.part) > ($1.inside - $1.outside, $0.part) })
    }
}

extension Feature {
    /// What the feature answers to the classes of a data set, as sorted bars.
    ///
    ///     try model["mixed4a"][12].responses(byClassIn: World.test)
    ///
    /// - Parameters:
    ///   - limit: how many pictures to look at, from the first on; nil looks at all.
    ///   - pooling: a picture's response is the strongest of its positions, or their mean.
    /// - Throws: as ``statistics(over:limit:seed:cache:)``.
    public func responses(
        byClassIn source: some PictureSource, limit: Int? = 2000, pooling: Tuning.Pooling = .maximum, cache: StatisticsCache = .shared
    ) throws -> ClassResponses {
        try statistics(over: source, limit: limit, cache: cache).responsesByClass(pooling: pooling)
    }

    /// What the feature answers within the parts of what the pictures show (wheels, eyes, windows), beside the rest of the same pictures.
    ///
    ///     try model["mixed4a"][12].responses(byPartIn: World.test)
    ///
    /// A position belongs to a part when the middle of what it sees lies in the part's box.
    /// - Throws: as ``statistics(over:limit:seed:cache:)``; ``StatisticsError/noParts(dataset:)`` for pictures of which no parts are known.
    public func responses(
        byPartIn source: some PictureSource, limit: Int? = 2000, cache: StatisticsCache = .shared
    ) throws -> PartResponses {
        try statistics(over: source, limit: limit, cache: cache).responsesByPart()
    }
}
