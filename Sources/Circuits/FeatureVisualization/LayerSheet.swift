import Figures
import Networks
import RichDisplay
import Tensors

/// The visualizations of many channels of one layer, as a grid with a caption under each.
///
///     try model["mixed3a"].visualize()
public struct LayerSheet: Drawable, CustomStringConvertible, Sendable {
    /// The layer's name.
    public let layer: String
    /// The channels shown.
    public let channels: Range<Int>
    /// One visualization per channel, in order.
    public let visualizations: [Visualization]
    /// What stands under each picture: the channel, or the class that it stands for.
    public let names: [String]

    /// The channels that never responded.
    public var deadChannels: [Int] { zip(channels, visualizations).filter(\.1.isDead).map(\.0) }

    /// The channels of which something speaks against their picture: see ``Visualization/doubts``.
    public var doubtfulChannels: [Int] { zip(channels, visualizations).filter { !$1.doubts.isEmpty }.map(\.0) }

    public var description: String {
        guard let settings = visualizations.first?.settings else { return "\(layer): no channels" }
        let dead = deadChannels.isEmpty ? "" : ", \(deadChannels.count) never responded"
        let doubtful = doubtfulChannels.isEmpty ? "" : ", \(doubtfulChannels.count) doubtful (?)"
        return "\(layer), \(channels.count) channels, \(settings.steps) steps, seed \(settings.seed)\(dead)\(doubtful)"
    }

    public func drawing() throws -> SVG {
        let captions = zip(names, visualizations).map { $0 + ($1.isDead ? " (dead)" : $1.doubts.isEmpty ? "" : " ?") }
        // Of a unit that never responded there is only noise, which looks like something.
        let images = try visualizations.map { try Image($0.isDead ? Tensor(repeating: 0.9, shape: $0.images[0].shape) : $0.images[0]) }
        return try ImageGrid(images, captions: captions, spacing: 6, title: description, crisp: false).drawing()
    }
}

extension Layer {
    /// Feature visualizations of all channels of the layer, or of some, rendered side by side.
    ///
    ///     try model["mixed3a"].visualize()
    ///     try model["mixed4c"].visualize(channels: 0..<32, size: 96, steps: 256)
    ///
    /// Every channel starts from the same noise, so each picture is the one that `Feature.visualize` makes with these settings.
    ///
    /// - Parameters:
    ///   - channels: which; all of the layer by default.
    ///   - size: side of each picture; behind the global pooling it is the network's own input size.
    ///   - Others: as in `Feature.visualize`.
    /// - Throws: as `Feature.visualize`.
    public func visualize(
        channels: Range<Int>? = nil, size: Int = 64, steps: Int = 128, seed: UInt64 = 0, negative: Bool = false,
        objective: VisualizationSettings.Target = .channel, transforms: [Transform]? = nil, showProgress: Bool = true
    ) throws -> LayerSheet {
        let count = try self.channels()
        let channels = channels ?? 0..<count
        guard channels.lowerBound >= 0, channels.upperBound <= count else {
            throw VisualizationError.setting(name: "channels", value: "\(channels)", allowed: "in 0..<\(count)")
        }
        let settings = VisualizationSettings(
            size: try model.isHead(name) ? model.inputSize : size, steps: steps, diversity: 1, diversityWeight: 0, seed: seed,
            negative: negative, target: objective, cosinePower: 0, parametrization: .fourier(),
            transforms: try model.visualizationTransforms(transforms, for: name), rate: 0.05)
        let features = channels.map { self[$0] }, peaks = StatisticsCache.shared.peaks(of: self)
        var visualizations = try settings.visualizations(of: features, showProgress: showProgress)
        for (index, feature) in features.enumerated() {
            visualizations[index].doubts = try feature.doubts(about: visualizations[index], comparedWith: peaks)
        }
        let standsForClass = [model.details.logitsLayer, model.details.probabilitiesLayer].contains(name) && model.classes.count == count
        return LayerSheet(
            layer: name, channels: channels, visualizations: visualizations,
            names: channels.map { standsForClass ? model.classes[$0] : "\($0)" })
    }
}

extension VisualizationSettings {
    /// One picture for each of several features of one layer, side by side.
    /// - Parameter keep: whether they are kept in memory where no folder keeps pictures.
    /// - Precondition: the features belong to one layer of one model.
    func visualizations(of features: [Feature], showProgress: Bool, keep: Bool = false) throws -> [Visualization] {
        guard let first = features.first else { return [] }
        try validate()
        for feature in features { try feature.validate() }
        let objectives = try features.map { try objective(of: $0) }
        let outcomes = try OptimizationLanes(
            title: "\(first.layer), \(steps) steps, seed \(seed)",
            optimizations: objectives.map { optimization(canvas: canvas, entries: [0], objectives: [$0]) }
        ).run(on: first.model, cache: keep || VisualizationCache.shared.folder != nil ? .shared : nil, showProgress: showProgress)
        return zip(objectives, outcomes).map {
            Visualization($1, index: 0, images: 0..<1, objective: $0.description, settings: self)
        }
    }
}
