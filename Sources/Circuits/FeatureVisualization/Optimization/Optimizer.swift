import Foundation
import Tensors

/// How the parameters of pictures follow the gradient.
public enum Optimizer: Hashable, Encodable, Sendable, CustomStringConvertible {
    /// ``Adam``, Lucid's default.
    case adam(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
    /// ``Momentum``: steps as long as the gradient, whose size depends on the objective, so give a rate too.
    case momentum(Double = 0.9)

    public var description: String {
        switch self {
        case .adam: return "Adam"
        case .momentum(let momentum): return momentum == 0 ? "gradient ascent" : "momentum \(momentum)"
        }
    }
}

/// What becomes of the rate in the course of an optimization. Lucid's stays as it is.
public enum RateSchedule: Hashable, Encodable, Sendable {
    /// The same rate in every step.
    case constant
    /// Half a cosine, from the whole rate in the first step to nearly nothing in the last.
    case cosine
    /// The rate is multiplied by `factor` after every so many steps.
    case decay(every: Int, by: Double = 0.5)

    /// What the rate is multiplied by in a step, counted from 0.
    public func factor(step: Int, of steps: Int) -> Double {
        switch self {
        case .constant: return 1
        case .cosine: return 0.5 * (1 + cos(Double.pi * Double(step) / Double(Swift.max(steps, 1))))
        case .decay(let every, let factor): return pow(factor, Double(step / Swift.max(every, 1)))
        }
    }
}

/// An optimizer at work.
enum Ascent {
    case adam(Adam)
    case momentum(Momentum)

    init(_ optimizer: Optimizer) {
        switch optimizer {
        case .adam(let beta1, let beta2, let epsilon): self = .adam(Adam(beta1: beta1, beta2: beta2, epsilon: epsilon))
        case .momentum(let momentum): self = .momentum(Momentum(rate: 1, momentum: momentum))
        }
    }

    mutating func ascend(_ parameters: inout Tensor, along gradient: Tensor, rate: Double) {
        // The state must not be shared with a copy while it changes, or all of it would be copied in every step.
        switch self {
        case .adam(var adam):
            self = .momentum(Momentum(rate: 0))
            adam.rate = rate
            adam.ascend(&parameters, along: gradient)
            self = .adam(adam)
        case .momentum(var momentum):
            self = .adam(Adam())
            momentum.rate = rate
            momentum.ascend(&parameters, along: gradient)
            self = .momentum(momentum)
        }
    }
}
