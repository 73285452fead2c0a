import Foundation

/// How the rate of learning changes over a training, as a factor of its largest value.
///
///     Schedule.warmUp(steps: 100, then: .cosine())
public indirect enum Schedule: Hashable, Sendable {
    case constant
    /// Half a cosine from 1 to `final` (Loshchilov & Hutter 2017, without restarts).
    case cosine(final: Double = 0)
    /// Half a cosine up from `1 / initialDivisor` for a share of the steps, then one down to `1 / (initialDivisor * finalDivisor)`
    /// (Smith & Topin 2018, in PyTorch's form). ``TrainingSettings/momentumCycle`` is the momentum's part of it.
    case oneCycle(warmUpShare: Double = 0.3, initialDivisor: Double = 25, finalDivisor: Double = 1e4)
    /// Times `factor` at each of these steps.
    case steps(at: [Int], factor: Double = 0.1)
    /// A straight line to 1 in so many steps, then another schedule over the rest.
    case warmUp(steps: Int, then: Schedule = .constant)

    /// The factor of a step, counted from 0, in a training of `total` steps.
    public func factor(step: Int, of total: Int) -> Double {
        switch self {
        case .constant: return 1
        case .cosine(let final): return Self.anneal(from: 1, to: final, Double(step) / Double(max(total, 1)))
        case .oneCycle(let share, let initialDivisor, let finalDivisor):
            let top = share * Double(total) - 1, end = Double(total - 1), first = 1 / initialDivisor
            if Double(step) <= top { return Self.anneal(from: first, to: 1, top > 0 ? Double(step) / top : 1) }
            return Self.anneal(from: 1, to: first / finalDivisor, end > top ? (Double(step) - top) / (end - top) : 1)
        case .steps(let places, let factor): return pow(factor, Double(places.count { $0 <= step }))
        case .warmUp(let steps, let then):
            return step < steps ? Double(step + 1) / Double(steps) : then.factor(step: step - steps, of: max(total - steps, 1))
        }
    }

    /// The momentum of a step of ``oneCycle(warmUpShare:initialDivisor:finalDivisor:)``, which goes down from the largest to the smallest
    /// while the rate goes up, and back up with it coming down, as PyTorch's `cycle_momentum` does; nil for schedules without a cycle.
    public func momentum(step: Int, of total: Int, in cycle: ClosedRange<Double>) -> Double? {
        switch self {
        case .oneCycle(let share, _, _):
            let top = share * Double(total) - 1, end = Double(total - 1), (low, high) = (cycle.lowerBound, cycle.upperBound)
            if Double(step) <= top { return Self.anneal(from: high, to: low, top > 0 ? Double(step) / top : 1) }
            return Self.anneal(from: low, to: high, end > top ? (Double(step) - top) / (end - top) : 1)
        case .warmUp(let steps, let then):
            return then.momentum(step: max(step - steps, 0), of: max(total - steps, 1), in: cycle)
        case .constant, .cosine, .steps: return nil
        }
    }

    private static func anneal(from: Double, to: Double, _ share: Double) -> Double {
        to + (from - to) / 2 * (1 + cos(.pi * min(max(share, 0), 1)))
    }
}
