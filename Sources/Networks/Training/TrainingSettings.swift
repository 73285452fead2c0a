/// How a network is trained. Together with the seed and the data it decides every bit of the result.
public struct TrainingSettings: Hashable, Sendable {
    /// Pictures in one step.
    public var batch: Int
    /// Steps in all; schedules are laid over them.
    public var steps: Int
    public var rule: Optimizer.Rule
    /// The largest rate of learning; ``schedule`` changes it.
    public var rate: Double
    public var schedule: Schedule
    /// Between what the momentum (of Adam the first beta) moves in a ``Schedule/oneCycle(warmUpShare:initialDivisor:finalDivisor:)``:
    /// PyTorch's `cycle_momentum`, whose range is `0.85...0.95`. Nil leaves it as the rule says.
    public var momentumCycle: ClosedRange<Double>?
    /// Weight decay of weights; biases and normalizations have none.
    public var decay: Double
    /// Gradients of a larger norm are scaled down to this; nil leaves them.
    public var clippedNorm: Double?
    /// Label smoothing of the loss.
    public var smoothing: Double
    /// Of the order of the pictures and of dropout.
    public var seed: UInt64

    public init(
        batch: Int = 64, steps: Int, rule: Optimizer.Rule = .sgd(momentum: 0.9), rate: Double = 0.05, schedule: Schedule = .constant,
        momentumCycle: ClosedRange<Double>? = nil, decay: Double = 0, clippedNorm: Double? = nil, smoothing: Double = 0, seed: UInt64 = 0
    ) {
        (self.batch, self.steps, self.rule, self.rate, self.schedule) = (batch, steps, rule, rate, schedule)
        self.momentumCycle = momentumCycle
        (self.decay, self.clippedNorm, self.smoothing, self.seed) = (decay, clippedNorm, smoothing, seed)
    }

    func check() throws {
        guard batch > 0, steps > 0 else {
            throw TrainingError.settings("a training has steps of at least one picture, not \(steps) steps of \(batch)")
        }
        guard rate > 0, rate.isFinite, decay >= 0, decay.isFinite, (0...1).contains(smoothing) else {
            throw TrainingError.settings(
                "a rate is above 0, a decay at least 0, and a smoothing in 0...1; not \(rate), \(decay) and \(smoothing)")
        }
        if let momentumCycle {
            guard (0..<1).contains(momentumCycle.lowerBound), momentumCycle.upperBound < 1, rule != .sgd() else {
                throw TrainingError.settings("a cycle of momentum lies in 0..<1 and needs a rule with momentum, unlike \(momentumCycle) of \(rule)")
            }
            guard schedule.momentum(step: 0, of: steps, in: momentumCycle) != nil else {
                throw TrainingError.settings("the schedule \(schedule) has no cycle for the momentum; take .oneCycle()")
            }
        }
        if let clippedNorm, !(clippedNorm > 0) {
            throw TrainingError.settings("gradients are clipped to a norm above 0, not \(clippedNorm)")
        }
    }

    /// Everything, in one line, for files.
    var fingerprint: String {
        let clipping = clippedNorm.map { "\($0)" } ?? "none"
        // What is not cycled is not named: checkpoints of such trainings stay what they were.
        let cycle = momentumCycle.map { ", momentum \($0.lowerBound) to \($0.upperBound)" } ?? ""
        return "batch \(batch), steps \(steps), \(rule), rate \(rate), \(schedule)\(cycle), decay \(decay), clipped norm \(clipping), "
            + "smoothing \(smoothing), seed \(seed)"
    }
}
