import Networks
import Tensors

/// One pass of an optimization, from parameters to images to objectives and back, with the memory that passes share.
final class OptimizationPass {
    /// The images as they are, `[batch, height, width, channels]`.
    private(set) var images: Tensor
    /// The objectives' values.
    private(set) var values: [Float] = []
    /// The gradient of the sum of the objectives for the images.
    private var gradient: Tensor

    private let objectives: [Objective]
    private let layers: [String: Positions]
    private let single: Set<String>
    private let seesImages: Bool
    private let renderer: ImageRenderer
    private let transforms: TransformPipeline
    private let compositor: Compositor?
    /// The images before their background, and the gradient for them.
    private var composed: Tensor
    private var composedGradient: Tensor
    /// Gradients at layers, by layer and shape, for the next pass that needs them.
    private var seeds: [SeedKey: Tensor] = [:]
    private static let keptSeeds = 64

    private struct SeedKey: Hashable {
        let layer: String
        let shape: [Int]
    }

    init(canvas: ImageCanvas, batch: Int, objectives: [Objective], seed: UInt64) {
        let (height, width) = (canvas.height, canvas.width)
        self.objectives = objectives
        let positions = Objective.positionsOfLayers(objectives)
        layers = positions
        single = Set(positions.keys.filter { positions[$0] != .all })
        seesImages = objectives.contains { $0.layers.contains(Objective.images) }
        renderer = ImageRenderer(canvas, batch: batch)
        transforms = TransformPipeline(batch: batch)
        images = Tensor(zeros: [batch, height, width, canvas.channels])
        gradient = Tensor(zeros: images.shape)
        compositor = canvas.parametrization.background.map { Compositor($0, batch: batch, height: height, width: width, seed: seed) }
        composed = Tensor(zeros: compositor == nil ? [0] : [batch, height, width, 3])
        composedGradient = composed
    }

    /// Makes the images from their parameters.
    func render(_ parameters: Tensor) { renderer.render(parameters, into: &images) }

    /// From the gradient for the images to that for the parameters.
    func adjoint(at parameters: Tensor, into slope: inout Tensor) {
        renderer.adjoint(of: gradient, at: images, parameters: parameters, into: &slope)
    }

    /// Computes ``values`` and the gradient of their sum for the images, seen through transforms.
    func differentiate(
        through draws: [TransformDraw], on network: ImageOptimization.Network, rules: BackwardRules, step: Int
    ) throws {
        var ofImages: Tensor?
        guard !layers.isEmpty else {
            _ = try evaluate([:], &ofImages)
            return take(ofImages ?? zeros(Objective.images, images.shape), accumulate: false)
        }
        let arriving: Tensor
        if let compositor {
            compositor.draw(step: step)
            compositor.composite(images, into: &composed)
            arriving = try network(transforms.apply(draws, to: composed), layers, rules) { try evaluate($0, &ofImages) }
            composedGradient.withUnsafeMutableScalars { result in
                guard let result = result.baseAddress else { return }
                transforms.adjoint(draws, of: arriving, into: result)
                compositor.adjoint(of: result, at: images, into: &gradient)
            }
        } else {
            arriving = try network(transforms.apply(draws, to: images), layers, rules) { try evaluate($0, &ofImages) }
            gradient.withUnsafeMutableScalars { result in
                guard let result = result.baseAddress else { return }
                transforms.adjoint(draws, of: arriving, into: result)
            }
        }
        if let ofImages { take(ofImages, accumulate: true) }
    }

    /// Writes what the objectives say about the images themselves to the gradient, or adds it, and keeps its memory.
    private func take(_ ofImages: Tensor, accumulate: Bool) {
        gradient.withUnsafeMutableScalars { gradient in
            ofImages.withUnsafeScalars { ofImages in
                for i in 0..<gradient.count { gradient[i] = accumulate ? gradient[i] + ofImages[i] : ofImages[i] }
            }
        }
        seeds[SeedKey(layer: Objective.images, shape: ofImages.shape)] = ofImages
    }

    /// The objectives' values and gradients at the network's layers; the gradient at the images themselves comes apart.
    private func evaluate(
        _ activations: [String: Tensor], _ ofImages: inout Tensor?
    ) throws -> (value: Float, gradients: [String: Tensor]) {
        var activations = activations
        if seesImages { activations[Objective.images] = images }
        let input = Objective.Input(activations: activations, entries: nil, single: single)
        var gradients: [String: Tensor] = [:]
        for (layer, activation) in activations { gradients[layer] = zeros(layer, activation.shape) }
        values.removeAll(keepingCapacity: true)
        for objective in objectives {
            let outcome = try objective.evaluation(input)
            values.append(outcome.value)
            outcome.addGradient(1, &gradients)
        }
        ofImages = gradients.removeValue(forKey: Objective.images)
        if seeds.count > Self.keptSeeds { seeds.removeAll() }
        for (layer, gradient) in gradients { seeds[SeedKey(layer: layer, shape: gradient.shape)] = gradient }
        return (values.reduce(0, +), gradients)
    }

    /// Zeros of a layer's shape, in memory of an earlier pass where there is some.
    private func zeros(_ layer: String, _ shape: [Int]) -> Tensor {
        guard var known = seeds.removeValue(forKey: SeedKey(layer: layer, shape: shape)) else { return Tensor(zeros: shape) }
        known.withUnsafeMutableScalars { $0.update(repeating: 0) }
        return known
    }
}
