/// One step of a training.
public struct TrainingProgress: Sendable, CustomStringConvertible {
    /// Steps made so far, this one included.
    public let step: Int
    /// Steps in all.
    public let steps: Int
    /// Passes over the data completed before this step.
    public let epoch: Int
    /// The mean loss of the batch, before the step, in nats.
    public let loss: Double
    /// The rate of learning of this step.
    public let rate: Double
    /// The norm of the gradient before it was clipped.
    public let gradientNorm: Double
    /// The share of the batch that was classified rightly, before the step.
    public let accuracy: Double

    public var description: String {
        "step \(step) of \(steps), epoch \(epoch): loss \(Self.rounded(loss)), \(Self.rounded(100 * accuracy)) % of the batch right"
    }

    private static func rounded(_ value: Double) -> String {
        value.isFinite && abs(value) < 1e6 ? "\((value * 1000).rounded() / 1000)" : "\(value)"
    }
}
