import Networks
import RichDisplay
import Tensors

extension Feature {
    /// Feature visualization: a picture that the feature responds to as much as possible, found by gradient ascent from noise.
    ///
    ///     try model["mixed3b"][17].visualize()
    ///     try model["mixed3b"][17].visualize(diversity: 4, seed: 1)
    ///     try model["mixed3b"][17].visualize(objective: .neuron, negative: true)
    ///
    /// The method and its numbers are Lucid's (Olah, Mordvintsev and Schubert, "Feature Visualization", Distill 2017): Fourier parametrization
    /// with decorrelated colour, Adam with rate 0.05, random pad, jitter, scale and rotation, redirected ReLU gradients at the start.
    ///
    /// - Parameters:
    ///   - size: side of the picture; 128 by default, and the network's own input size for features behind its global pooling.
    ///   - steps: updates. Lucid makes 512; small networks change little after 256.
    ///   - diversity: how many pictures that differ from each other.
    ///   - seed: another seed gives another picture, the same seed the same.
    ///   - negative: what inhibits the feature instead; asked for before the ReLU, where there is something to lower.
    ///   - objective: everywhere or at one position; everywhere by default, unless the feature has a position.
    ///   - transforms: ``Transform/standard(inputSize:)`` by default; `[]` for none.
    ///   - picture: what to start from, `[height, width, 3]` in 0...1, instead of noise alone.
    ///   - parametrization: what the optimizer moves. With opacity, little of it is asked for: see ``Objective/opacity()``.
    ///   - rate: the optimizer's step size; 0.05 by default, and 0.005 for a CPPN.
    ///   - optimizer: Adam by default.
    ///   - schedule: what becomes of the rate.
    ///   - thresholds: numbers of updates after which the pictures are kept in ``Visualization/snapshots``.
    ///   - showProgress: the picture as it grows, in a notebook; one line of it stays.
    /// - Throws: `ModelError` for a layer or channel that does not exist, ``VisualizationError``, ``TransformError``, ``ObjectiveError``,
    ///   `Interrupted`.
    public func visualize(
        from picture: Tensor? = nil, size: Int? = nil, steps: Int = 256, diversity: Int = 1, seed: UInt64 = 0, negative: Bool = false,
        objective: VisualizationSettings.Target? = nil, cosinePower: Float = 0, diversityWeight: Float = 1,
        transforms: [Transform]? = nil, parametrization: ImageParametrization = .fourier(), rate: Double? = nil,
        optimizer: Optimizer = .adam(), schedule: RateSchedule = .constant, thresholds: [Int] = [], showProgress: Bool = true
    ) throws -> Visualization {
        try validate()
        let isHead = try model.isHead(layer)
        let settings = VisualizationSettings(
            size: size ?? (isHead ? model.inputSize : 128), steps: steps, diversity: diversity, diversityWeight: diversityWeight,
            seed: seed, negative: negative, target: objective ?? (position == nil ? .channel : .neuron), cosinePower: cosinePower,
            parametrization: picture.map { parametrization.starting(from: $0) } ?? parametrization,
            transforms: try model.visualizationTransforms(transforms, for: layer), rate: rate ?? parametrization.defaultRate,
            optimizer: optimizer, schedule: schedule, thresholds: thresholds)
        try settings.validate()
        let single = try settings.objective(of: self)
        let whole = diversity > 1
            ? Objective.unlike(single, in: layer, images: diversity, weight: diversityWeight) : single
        var result = try settings.visualization(of: whole, described: single.description, on: model, showProgress: showProgress)
        result.doubts = try doubts(about: result, comparedWith: StatisticsCache.shared.peaks(of: model[layer]))
        return result
    }
}

extension Model {
    /// Pictures optimized for any objective.
    ///
    ///     try model.visualize(.channel("mixed3b", 17) - 0.01 * .totalVariation())
    ///     try model.visualize(.logit("stripes", of: model))
    ///
    /// - Parameters:
    ///   - count: pictures in the batch, which objectives such as ``Objective/diversity(_:)`` compare.
    ///   - size: side of the pictures; 128 by default, and ``inputSize`` when the objective looks behind the global pooling.
    ///   - Others: as in `Feature.visualize`.
    /// - Throws: as `Feature.visualize`.
    public func visualize(
        _ objective: Objective, count: Int = 1, from picture: Tensor? = nil, size: Int? = nil, steps: Int = 256, seed: UInt64 = 0,
        transforms: [Transform]? = nil, parametrization: ImageParametrization = .fourier(), rate: Double? = nil,
        optimizer: Optimizer = .adam(), schedule: RateSchedule = .constant, thresholds: [Int] = [], showProgress: Bool = true
    ) throws -> Visualization {
        let settings = try settings(
            for: [objective], count: count, size: size, steps: steps, seed: seed, transforms: transforms,
            parametrization: picture.map { parametrization.starting(from: $0) } ?? parametrization, rate: rate, optimizer: optimizer,
            schedule: schedule, thresholds: thresholds)
        return try settings.visualization(of: objective, described: objective.description, on: self, showProgress: showProgress)
    }

    /// One picture for each of several objectives, all in one optimization.
    ///
    ///     try model.visualize((0..<8).map { Objective.channel("mixed4a", $0) })
    ///     try model.visualize([.channel("mixed4a", 3), .logit("stripes", of: model)], parametrization: .fourier().shared())
    ///
    /// All start from the same noise, so each picture is the one that its objective would give alone, unless they share parameters.
    /// - Parameter objectives: what each picture is optimized for; at most 64.
    /// - Throws: as `Feature.visualize`.
    public func visualize(
        _ objectives: [Objective], from picture: Tensor? = nil, size: Int? = nil, steps: Int = 256, seed: UInt64 = 0,
        transforms: [Transform]? = nil, parametrization: ImageParametrization = .fourier(), rate: Double? = nil,
        optimizer: Optimizer = .adam(), schedule: RateSchedule = .constant, thresholds: [Int] = [], showProgress: Bool = true
    ) throws -> [Visualization] {
        let settings = try settings(
            for: objectives, count: objectives.count, size: size, steps: steps, seed: seed, transforms: transforms,
            parametrization: picture.map { parametrization.starting(from: $0) } ?? parametrization, rate: rate, optimizer: optimizer,
            schedule: schedule, thresholds: thresholds)
        let outcome = try settings.optimization(
            canvas: settings.canvas, entries: objectives.map { _ in 0 },
            objectives: objectives.enumerated().map { $1.entry($0).described(as: $1.description) }
        ).run(on: self, title: "\(objectives.count) objectives", showProgress: showProgress) { _ in
            "\(objectives.count) objectives, \(steps) steps, seed \(seed)"
        }
        return objectives.enumerated().map { index, objective in
            Visualization(outcome, index: index, images: index..<index + 1, objective: objective.description, settings: settings)
        }
    }

    private func settings(
        for objectives: [Objective], count: Int, size: Int?, steps: Int, seed: UInt64, transforms: [Transform]?,
        parametrization: ImageParametrization, rate: Double?, optimizer: Optimizer, schedule: RateSchedule, thresholds: [Int]
    ) throws -> VisualizationSettings {
        let layers = objectives.reduce(into: Set<String>()) { $0.formUnion($1.layers) }.subtracting([Objective.images]).sorted()
        let head = try layers.filter { try isHead($0) }.first
        let settings = VisualizationSettings(
            size: size ?? (head == nil ? 128 : inputSize), steps: steps, diversity: count, diversityWeight: 0, seed: seed,
            negative: false, target: .channel, cosinePower: 0, parametrization: parametrization,
            transforms: try visualizationTransforms(transforms, for: head ?? layers.first), rate: rate ?? parametrization.defaultRate,
            optimizer: optimizer, schedule: schedule, thresholds: thresholds)
        try settings.validate()
        return settings
    }

    /// Whether a layer lies behind the global pooling, and so takes images of one size.
    func isHead(_ layer: String) throws -> Bool {
        try !shape(of: layer, imageHeight: inputSize, imageWidth: inputSize).isSpatial
    }

    /// The transforms asked for or the standard ones, brought back to the size that the layer needs.
    func visualizationTransforms(_ transforms: [Transform]?, for layer: String?) throws -> [Transform] {
        let chosen = transforms ?? Transform.standard(inputSize: inputSize)
        guard let layer, try isHead(layer), chosen.last != .cropOrPad(inputSize) else { return chosen }
        return chosen + [.cropOrPad(inputSize)]
    }
}

