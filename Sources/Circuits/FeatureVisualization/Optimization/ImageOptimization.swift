import Networks
import RichDisplay
import Tensors

/// Gradient ascent on images: Lucid's `render_vis` for a batch, one objective per image or one for all.
///
/// Every step makes the images from their parameters, transforms them at random, asks the network for the gradient of the
/// objectives, and takes it back through the transforms and the parametrization to Adam. For the first steps ReLUs let the
/// gradient of inactive units pass (``BackwardRules/redirectedReLU``), so that an optimization can start from a dead unit.
struct ImageOptimization {
    /// A network's gradient: of images, at layers, under rules, for an objective.
    typealias Network = (
        _ images: Tensor, _ layers: [String], _ rules: BackwardRules,
        _ objective: ([String: Tensor]) throws -> (value: Float, gradients: [String: Tensor])
    ) throws -> Tensor

    /// Lucid redirects while its global step, counted from 0, is at most 16.
    static let redirectedSteps = 17
    /// The stream of the random transforms; images have the streams from 0.
    private static let transformStream: UInt64 = 1 << 32

    var canvas: ImageCanvas
    /// The number of each image, which its starting noise depends on.
    var entries: [Int]
    /// What is maximized; their sum is.
    var objectives: [Objective]
    var transforms: [Transform]
    var steps: Int
    var rate: Double
    var seed: UInt64

    struct Outcome {
        /// `[batch, height, width, 3]`.
        var images: Tensor
        /// For each objective: its value at every step, for the transformed images.
        var history: [[Float]]
        /// For each objective: its value for the finished images, untransformed.
        var final: [Float]
    }

    /// - Parameter progress: called before every step with the images as they are.
    /// - Throws: ``Interrupted``, ``TransformError``, ``ObjectiveError``, ``VisualizationError/diverged(step:objective:)``, and what the network throws.
    func run(on network: Network, progress: (_ step: Int, _ images: Tensor) throws -> Void) throws -> Outcome {
        let total = Objective.sum(objectives)
        let layers = total.layers.subtracting([Objective.images]).sorted()
        var random = CounterRandom(seed: seed, stream: Self.transformStream)
        var parameters = canvas.initialParameters(seed: seed, entries: entries)
        var adam = Adam(rate: rate)
        var history = objectives.map { _ in [Float]() }

        for step in 0..<steps {
            try Interruption.check()
            let images = canvas.images(of: parameters)
            try progress(step, images)
            let draws = try Transform.draw(transforms, height: canvas.height, width: canvas.width, using: &random)
            let (values, gradient) = try ascentDirection(
                of: images, through: draws, on: network, layers: layers,
                rules: step < Self.redirectedSteps ? .redirectedReLU : .standard)
            for (index, value) in values.enumerated() {
                guard value.isFinite else { throw VisualizationError.diverged(step: step, objective: objectives[index].description) }
                history[index].append(value)
            }
            adam.ascend(&parameters, along: canvas.adjoint(of: gradient, at: images))
        }
        let images = canvas.images(of: parameters)
        let final = try ascentDirection(of: images, through: [], on: network, layers: layers, rules: .standard).values
        return Outcome(images: images, history: history, final: final)
    }

    /// The objectives' values and the gradient of their sum for the images `[batch, height, width, 3]`.
    private func ascentDirection(
        of images: Tensor, through draws: [TransformDraw], on network: Network, layers: [String], rules: BackwardRules
    ) throws -> (values: [Float], gradient: Tensor) {
        var values: [Float] = []
        var ofImages: Tensor?
        func evaluate(_ activations: [String: Tensor]) throws -> (value: Float, gradients: [String: Tensor]) {
            var activations = activations
            activations[Objective.images] = images
            let input = Objective.Input(activations: activations, entries: nil)
            var gradients: [String: Tensor] = [:]
            for layer in objectives.reduce(into: Set<String>(), { $0.formUnion($1.layers) }) {
                if let activation = activations[layer] { gradients[layer] = Tensor(zeros: activation.shape) }
            }
            values = []
            for objective in objectives {
                let outcome = try objective.evaluation(input)
                values.append(outcome.value)
                outcome.addGradient(1, &gradients)
            }
            ofImages = gradients.removeValue(forKey: Objective.images)
            return (values.reduce(0, +), gradients)
        }

        if layers.isEmpty {
            _ = try evaluate([:])
            return (values, ofImages ?? Tensor(zeros: images.shape))
        }
        let transformed = draws.reduce(images) { $1.apply(to: $0) }
        var gradient = try network(transformed, layers, rules, evaluate)
        for draw in draws.reversed() { gradient = draw.adjoint(of: gradient) }
        if let ofImages { gradient = gradient + ofImages }
        return (values, gradient)
    }
}

/// A visualization that could not be made.
public enum VisualizationError: Error, Equatable, CustomStringConvertible, Sendable {
    /// A setting that has no meaning.
    case setting(name: String, value: String, allowed: String)
    /// The objective became NaN or infinite.
    case diverged(step: Int, objective: String)

    public var description: String {
        switch self {
        case .setting(let name, let value, let allowed): return "\(name) cannot be \(value); it must be \(allowed)"
        case .diverged(let step, let objective):
            return "the objective '\(objective)' became infinite or not a number in step \(step); check the model's weights or take a smaller rate"
        }
    }
}
