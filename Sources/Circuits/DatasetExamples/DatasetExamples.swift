import Figures
import Networks
import PictureWorld
import Tensors

/// Pictures of a data set that excite a feature most, moderately, or least: the second of the seven arguments of "Zoom In".
///
///     try model["mixed3b"][17].examples(in: World.test, count: 9)
///     try model["mixed3b"][17].examples(in: World.test, .moderate)
///     try model["mixed3b"][17].examples(in: World.test).overlays       // where in the whole pictures it is active
///
/// Each picture is cropped to what the responding unit can see, grey where that reaches beyond the border.
public struct DatasetExamples: Drawable, CustomStringConvertible, Sendable {
    /// Which pictures are examples.
    public enum Choice: String, Sendable, CaseIterable {
        /// Those with the highest activations, highest first.
        case strongest
        /// A random sample of those whose highest activation is between 30 % and 70 % of the strongest one's: what a unit answers
        /// half-heartedly tells more of it than what it answers most.
        case moderate
        /// Those with the lowest activations before the ReLU, lowest first; up to 32.
        case negative
    }

    /// One picture and the unit's response to it.
    public struct Example: Sendable {
        /// The index of the picture in its data set.
        public let index: Int
        public let className: String
        /// The strongest response in the picture; the lowest, before the ReLU, for negative examples.
        public let activation: Float
        /// The position of the layer that gave it; (0, 0) behind the global pooling.
        public let position: Feature.Position
        /// What the responding unit can see.
        public let crop: Image
        /// The whole picture, and what the feature answers at every position, before the ReLU, drawn over it.
        public let overlay: ActivationOverlay
    }

    public let feature: Feature
    public let choice: Choice
    /// Statistics of the feature over the pictures that were looked at.
    public let statistics: UnitStatistics
    public let examples: [Example]
    /// The strongest response of every picture that was looked at, in the order of the data set; of more than 2048 pictures, of a uniform
    /// sample.
    public let activations: [Float]
    let classNames: [String]

    /// The name of the data set.
    public var dataset: String { statistics.dataset }
    /// How many pictures were looked at, without those that could not be read.
    public var looked: Int { statistics.pictures }

    public var description: String {
        if choice != .negative, statistics.isDead || !((statistics.strongest.first?.activation ?? 0) > 0) {
            return "\(feature): no picture of \(looked) in \(dataset) excites it"
        }
        let kind = choice == .strongest ? "strongest" : choice == .moderate ? "moderate activations" : "lowest activations"
        return "\(feature), \(kind) of \(looked) pictures in \(dataset)"
    }

    private var captions: [String] { examples.map { "\($0.className)\n\(Visualization.short($0.activation))" } }

    public func drawing() throws -> SVG { try ImageGrid(examples.map(\.crop), captions: captions, title: description).drawing() }

    /// The whole pictures with the activations laid over them, and a frame around what the responding unit sees.
    /// - Throws: ``ImageError``.
    public var overlays: ImageGrid {
        get throws {
            // One scale for all pictures, so that they can be compared.
            let scale = examples.map(\.overlay.strongest).max() ?? 1
            return ImageGrid(try examples.map { try $0.overlay.image(scale: scale) }, captions: captions, title: description)
        }
    }

    /// How the strongest responses are distributed over the pictures.
    public var histogram: Histogram {
        Histogram(activations, title: "\(feature) over \(looked) pictures of \(dataset)", xLabel: "strongest activation in the picture")
    }

    /// The share of each class among the pictures with the strongest responses, most frequent first.
    /// - Parameter fraction: how many of all pictures count as strongest.
    public func classes(inTop fraction: Double = 0.02) -> [(className: String, share: Double)] {
        let count = max(1, Int(Double(activations.count) * min(max(fraction, 0), 1)))
        let strongest = activations.indices.sorted { (activations[$0], $1) > (activations[$1], $0) }.prefix(count)
        let groups = Dictionary(grouping: strongest) { classNames[$0] }
        return groups.map { ($0.key, Double($0.value.count) / Double(count)) }.sorted { ($0.1, $1.0) > ($1.1, $0.0) }
    }
}

extension Feature {
    /// Pictures of a data set that excite the feature most, moderately or least; one crop per picture.
    ///
    /// - Parameters:
    ///   - source: a split of the world, or a folder of photographs.
    ///   - choice: which pictures.
    ///   - count: how many to show.
    ///   - limit: how many pictures to look at, from the first on; nil looks at all.
    ///   - cache: where the statistics of the layer are kept, so that one pass over the data serves all its channels.
    /// - Throws: ``ModelError``, ``ExamplesError``, ``StatisticsError``, what the source throws, and `Interrupted` when the user stops it.
    public func examples(
        in source: some PictureSource, _ choice: DatasetExamples.Choice = .strongest, count: Int = 9, limit: Int? = 2000,
        cache: StatisticsCache = .shared
    ) throws -> DatasetExamples {
        try validate()
        let wanted = min(limit ?? source.count, source.count)
        guard count > 0, wanted > 0 else { throw ExamplesError.nothingAsked(count: count, limit: wanted) }
        let statistics = try statistics(over: source, limit: wanted, cache: cache)
        let maxima = statistics.pictureMaxima
        let chosen = chosen(choice, count: count, of: statistics, maxima)
        let responses = try FeatureResponses(of: self, to: Array(Set(chosen.map(\.picture))).sorted(), in: source)
        let classes = source.classes
        func className(_ picture: Int) -> String {
            let label = source.label(picture)
            return classes.indices.contains(label) ? classes[label] : "class \(label)"
        }
        let examples = try chosen.compactMap { place -> DatasetExamples.Example? in
            // A file may have gone since.
            guard let response = responses[place.picture] else { return nil }
            let position = place.position ?? response.strongest
            return DatasetExamples.Example(
                index: place.picture, className: className(place.picture), activation: place.activation, position: position,
                crop: try response.crop(at: position), overlay: try response.overlay(at: position))
        }
        return DatasetExamples(
            feature: self, choice: choice, statistics: statistics, examples: examples, activations: maxima.map(\.activation),
            classNames: maxima.map { className($0.picture) })
    }

    /// Pictures, their activations, and where those are if the statistics know it.
    private func chosen(
        _ choice: DatasetExamples.Choice, count: Int, of statistics: UnitStatistics, _ maxima: [(picture: Int, activation: Float)]
    ) -> [(picture: Int, activation: Float, position: Position?)] {
        func shown(_ place: UnitStatistics.Place) -> Float { statistics.isRectified ? max(place.activation, 0) : place.activation }
        switch choice {
        case .negative: return statistics.weakest.prefix(count).map { ($0.picture, $0.activation, $0.position) }
        case .strongest:
            let known = statistics.strongest.prefix(count).map { ($0.picture, shown($0), Position?.some($0.position)) }
            let others = maxima.filter { other in !known.contains { $0.0 == other.picture } }
            let rest = others.sorted { ($0.activation, $1.picture) > ($1.activation, $0.picture) }
            return known + rest.prefix(count - known.count).map { ($0.picture, $0.activation, nil) }
        case .moderate:
            let strongest = statistics.strongest.first.map(shown) ?? 0
            let moderate = maxima.filter { $0.activation > 0 && $0.activation >= 0.3 * strongest && $0.activation <= 0.7 * strongest }
            // A random sample, and then in order.
            var random = CounterRandom(seed: 0, stream: 0x6D6F_6465)
            let sample = random.permutation(of: moderate.count).prefix(count).map { moderate[$0] }
            return sample.sorted { ($0.activation, $1.picture) > ($1.activation, $0.picture) }.map { ($0.picture, $0.activation, nil) }
        }
    }
}

/// Why no examples can be found.
public enum ExamplesError: Error, Equatable, CustomStringConvertible {
    case nothingAsked(count: Int, limit: Int)

    public var description: String {
        switch self {
        case .nothingAsked(let count, let limit):
            "asked for \(count) examples among \(limit) pictures: both numbers must be at least 1"
        }
    }
}
