import Networks
import RichDisplay
import Tensors

/// Gradient ascent on images: Lucid's `render_vis` for a batch, one objective per image or one for all.
///
/// Every step makes the images from their parameters, transforms them at random, asks the network for the gradient of the
/// objectives, and takes it back through the transforms and the parametrization to the optimizer. For the first steps ReLUs let the
/// gradient of inactive units pass (``BackwardRules/redirectedReLU``), so that an optimization can start from a dead unit.
struct ImageOptimization {
    /// A network's gradient: of images, at positions of layers, under rules, for an objective.
    typealias Network = (
        _ images: Tensor, _ layers: [String: Positions], _ rules: BackwardRules,
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
    var optimizer: Optimizer = .adam()
    var schedule: RateSchedule = .constant
    /// Updates after which the images are kept.
    var thresholds: [Int] = []

    struct Outcome {
        /// `[batch, height, width, channels]`.
        var images: Tensor
        /// For each objective: its value at every step, for the transformed images.
        var history: [[Float]]
        /// For each objective: its value for the finished images, untransformed.
        var final: [Float]
        /// The images after so many updates.
        var snapshots: [(step: Int, images: Tensor)] = []
    }

    /// - Parameter progress: called before every step with the images as they are.
    /// - Throws: ``Interrupted``, ``TransformError``, ``ObjectiveError``, ``VisualizationError``, and what the network throws.
    func run(on network: Network, progress: (_ step: Int, _ images: Tensor) throws -> Void) throws -> Outcome {
        var random = CounterRandom(seed: seed, stream: Self.transformStream)
        var parameters = canvas.initialParameters(seed: seed, entries: entries)
        var slope = Tensor(zeros: parameters.shape)
        var ascent = Ascent(optimizer)
        let pass = OptimizationPass(canvas: canvas, batch: entries.count, objectives: objectives, seed: seed)
        var outcome = Outcome(images: pass.images, history: objectives.map { _ in [] }, final: [])
        for index in objectives.indices { outcome.history[index].reserveCapacity(steps) }
        outcome.images = Tensor(0)

        for step in 0..<steps {
            try Interruption.check()
            pass.render(parameters)
            if thresholds.contains(step), step > 0 { outcome.snapshots.append((step, pass.images)) }
            try progress(step, pass.images)
            let draws = try Transform.draw(transforms, height: canvas.height, width: canvas.width, using: &random)
            try pass.differentiate(
                through: draws, on: network, rules: step < Self.redirectedSteps ? .redirectedReLU : .standard, step: step)
            for (index, value) in pass.values.enumerated() {
                guard value.isFinite else { throw VisualizationError.diverged(step: step, objective: objectives[index].description) }
                outcome.history[index].append(value)
            }
            pass.adjoint(at: parameters, into: &slope)
            ascent.ascend(&parameters, along: slope, rate: rate * schedule.factor(step: step, of: steps))
            guard parameters.isFinite else {
                throw VisualizationError.pictureDiverged(
                    step: step, objective: Objective.sum(objectives).description, optimizer: "\(optimizer)")
            }
        }
        pass.render(parameters)
        try pass.differentiate(through: [], on: network, rules: .standard, step: steps)
        outcome.images = pass.images
        outcome.final = pass.values
        if thresholds.contains(steps) { outcome.snapshots.append((steps, pass.images)) }
        return outcome
    }
}

extension Tensor {
    /// Whether no element is infinite or not a number: one vectorized pass.
    fileprivate var isFinite: Bool {
        withUnsafeScalars { scalars in
            // Only an exponent of ones carries into the sign when one is added to it.
            var carried: UInt32 = 0
            for value in scalars { carried |= (value.bitPattern & 0x7F80_0000) &+ 0x0080_0000 }
            return carried & 0x8000_0000 == 0
        }
    }
}
