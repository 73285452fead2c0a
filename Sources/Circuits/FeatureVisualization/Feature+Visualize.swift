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
    ///   - showProgress: the picture as it grows, in a notebook; one line of it stays.
    /// - Throws: `ModelError` for a layer or channel that does not exist, ``VisualizationError``, ``TransformError``, ``ObjectiveError``,
    ///   `Interrupted`.
    public func visualize(
        size: Int? = nil, steps: Int = 256, diversity: Int = 1, seed: UInt64 = 0, negative: Bool = false,
        objective: VisualizationSettings.Target? = nil, cosinePower: Float = 0, diversityWeight: Float = 1,
        transforms: [Transform]? = nil, parametrization: ImageParametrization = .fourier(), rate: Double = 0.05,
        showProgress: Bool = true
    ) throws -> Visualization {
        try validate()
        let isHead = try model.isHead(layer)
        let settings = VisualizationSettings(
            size: size ?? (isHead ? model.inputSize : 128), steps: steps, diversity: diversity, diversityWeight: diversityWeight,
            seed: seed, negative: negative, target: objective ?? (position == nil ? .channel : .neuron), cosinePower: cosinePower,
            parametrization: parametrization, transforms: try model.visualizationTransforms(transforms, for: layer), rate: rate)
        try settings.validate()
        let single = try settings.objective(of: self)
        let whole = diversity > 1
            ? Objective.unlike(single, in: layer, images: diversity, weight: diversityWeight) : single
        let outcome = try ImageOptimization(
            canvas: parametrization.canvas(height: settings.size, width: settings.size), entries: Array(0..<diversity),
            objectives: [whole], settings: settings
        ).run(on: model, title: single.description, showProgress: showProgress) { outcome in
            Visualization(outcome, index: 0, images: 0..<diversity, objective: single.description, settings: settings).description
        }
        return Visualization(outcome, index: 0, images: 0..<diversity, objective: single.description, settings: settings)
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
    /// - Throws: as `Feature.visualize`.
    public func visualize(
        _ objective: Objective, count: Int = 1, size: Int? = nil, steps: Int = 256, seed: UInt64 = 0, transforms: [Transform]? = nil,
        parametrization: ImageParametrization = .fourier(), rate: Double = 0.05, showProgress: Bool = true
    ) throws -> Visualization {
        let layers = objective.layers.subtracting([Objective.images]).sorted()
        let head = try layers.first { try isHead($0) }
        let settings = VisualizationSettings(
            size: size ?? (head == nil ? 128 : inputSize), steps: steps, diversity: count, diversityWeight: 0, seed: seed,
            negative: false, target: .channel, cosinePower: 0, parametrization: parametrization,
            transforms: try visualizationTransforms(transforms, for: head ?? layers.first), rate: rate)
        try settings.validate()
        let outcome = try ImageOptimization(
            canvas: parametrization.canvas(height: settings.size, width: settings.size), entries: Array(0..<count),
            objectives: [objective], settings: settings
        ).run(on: self, title: objective.description, showProgress: showProgress) { outcome in
            Visualization(outcome, index: 0, images: 0..<count, objective: objective.description, settings: settings).description
        }
        return Visualization(outcome, index: 0, images: 0..<count, objective: objective.description, settings: settings)
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

extension VisualizationSettings {
    /// The feature's objective under these settings.
    func objective(of feature: Feature) throws -> Objective {
        let layer = feature.layer
        let before = layer + "_pre_relu"
        let source = negative && feature.model.graph[before] != nil ? before : layer
        let positive: Objective
        if case .channel(let channel) = feature.direction, cosinePower == 0 {
            positive = target == .channel ? .channel(source, channel) : .neuron(source, channel, at: feature.position)
        } else {
            let vector = try feature.vector().scalars
            positive = target == .channel
                ? .direction(source, vector, cosinePower: cosinePower)
                : .directionNeuron(source, vector, at: feature.position, cosinePower: cosinePower)
        }
        let name = target == .neuron && feature.position == nil ? "neuron \(feature)" : "\(feature)"
        return negative ? (-positive).described(as: "-\(name)") : positive.described(as: name)
    }
}

extension ImageOptimization {
    init(canvas: ImageCanvas, entries: [Int], objectives: [Objective], settings: VisualizationSettings) {
        self.init(
            canvas: canvas, entries: entries, objectives: objectives, transforms: settings.transforms, steps: settings.steps,
            rate: settings.rate, seed: settings.seed)
    }

    /// ``run(on:progress:)`` on a model, with the picture shown as it grows and `caption` left behind.
    func run(
        on model: Model, title: String, showProgress: Bool, caption: (Outcome) -> String
    ) throws -> Outcome {
        let display = try VisualizationProgress(title, steps: steps, isShown: showProgress)
        var reached = 0
        do {
            let outcome = try run(
                on: { try model.gradient(of: $0, at: $1, rules: $2, objective: $3).gradient },
                progress: { step, images in
                    reached = step
                    try display.update(step: step, images: images)
                })
            try display.finish(caption(outcome))
            return outcome
        } catch {
            try display.finish("\(title), stopped in step \(reached) of \(steps)")
            throw error
        }
    }
}

extension Visualization {
    init(_ outcome: ImageOptimization.Outcome, index: Int, images: Range<Int>, objective: String, settings: VisualizationSettings) {
        self.init(
            images: images.map { outcome.images.slice($0) }, values: outcome.history[index], objectiveValue: outcome.final[index],
            objective: objective, settings: settings)
    }
}
