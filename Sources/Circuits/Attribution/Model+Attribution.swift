import Networks
import RichDisplay
import Tensors

extension Model {
    /// How much of a number is due to each activation of a layer, for one picture.
    ///
    ///     try model.attribution(of: picture, to: .logit("car"), at: "mixed4a")
    ///     try model.attribution(of: picture, to: .logit("car"), at: "mixed4a", by: .integratedGradients())
    ///     try model.attribution(of: picture, to: .neuron("mixed3b_pre_relu", 33, x: 8, y: 8), at: "mixed3a", by: .expandedWeights)
    /// - Parameters:
    ///   - picture: `[height, width, 3]` in `0...1`, of the model's size for targets behind the global pooling.
    ///   - target: what is explained.
    ///   - layer: what it is attributed to; the picture if nothing else is said.
    ///   - showProgress: for integrated gradients, in a notebook.
    /// - Throws: `ModelError`, ``ObjectiveError`` for a class that the model does not know, ``AttributionError``, `Interrupted`.
    public func attribution(
        of picture: Tensor, to target: AttributionTarget, at layer: String = Objective.images,
        by method: AttributionMethod = .activationTimesGradient(), showProgress: Bool = true
    ) throws -> Attribution {
        let picture = try Attribution.onePicture(picture)
        let pass = try AttributionPass(model: self, picture: picture, layer: layer, objective: try target.objective(self))
        let activations = try pass.activations(of: picture)
        var hasZeroBaseline = true
        if case .integratedGradients(_, _, .picture) = method { hasZeroBaseline = false }
        if hasZeroBaseline, !pass.isOfPicture, activations.scalars.allSatisfy({ $0 == 0 }) { throw AttributionError.silent(layer: layer) }
        var difference = activations, gradient: Tensor, value: Float, baselineValue: Float?
        switch method {
        case .activationTimesGradient(let rules): (value, gradient) = try pass.gradient(rules: rules)
        case .expandedWeights: (value, gradient) = try pass.gradient(rules: .linearized)
        case .integratedGradients(let steps, let rule, let from):
            let least = rule == .gaussLegendre ? 1 : 2
            guard (least...10_000).contains(steps) else {
                throw AttributionError.setting(name: "steps", value: "\(steps)", allowed: "\(least) to 10000")
            }
            let baseline: Tensor
            switch from {
            case .zero: baseline = Tensor(zeros: activations.shape)
            case .picture(let other):
                let other = try Attribution.onePicture(other)
                guard other.shape == picture.shape else { throw AttributionError.baseline(expected: picture.shape, found: other.shape) }
                baseline = try pass.activations(of: other)
            }
            difference = activations - baseline
            let ends = try pass.slopes(at: [baseline, activations]).values
            (baselineValue, value) = (ends[0], ends[1])
            gradient = try pass.meanGradient(from: baseline, along: difference, rule.points(steps), showProgress: showProgress)
        }
        func spatial(_ tensor: Tensor) -> Tensor {
            tensor.rank == 4 ? tensor.slice(0) : tensor.reshaped([1, 1, tensor.count])
        }
        let values = difference * gradient
        if let bad = values.firstNonFinite {
            throw AttributionError.setting(
                name: "the attribution at \(Array(bad.dropFirst()))",
                value: "\(values.scalars.first { !$0.isFinite } ?? .nan)", allowed: "a finite number; check the model's weights")
        }
        return Attribution(
            model: self, picture: picture.slice(0), layer: pass.isOfPicture ? Objective.images : layer,
            target: pass.objective.description, method: method,
            activations: spatial(difference), gradient: spatial(gradient), values: spatial(values), value: value,
            baselineValue: baselineValue)
    }
}

extension Attribution {
    /// A picture as a batch of one.
    static func onePicture(_ picture: Tensor) throws(AttributionError) -> Tensor {
        if picture.rank == 3, picture.count > 0 { return picture.reshaped([1] + picture.shape) }
        guard picture.rank == 4, picture.shape[0] == 1, picture.count > 0 else { throw .onePicture(picture.shape) }
        return picture
    }
}

/// The passes through the network that attributions are made of.
struct AttributionPass {
    let model: Model
    /// `[1, height, width, channel]`.
    let picture: Tensor
    let layer: String
    let objective: Objective
    /// Whether the layer is the picture itself.
    let isOfPicture: Bool
    private let positions: [String: Positions]

    init(model: Model, picture: Tensor, layer: String, objective: Objective) throws {
        let input = model.graph.nodes[0].name
        (self.model, self.picture, self.objective) = (model, picture, objective)
        self.layer = layer == Objective.images ? input : layer
        isOfPicture = self.layer == input
        positions = Objective.positionsOfLayers([objective])
        guard !positions.isEmpty, !objective.layers.contains(Objective.images) else {
            throw AttributionError.noLayer(target: objective.description)
        }
    }

    /// The layer's activations, `[1, height, width, channel]` or `[1, channel]`; of the picture, its pixels.
    func activations(of picture: Tensor) throws -> Tensor { isOfPicture ? picture : try model[layer].activations(of: picture) }

    /// The target's value for the picture and its gradient at the layer.
    func gradient(rules: BackwardRules) throws -> (value: Float, gradient: Tensor) {
        let result = try run(model, images: picture, rules: rules)
        return (result.values[0], result.gradient)
    }

    /// The target's values where the layer has these activations, and its gradients there: `[activations, height, width, channel]`.
    func slopes(at activations: [Tensor]) throws -> (values: [Float], gradient: Tensor) {
        let all = Tensor.concatenated(activations)
        if isOfPicture { return try run(model, images: all, rules: .standard) }
        let images = Tensor.concatenated(activations.map { _ in picture })
        return try run(try model.editing(layer, .replacing(with: all)), images: images, rules: .standard)
    }

    /// The weighted mean of the gradients at points on a straight line.
    func meanGradient(
        from start: Tensor, along line: Tensor, _ points: [(place: Double, weight: Double)], showProgress: Bool
    ) throws -> Tensor {
        let progress = try VisualizationProgress(
            "\(objective.description), integrated gradients", steps: points.count, isShown: showProgress)
        // Several points at once keep the matrix products wide; a quarter of a million pixels bound the memory.
        let batch = max(1, min(16, (1 << 18) / (picture.shape[1] * picture.shape[2])))
        var sums = [Double](repeating: 0, count: start.count)
        for first in stride(from: 0, to: points.count, by: batch) {
            try Interruption.check()
            if picture.shape[3] == 3 { try progress.update(step: first, images: picture) }
            let part = points[first..<min(first + batch, points.count)]
            let gradient = try slopes(at: part.map { start + line * Float($0.place) }).gradient
            gradient.withUnsafeScalars { gradient in
                for (row, point) in part.enumerated() {
                    for i in sums.indices { sums[i] += point.weight * Double(gradient[row * sums.count + i]) }
                }
            }
        }
        try progress.finish("\(objective.description), integrated over \(points.count) steps")
        return Tensor(shape: start.shape, scalars: sums.map { Float($0) })
    }

    /// One batch: the target's value for every image, and its gradient at the layer.
    func run(_ model: Model, images: Tensor, rules: BackwardRules) throws -> (values: [Float], gradient: Tensor) {
        let single = Set(positions.keys.filter { positions[$0] != .all })
        var values: [Float] = []
        let result = try model.gradient(of: images, at: positions, to: layer, rules: rules) { activations in
            values.removeAll()
            var gradients = activations.mapValues { Tensor(zeros: $0.shape) }
            for image in 0..<images.shape[0] {
                let input = Objective.Input(activations: activations, entries: image..<image + 1, single: single)
                let outcome = try objective.evaluation(input)
                values.append(outcome.value)
                outcome.addGradient(1, &gradients)
            }
            return (values.reduce(0, +), gradients)
        }
        return (values, result.gradient)
    }
}
