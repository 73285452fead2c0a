import Foundation
import Tensors

/// The Adam optimizer in the form of TensorFlow 1, which Lucid's pictures were made with: `epsilon` is added to the root of the
/// uncorrected second moment, and both corrections are in the step size.
///
///     step = rate * sqrt(1 - beta2^t) / (1 - beta1^t)
///     parameters -= step * m / (sqrt(v) + epsilon)
///
/// Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2015), the last paragraph before section 2.1.
public struct Adam: Sendable {
    /// The step size before correction.
    public var rate: Double
    /// The decay of the mean gradient.
    public var beta1: Double
    /// The decay of the mean squared gradient.
    public var beta2: Double
    /// What keeps a parameter without gradient from a division by zero.
    public var epsilon: Double
    private var first: [Float] = []
    private var second: [Float] = []
    /// Updates made so far.
    public private(set) var steps = 0

    /// An optimizer that has not seen a gradient yet.
    public init(rate: Double = 0.05, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) {
        (self.rate, self.beta1, self.beta2, self.epsilon) = (rate, beta1, beta2, epsilon)
    }

    /// Moves the parameters one step up the gradient.
    /// - Precondition: parameters and gradient have one shape, the same at every step.
    public mutating func ascend(_ parameters: inout Tensor, along gradient: Tensor) {
        require(
            parameters.shape == gradient.shape && (steps == 0 || first.count == parameters.count),
            "Adam moves parameters of shape \(parameters.shape), not of \(gradient.shape)")
        if steps == 0 {
            first = [Float](repeating: 0, count: parameters.count)
            second = first
        }
        steps += 1
        let step = Float(rate * (1 - pow(beta2, Double(steps))).squareRoot() / (1 - pow(beta1, Double(steps))))
        let (keep1, keep2, epsilon) = (Float(beta1), Float(beta2), Float(epsilon))
        parameters.withUnsafeMutableScalars { parameters in
            gradient.withUnsafeScalars { gradient in
                first.withUnsafeMutableBufferPointer { first in
                    second.withUnsafeMutableBufferPointer { second in
                        for i in 0..<parameters.count {
                            let g = gradient[i]
                            first[i] = keep1 * first[i] + (1 - keep1) * g
                            second[i] = keep2 * second[i] + (1 - keep2) * g * g
                            parameters[i] += step * first[i] / (second[i].squareRoot() + epsilon)
                        }
                    }
                }
            }
        }
    }
}
