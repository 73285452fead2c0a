import Tensors

/// Dropout (Srivastava et al. 2014) as it is while training: every element is zero with probability `rate`, and the others are divided by
/// `1 - rate`. Which ones depends on the seed, the stream and the element's place alone.
public struct Dropout: NetworkLayer {
    public let rate: Double
    private let seed: UInt64
    private let stream: UInt64

    /// - Parameter stream: another one for every step.
    /// - Precondition: `rate` is in `0..<1`.
    public init(rate: Double, seed: UInt64, stream: UInt64 = 0) {
        require((0..<1).contains(rate), "dropout of \(rate), which is not in 0..<1")
        (self.rate, self.seed, self.stream) = (rate, seed, stream)
    }

    /// The layer of another step.
    func at(step: Int) -> Dropout { Dropout(rate: rate, seed: seed, stream: UInt64(step)) }

    public func outputShape(for input: ActivationShape) -> ActivationShape { input }

    public func forward(_ input: ActivationView, into output: ActivationView, scratch: UnsafeMutablePointer<Float>) {
        pass(input, into: output, accumulate: false)
    }

    public func backward(
        _ outputGradient: ActivationView, recorded: RecordedActivations, into inputGradient: ActivationView, accumulate: Bool,
        rules: BackwardRules, scratch: UnsafeMutablePointer<Float>
    ) {
        pass(outputGradient, into: inputGradient, accumulate: accumulate)
    }

    private func pass(_ from: ActivationView, into to: ActivationView, accumulate: Bool) {
        var random = CounterRandom(seed: seed, stream: stream)
        let scale = Float(1 / (1 - rate))
        for pixel in 0..<from.pixels {
            let (x, y) = (from.base + pixel * from.pixelStride, to.base + pixel * to.pixelStride)
            for channel in 0..<from.channels {
                let value = random.uniform() < rate ? 0 : x[channel] * scale
                y[channel] = accumulate ? y[channel] + value : value
            }
        }
    }
}
