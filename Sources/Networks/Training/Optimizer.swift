import Foundation
import Tensors

/// How parameters follow their gradients downhill, in PyTorch's forms, with what it remembers between steps.
///
///     var optimizer = Optimizer(.adamW(), decay: 0.01)
///     optimizer.descend(&parameters, along: gradients, rate: 1e-3)
public struct Optimizer: Sendable {
    public enum Rule: Hashable, Sendable {
        /// Gradient descent with a momentum, which Nesterov's form applies ahead (Sutskever et al. 2013).
        case sgd(momentum: Double = 0, nesterov: Bool = false)
        /// Kingma & Ba 2015; weight decay is added to the gradient.
        case adam(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
        /// Loshchilov & Hutter 2019; weight decay shrinks the parameters themselves.
        case adamW(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)

        /// The same rule with another momentum, which is the first beta of Adam.
        public func with(momentum: Double) -> Rule {
            switch self {
            case .sgd(_, let nesterov): .sgd(momentum: momentum, nesterov: nesterov)
            case .adam(_, let beta2, let epsilon): .adam(beta1: momentum, beta2: beta2, epsilon: epsilon)
            case .adamW(_, let beta2, let epsilon): .adamW(beta1: momentum, beta2: beta2, epsilon: epsilon)
            }
        }
    }

    /// The momentum may change from step to step.
    public internal(set) var rule: Rule
    /// Weight decay, of the parameters to which it applies.
    public let decay: Double
    /// Steps made so far.
    public private(set) var steps = 0
    /// One number for each parameter, over all of them: the momentum, or the mean gradient.
    private(set) var first: [Float] = []
    /// The mean squared gradient; empty without one.
    private(set) var second: [Float] = []

    /// An optimizer that has not made a step.
    public init(_ rule: Rule = .sgd(momentum: 0.9), decay: Double = 0) { (self.rule, self.decay) = (rule, decay) }

    /// The same optimizer in the middle of a training.
    init(_ optimizer: Optimizer, steps: Int, first: [Float], second: [Float]) {
        self = optimizer
        (self.steps, self.first, self.second) = (steps, first, second)
    }

    /// The names of what it remembers, for files.
    var slots: [String] {
        switch rule {
        case .sgd(let momentum, _): momentum == 0 ? [] : ["momentum"]
        case .adam, .adamW: ["mean", "square"]
        }
    }

    /// Moves each tensor one step down its gradient; decay applies to all.
    /// - Precondition: as many gradients as parameters, of the same shapes, the same at every step.
    public mutating func descend(_ parameters: inout [Tensor], along gradients: [Tensor], rate: Double) {
        require(
            parameters.map(\.shape) == gradients.map(\.shape),
            "gradients of shapes \(gradients.map(\.shape)) for parameters of shapes \(parameters.map(\.shape))")
        var values = parameters.flatMap(\.scalars)
        descend(&values, along: gradients.flatMap(\.scalars), rate: rate, decaying: [0..<values.count])
        var start = 0
        parameters = parameters.map { parameter in
            defer { start += parameter.count }
            return Tensor(shape: parameter.shape, scalars: Array(values[start..<start + parameter.count]))
        }
    }

    /// Moves all parameters, one behind the other; decay applies to the given parts.
    mutating func descend(_ parameters: inout [Float], along gradients: [Float], rate: Double, decaying parts: [Range<Int>]) {
        require(
            parameters.count == gradients.count && (first.isEmpty || first.count == parameters.count),
            "the optimizer moves \(first.isEmpty ? parameters.count : first.count) parameters, not \(gradients.count)")
        if !slots.isEmpty, first.isEmpty { first = [Float](repeating: 0, count: parameters.count) }
        if slots.count > 1, second.isEmpty { second = [Float](repeating: 0, count: parameters.count) }
        steps += 1
        // Parts with decay and those between them.
        var place = 0
        for part in parts {
            update(&parameters, gradients, place..<part.lowerBound, rate: rate, decay: 0)
            update(&parameters, gradients, part, rate: rate, decay: decay)
            place = part.upperBound
        }
        update(&parameters, gradients, place..<parameters.count, rate: rate, decay: 0)
    }

    private mutating func update(_ parameters: inout [Float], _ gradients: [Float], _ part: Range<Int>, rate: Double, decay: Double) {
        guard !part.isEmpty else { return }
        let steps = steps
        parameters.withUnsafeMutableBufferPointer { p in
            gradients.withUnsafeBufferPointer { g in
                first.withUnsafeMutableBufferPointer { m in
                    second.withUnsafeMutableBufferPointer { v in
                        switch rule {
                        case .sgd(let momentum, let nesterov):
                            let (rate, decay, keep) = (Float(rate), Float(decay), Float(momentum))
                            for i in part {
                                var gradient = g[i] + decay * p[i]
                                if momentum != 0 {
                                    m[i] = steps == 1 ? gradient : keep * m[i] + gradient
                                    gradient = nesterov ? gradient + keep * m[i] : m[i]
                                }
                                p[i] -= rate * gradient
                            }
                        case .adam(let beta1, let beta2, let epsilon), .adamW(let beta1, let beta2, let epsilon):
                            let isDecoupled = if case .adamW = rule { true } else { false }
                            let shrink = Float(isDecoupled ? 1 - rate * decay : 1), added = Float(isDecoupled ? 0 : decay)
                            let (keep1, keep2, take1, take2) = (Float(beta1), Float(beta2), Float(1 - beta1), Float(1 - beta2))
                            let size = Float(rate / (1 - pow(beta1, Double(steps))))
                            let correction = Float(1 / (1 - pow(beta2, Double(steps))).squareRoot()), epsilon = Float(epsilon)
                            for i in part {
                                let gradient = g[i] + added * p[i]
                                m[i] = keep1 * m[i] + take1 * gradient
                                v[i] = keep2 * v[i] + take2 * gradient * gradient
                                p[i] = p[i] * shrink - size * m[i] / (v[i].squareRoot() * correction + epsilon)
                            }
                        }
                    }
                }
            }
        }
    }
}
