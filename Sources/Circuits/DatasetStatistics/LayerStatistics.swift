import Figures
import Networks
import PictureWorld
import Tensors

/// What every unit of a layer does over the pictures of a data set, from one pass over them: how its activations are distributed before and
/// after the ReLU, which pictures excite and inhibit it most, what it answers to each class and part.
///
///     let statistics = try model["mixed3b"].statistics(over: World.test)
///     statistics                                  // how often the units are active
///     statistics[17].fractionActive               // 0.11
///     statistics.deadChannels                     // units that no picture activates
///     try model["mixed3b"].tuning(over: .curves(), deviations: statistics.deviations)
///
/// Its memory does not grow with the data set, and it is kept in a file: see ``StatisticsCache``. The same numbers, bit for bit, come out
/// whatever the number of threads, and when a pass was interrupted and goes on.
public struct LayerStatistics: Drawable, CustomStringConvertible, Sendable {
    public let layer: Layer
    /// The name of the data set.
    public let dataset: String
    /// The names of its classes, in label order.
    public let classes: [String]
    /// How many pictures were looked at, without those that could not be read.
    public var pictures: Int { tally.looked }
    /// How many pictures could not be read.
    public var skipped: Int { tally.skipped }
    /// The first of those that could not be read, and why.
    public var skippedExamples: [String] { tally.skippedExamples }
    /// Whether the layer ends in a ReLU, so that activations before it are known.
    public var isRectified: Bool { tally.isRectified }
    /// Positions that are looked at in each picture.
    public var positions: Int { tally.places }
    public var channels: Int { tally.units }

    let tally: UnitTally
    let target: StatisticsTarget

    /// One channel.
    /// - Precondition: the layer has the channel.
    public subscript(channel: Int) -> UnitStatistics {
        require((0..<channels).contains(channel), "\(layer.name) has the channels 0..<\(channels), not \(channel)")
        return UnitStatistics(feature: layer[channel], dataset: dataset, classes: classes, tally: tally, target: target, unit: channel)
    }

    /// All channels, in order.
    public var units: [UnitStatistics] { (0..<channels).map { self[$0] } }

    /// The channels that no picture activates.
    public var deadChannels: [Int] { (0..<channels).filter { self[$0].isDead } }

    /// The standard deviation of every channel's activations, after the ReLU: the unit in which articles state responses.
    public var deviations: [Float] { units.map { Float($0.deviation) } }

    public var description: String {
        let dead = deadChannels
        let named = dead.prefix(12).map(String.init).joined(separator: ", ") + (dead.count > 12 ? ", …" : "")
        return "\(layer.name) over \(pictures) pictures of \(dataset)" + (skipped > 0 ? " (\(skipped) could not be read)" : "")
            + (dead.isEmpty ? ", no dead channels" : ", \(dead.count) dead channel\(dead.count == 1 ? "" : "s"): \(named)")
    }

    /// How often the channels are active: one number for each, as a histogram.
    public func drawing() -> SVG {
        let label = isRectified ? "share of positions with an activation above 0" : "share of positions above 0"
        return Histogram(units.map { Float($0.fractionActive) }, bins: 25, title: description, xLabel: label).drawing()
    }
}

extension Model {
    /// What all channels of some layers do over a data set, in one pass.
    ///
    ///     try model.statistics(of: model.layers.map(\.name).filter { $0.hasPrefix("mixed") }, over: World.test)
    ///
    /// - Parameters:
    ///   - limit: how many pictures to look at, from the first on; nil looks at all.
    ///   - seed: of the samples that are kept.
    /// - Returns: in the order of the layers.
    /// - Throws: ``ModelError``, ``StatisticsError``, what the source throws, and `Interrupted` when the user stops it; the next call goes
    ///   on from there.
    public func statistics(
        of layers: [String], over source: some PictureSource, limit: Int? = nil, seed: UInt64 = 0, cache: StatisticsCache = .shared
    ) throws -> [LayerStatistics] {
        let targets = try layers.map { try StatisticsTarget(self[$0]) }
        let tallies = try tallies(of: targets, over: source, limit: limit, seed: seed, cache: cache)
        return zip(targets, tallies).map {
            LayerStatistics(layer: $0.layer, dataset: source.title, classes: source.classes, tally: $1, target: $0)
        }
    }

    func tallies(
        of targets: [StatisticsTarget], over source: some PictureSource, limit: Int?, seed: UInt64, cache: StatisticsCache
    ) throws -> [UnitTally] {
        let count = min(limit ?? source.count, source.count)
        guard count > 0 else { throw StatisticsError.noPictures(dataset: source.title, limit: limit) }
        let tallies = try cache.tallies(of: targets, in: self, over: source, count: count, seed: seed)
        for tally in tallies where tally.looked == 0 {
            throw StatisticsError.nothingReadable(dataset: source.title, count: count, first: tally.skippedExamples.first)
        }
        return tallies
    }
}

extension Layer {
    /// What all channels of the layer do over a data set.
    /// - Throws: as ``Networks/Model/statistics(of:over:limit:seed:cache:)``.
    public func statistics(
        over source: some PictureSource, limit: Int? = nil, seed: UInt64 = 0, cache: StatisticsCache = .shared
    ) throws -> LayerStatistics {
        let target = try StatisticsTarget(self)
        let tally = try model.tallies(of: [target], over: source, limit: limit, seed: seed, cache: cache)[0]
        return LayerStatistics(layer: self, dataset: source.title, classes: source.classes, tally: tally, target: target)
    }
}

extension Feature {
    /// What the feature does over a data set. A channel's comes from the statistics of its layer, all of which are made at once; a
    /// direction or a single neuron is looked at by itself.
    /// - Throws: as ``Networks/Model/statistics(of:over:limit:seed:cache:)``.
    public func statistics(
        over source: some PictureSource, limit: Int? = nil, seed: UInt64 = 0, cache: StatisticsCache = .shared
    ) throws -> UnitStatistics {
        try validate()
        if let channel, position == nil {
            return try model[layer].statistics(over: source, limit: limit, seed: seed, cache: cache)[channel]
        }
        let target = try StatisticsTarget(self)
        let tally = try model.tallies(of: [target], over: source, limit: limit, seed: seed, cache: cache)[0]
        return UnitStatistics(feature: self, dataset: source.title, classes: source.classes, tally: tally, target: target, unit: 0)
    }
}

/// Why there are no statistics of a data set.
public enum StatisticsError: Error, Equatable, CustomStringConvertible {
    case noPictures(dataset: String, limit: Int?)
    case nothingReadable(dataset: String, count: Int, first: String?)
    case noParts(dataset: String)
    case bands([Double])

    public var description: String {
        switch self {
        case .noPictures(let dataset, let limit?) where limit < 1:
            "\(dataset) cannot be looked at with a limit of \(limit) pictures; the limit is at least 1"
        case .noPictures(let dataset, _): "\(dataset) has no pictures to look at; give a data set with at least one"
        case .nothingReadable(let dataset, let count, let first):
            "none of the \(count) pictures of \(dataset) can be read" + (first.map { "; the first: \($0)" } ?? "")
        case .noParts(let dataset):
            "nothing is known of the parts in the pictures of \(dataset); the picture world has them, in its animals, vehicles and faces"
        case .bands(let quantiles):
            "the bands of a quilt end at two or more quantiles in 0...1, ascending, not at \(quantiles.prefix(20))"
        }
    }
}
