import Tensors

/// Gradient ascent with momentum, in the form of PyTorch and TensorFlow 1:
///
///     velocity = momentum * velocity + gradient
///     parameters += rate * velocity
public struct Momentum: Sendable {
    /// The step size.
    public var rate: Double
    /// The share of the velocity that is kept; 0 for plain gradient ascent.
    public var momentum: Double
    private var velocity: [Float] = []
    /// Updates made so far.
    public private(set) var steps = 0

    /// An optimizer that has not seen a gradient yet.
    public init(rate: Double, momentum: Double = 0.9) { (self.rate, self.momentum) = (rate, momentum) }

    /// Moves the parameters one step up the gradient.
    /// - Precondition: parameters and gradient have one shape, the same at every step.
    public mutating func ascend(_ parameters: inout Tensor, along gradient: Tensor) {
        require(
            parameters.shape == gradient.shape && (steps == 0 || velocity.count == parameters.count),
            "Momentum moves parameters of shape \(parameters.shape), not of \(gradient.shape)")
        if steps == 0 { velocity = [Float](repeating: 0, count: parameters.count) }
        steps += 1
        let (rate, keep) = (Float(rate), Float(momentum))
        parameters.withUnsafeMutableScalars { parameters in
            gradient.withUnsafeScalars { gradient in
                velocity.withUnsafeMutableBufferPointer { velocity in
                    for i in 0..<parameters.count {
                        velocity[i] = keep * velocity[i] + gradient[i]
                        parameters[i] += rate * velocity[i]
                    }
                }
            }
        }
    }
}
