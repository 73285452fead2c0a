import Networks
import Tensors

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
        let wanted = negative ? (-positive).described(as: "-\(name)") : positive.described(as: name)
        return wanted.withOpacity(of: parametrization)
    }
}

extension Objective {
    /// The same for pictures with opacity, if the parametrization gives them any. As in Lucid's recipe: the less is opaque, the more counts
    /// what the network sees; and opacity has no speckles.
    func withOpacity(of parametrization: ImageParametrization) -> Objective {
        guard parametrization.background != nil else { return self }
        return (self * (.constant(1) - .opacity()) - 0.1 * .blurAlpha()).described(as: description)
    }
}

extension VisualizationSettings {
    var canvas: ImageCanvas { parametrization.canvas(height: size, width: size) }

    /// An optimization under these settings.
    func optimization(canvas: ImageCanvas, entries: [Int], objectives: [Objective]) -> ImageOptimization {
        ImageOptimization(
            canvas: canvas, entries: entries, objectives: objectives, transforms: transforms, steps: steps, rate: rate, seed: seed,
            optimizer: optimizer, schedule: schedule, thresholds: thresholds)
    }

    /// The pictures of a batch with one objective.
    func visualization(
        of objective: Objective, described description: String, on model: Model, showProgress: Bool
    ) throws -> Visualization {
        func visualization(_ outcome: ImageOptimization.Outcome) -> Visualization {
            Visualization(outcome, index: 0, images: 0..<diversity, objective: description, settings: self)
        }
        let outcome = try optimization(canvas: canvas, entries: Array(0..<diversity), objectives: [objective])
            .run(on: model, title: description, showProgress: showProgress) { visualization($0).description }
        return visualization(outcome)
    }
}

extension ImageOptimization {
    /// - Parameter lanes: how many optimizations like this one run at once.
    /// - Throws: ``VisualizationError/memory(needed:available:images:)``, and as `OptimizationForecast.init`.
    func checkMemory(on model: Model, lanes: Int = 1) throws {
        let layers = Objective.positionsOfLayers(objectives), count = entries.count * lanes
        try OptimizationForecast(canvas: canvas, batch: count, transforms: transforms, layers: layers, model: model)?
            .check(images: "\(count) picture\(count == 1 ? "" : "s") of \(canvas.height) x \(canvas.width) px")
    }

    /// ``run(on:progress:)`` on a model, unless its outcome is known, with the picture shown as it grows and `caption` left behind.
    func run(
        on model: Model, title: String, showProgress: Bool, caption: (Outcome) -> String
    ) throws -> Outcome {
        let cache = VisualizationCache.shared, key = cache.folder == nil ? nil : cacheKey(on: model)
        let display = try VisualizationProgress(title, steps: steps, isShown: showProgress)
        if let key, let known = cache.outcome(of: self, key: key) {
            try display.finish(caption(known))
            return known
        }
        try checkMemory(on: model)
        var reached = 0
        do {
            let outcome = try run(
                on: { try model.gradient(of: $0, at: $1, rules: $2, objective: $3).gradient },
                progress: { step, images in
                    reached = step
                    try display.update(step: step, images: images)
                })
            try display.finish(caption(outcome))
            if let key { cache.keep(outcome, for: key) }
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
            objective: objective, settings: settings,
            snapshots: outcome.snapshots.map { snapshot in
                Snapshot(step: snapshot.step, images: images.map { snapshot.images.slice($0) })
            })
    }
}
