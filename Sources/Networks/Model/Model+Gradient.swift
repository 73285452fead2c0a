import Tensors

/// The result of ``Model/gradient(of:at:to:rules:objective:)``.
public struct InputGradient: Sendable {
    /// What the objective returned.
    public let value: Float
    /// What the objective saw, by layer.
    public let activations: [String: Tensor]
    /// The gradient of the value: of the images, `[batch, height, width, 3]` in units of the `0...1` image, or of the layer asked for.
    public let gradient: Tensor
}

extension Model {
    /// The gradient of any function of activations with respect to the images, or to an earlier layer.
    ///
    ///     let result = try model.gradient(of: image, at: ["mixed4a"]) { activations in
    ///         // the mean of channel 12, and its gradient
    ///     }
    ///
    /// - Parameters:
    ///   - images: `[batch, height, width, 3]` or `[height, width, 3]` in `0...1`.
    ///   - layers: where the objective looks.
    ///   - target: with respect to what; the images if nothing else is said.
    ///   - rules: how gradients pass ReLUs and poolings. The objective is meant to be maximised.
    ///   - objective: gets the activations by layer; returns its value and its gradient at each layer, of the shape of the activations
    ///     (a layer that is left out has gradient zero).
    /// - Throws: ``ModelError``, and what the objective throws.
    public func gradient(
        of images: Tensor, at layers: [String], to target: String = "input", rules: BackwardRules = .standard,
        objective: ([String: Tensor]) throws -> (value: Float, gradients: [String: Tensor])
    ) throws -> InputGradient {
        let positions = Dictionary(layers.map { ($0, Positions.all) }, uniquingKeysWith: { first, _ in first })
        return try gradient(of: images, at: positions, to: target, rules: rules, objective: objective)
    }

    /// The same for an objective that looks at some positions of layers only: what those do not see is not computed.
    ///
    ///     let result = try model.gradient(of: image, at: ["mixed4a": .centre]) { activations in
    ///         // [batch, 1, 1, channel], and its gradient of that shape
    ///     }
    ///
    /// The gradient has the shape of the images (or of the target), with zeros where the objective sees nothing.
    /// - Throws: ``ModelError``, and what the objective throws.
    public func gradient(
        of images: Tensor, at positions: [String: Positions], to target: String = "input", rules: BackwardRules = .standard,
        objective: ([String: Tensor]) throws -> (value: Float, gradients: [String: Tensor])
    ) throws -> InputGradient {
        let layers = Array(positions.keys)
        let nodes = try layers.map(node)
        let end = try node(target)
        let images = try checkedImages(images, for: nodes)
        let after = graph.descendants(of: [end])
        if let stray = zip(layers, nodes).first(where: { !after[$0.1] }) { throw ModelError.noPath(from: target, to: stray.0) }
        let wanted = Array(Set(nodes)).sorted()
        let request = PlanRequest(
            batch: images.shape[0], height: images.shape[1], width: images.shape[2], wanted: wanted, seeds: wanted,
            targets: [end], rules: rules, windows: try windows(positions, height: images.shape[1], width: images.shape[2]))
        var value: Float = 0
        var activations: [String: Tensor] = [:]
        let result = try runner.run(request, images: images) { collected in
            for (layer, node) in zip(layers, nodes) { activations[layer] = collected[node] }
            let answer = try objective(activations)
            value = answer.value
            var seeds: [Int: Tensor] = [:]
            for (layer, gradient) in answer.gradients {
                guard let node = graph.index(of: nodeName(layer)), let seen = activations[layer] else {
                    throw ModelError.gradientOfOtherLayer(layer, layers: layers)
                }
                guard gradient.shape == seen.shape else {
                    throw ModelError.gradientShape(layer: layer, expected: seen.shape, found: gradient.shape)
                }
                seeds[node] = gradient
            }
            return seeds
        }
        let gradient = result.gradients[end] ?? Tensor(zeros: images.shape)
        return InputGradient(value: value, activations: activations, gradient: gradient)
    }
}
