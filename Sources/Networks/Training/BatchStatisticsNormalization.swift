import CVector
import Tensors

/// Batch normalization (Ioffe & Szegedy 2015) as it is while training: every channel is normalized with its own mean and variance over the
/// batch, and the gradient goes through both.
///
///     y = (x - mean(x)) / sqrt(variance(x) + epsilon) * gamma + beta
///
/// The averages that replace the batch's statistics after training follow them with ``momentum``, the variance as the unbiased estimate,
/// as in PyTorch. ``trained()`` is the layer with these.
public struct BatchStatisticsNormalization: TrainableLayer {
    /// `[channel]`.
    public let gamma: Tensor
    /// `[channel]`.
    public let beta: Tensor
    /// Running averages, `[channel]`.
    public let mean: Tensor
    public let variance: Tensor
    public let epsilon: Double
    /// What share of the running averages one batch replaces.
    public let momentum: Double
    /// What the last forward pass found; a layer is used by one training at a time.
    private let batch = BatchStatistics()

    /// - Throws: ``LayerError`` when the shapes differ.
    public init(gamma: Tensor, beta: Tensor, mean: Tensor, variance: Tensor, epsilon: Double = 1e-5, momentum: Double = 0.1) throws {
        guard gamma.rank == 1, gamma.count > 0, [beta, mean, variance].allSatisfy({ $0.shape == gamma.shape }) else {
            throw LayerError("the statistics of a batch normalization are all [channel], not \([gamma, beta, mean, variance].map(\.shape))")
        }
        guard epsilon > 0, (0...1).contains(momentum) else {
            throw LayerError("a batch normalization has an epsilon above 0 and a momentum in 0...1, not \(epsilon) and \(momentum)")
        }
        (self.gamma, self.beta, self.mean, self.variance) = (gamma, beta, mean, variance)
        (self.epsilon, self.momentum) = (epsilon, momentum)
    }

    /// A layer that has seen nothing: gain 1, shift 0, and averages of 0 and 1.
    /// - Throws: ``LayerError`` without channels.
    public init(channels: Int, epsilon: Double = 1e-5, momentum: Double = 0.1) throws {
        let (one, zero) = (Tensor(repeating: 1, shape: [max(channels, 0)]), Tensor(zeros: [max(channels, 0)]))
        try self.init(gamma: one, beta: zero, mean: zero, variance: one, epsilon: epsilon, momentum: momentum)
    }

    /// The layer as it is after training, with the running averages.
    /// - Throws: ``LayerError`` when they are not finite.
    public func trained() throws -> BatchNormalization {
        try BatchNormalization(gamma: gamma, beta: beta, mean: mean, variance: variance, epsilon: epsilon)
    }

    /// The layer with running averages that include the batch of the last forward pass.
    public func followingBatch() throws -> BatchStatisticsNormalization {
        guard batch.mean.count == gamma.count else { return self }
        func follow(_ average: Tensor, _ value: [Double]) -> Tensor {
            Tensor(zip(average.scalars, value).map { old, new -> Float in Float((1 - momentum) * Double(old) + momentum * new) })
        }
        let unbiased = batch.pixels > 1 ? Double(batch.pixels) / Double(batch.pixels - 1) : 1
        return try BatchStatisticsNormalization(
            gamma: gamma, beta: beta, mean: follow(mean, batch.mean), variance: follow(variance, batch.variance.map { $0 * unbiased }),
            epsilon: epsilon, momentum: momentum)
    }

    // MARK: TrainableLayer

    public var parameters: [LayerParameter] { [LayerParameter("gamma", gamma, decays: false), LayerParameter("beta", beta, decays: false)] }

    public func replacing(parameters: [Tensor]) throws -> BatchStatisticsNormalization {
        guard parameters.map(\.shape) == [gamma.shape, beta.shape] else {
            throw LayerError("a batch normalization of \(gamma.count) channels cannot take the parameters \(parameters.map(\.shape))")
        }
        return try BatchStatisticsNormalization(
            gamma: parameters[0], beta: parameters[1], mean: mean, variance: variance, epsilon: epsilon, momentum: momentum)
    }

    /// The same layer with other running averages.
    /// - Throws: ``LayerError`` when the shapes do not fit.
    public func replacing(mean: Tensor, variance: Tensor) throws -> BatchStatisticsNormalization {
        try BatchStatisticsNormalization(gamma: gamma, beta: beta, mean: mean, variance: variance, epsilon: epsilon, momentum: momentum)
    }

    public func outputShape(for input: ActivationShape) throws -> ActivationShape {
        guard input.channels == gamma.count else {
            throw LayerError("the batch normalization takes \(gamma.count) channels, not \(input)")
        }
        return input
    }

    public func scratchCount(for input: ActivationShape, batch: Int) -> Int { ActivationView.channelSumScratch(input.channels) }
    public func parameterScratchCount(for input: ActivationShape, batch: Int) -> Int { ActivationView.channelSumScratch(input.channels) }

    public func forward(_ input: ActivationView, into output: ActivationView, scratch: UnsafeMutablePointer<Float>) {
        forward(input, into: output, rectified: false, scratch: scratch)
    }

    /// The normalization, followed by a ReLU when `rectified`.
    func forward(_ input: ActivationView, into output: ActivationView, rectified: Bool, scratch: UnsafeMutablePointer<Float>) {
        guard input.pixels > 0 else { return }
        batch.measure(input, epsilon: epsilon, scratch: scratch)
        var scales = [Float](repeating: 0, count: gamma.count), shifts = scales
        let (gamma, beta) = (gamma.scalars, beta.scalars)
        for channel in 0..<gamma.count {
            let scale = Double(gamma[channel]) / batch.deviation[channel]
            scales[channel] = Float(scale)
            shifts[channel] = Float(Double(beta[channel]) - batch.mean[channel] * scale)
        }
        if rectified {
            vector_affine_rectify(output.vector, input.vector, scales, shifts, input.pixels, input.channels)
        } else {
            vector_affine(output.vector, input.vector, scales, shifts, input.pixels, input.channels, 0)
        }
    }

    public func backwardNeeds(_ rules: BackwardRules) -> BackwardNeeds { .input }

    public func sumParameterGradients(
        _ outputGradient: ActivationView, input: ActivationView, into gradients: [UnsafeMutablePointer<Float>],
        scratch: UnsafeMutablePointer<Float>
    ) {
        batch.measure(gradient: outputGradient, at: input, scratch: scratch)
        for channel in 0..<gamma.count {
            gradients[0][channel] = Float(batch.alignment[channel] / batch.deviation[channel])
            gradients[1][channel] = Float(batch.gradientSum[channel])
        }
    }

    /// With n pixels and normalized inputs z, `dx = gamma / deviation * (g - sum(g) / n - z * sum(g z) / n)`.
    public func backward(
        _ outputGradient: ActivationView, recorded: RecordedActivations, into inputGradient: ActivationView, accumulate: Bool,
        rules: BackwardRules, scratch: UnsafeMutablePointer<Float>
    ) {
        guard let input = recorded.input, input.pixels > 0 else { return }
        // The sums for the parameters are those for the input.
        if batch.gradientSum.isEmpty { batch.measure(gradient: outputGradient, at: input, scratch: scratch) }
        let n = Double(input.pixels), count = gamma.count
        var gains = [Float](repeating: 0, count: count), slopes = gains, shifts = gains
        gamma.withUnsafeScalars { gamma in
            for channel in 0..<count {
                let gain = Double(gamma[channel]) / batch.deviation[channel]
                let slope = -gain * batch.alignment[channel] / (batch.deviation[channel] * batch.deviation[channel] * n)
                gains[channel] = Float(gain)
                slopes[channel] = Float(slope)
                shifts[channel] = Float(-gain * batch.gradientSum[channel] / n - slope * batch.mean[channel])
            }
        }
        vector_blend(
            inputGradient.vector, outputGradient.vector, input.vector, gains, slopes, shifts, input.pixels, input.channels,
            accumulate ? 1 : 0)
    }
}

/// What one forward and backward pass found over a batch, for every channel.
///
/// @unchecked Sendable: a layer in training is used by one run at a time.
private final class BatchStatistics: @unchecked Sendable {
    var mean: [Double] = [], variance: [Double] = []
    /// `sqrt(variance + epsilon)`
    var deviation: [Double] = []
    var pixels = 0
    /// Sums of the output's gradient, and of its products with `x - mean`; empty until they are known.
    var gradientSum: [Double] = [], alignment: [Double] = []

    /// Sums are taken around the first pixel's values, so that a mean far from zero costs no digits.
    func measure(_ input: ActivationView, epsilon: Double, scratch: UnsafeMutablePointer<Float>) {
        let shift = Array(UnsafeBufferPointer(start: input.base, count: input.channels))
        let (sums, squares) = input.channelSums(shift: shift, with: input, otherShift: shift, scratch: scratch)
        let n = Double(input.pixels)
        pixels = input.pixels
        mean = zip(sums, shift).map { $0 / n + Double($1) }
        variance = zip(sums, squares).map { sum, square -> Double in max(0, square / n - (sum / n) * (sum / n)) }
        deviation = variance.map { ($0 + epsilon).squareRoot() }
        (gradientSum, alignment) = ([], [])
    }

    func measure(gradient: ActivationView, at input: ActivationView, scratch: UnsafeMutablePointer<Float>) {
        let shift = mean.map(Float.init)
        let (sums, products) = gradient.channelSums(with: input, otherShift: shift, scratch: scratch)
        gradientSum = sums
        // What rounding the means to floats left out.
        alignment = sums.indices.map { products[$0] - sums[$0] * (mean[$0] - Double(shift[$0])) }
    }
}
