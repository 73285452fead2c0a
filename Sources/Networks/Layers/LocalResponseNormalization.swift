import Foundation

/// Normalization across neighbouring channels (Krizhevsky et al. 2012), with TensorFlow's constants, unscaled:
///
///     y[c] = x[c] / (bias + alpha * sum of x[j]^2 over |j - c| <= radius) ^ beta
///
/// PyTorch divides `alpha` by the window: InceptionV1's is `local_response_norm(size: 11, alpha: 1.1e-3, beta: 0.5, k: 2)` there.
public struct LocalResponseNormalization: NetworkLayer {
    public let radius: Int
    public let bias: Float
    public let alpha: Float
    public let beta: Float

    /// The defaults are InceptionV1's.
    /// - Precondition: `radius` is not negative.
    public init(radius: Int = 5, bias: Float = 2, alpha: Float = 1e-4, beta: Float = 0.5) {
        precondition(radius >= 0, "a window radius of \(radius)")
        (self.radius, self.bias, self.alpha, self.beta) = (radius, bias, alpha, beta)
    }

    public func outputShape(for input: ActivationShape) -> ActivationShape { input }

    public func scratchCount(for input: ActivationShape, batch: Int) -> Int { 4 * (input.channels + 2 * radius) }

    /// The derivative at zero.
    var fixedGain: Float { pow(bias, -beta) }

    public func forward(_ input: ActivationView, into output: ActivationView, scratch: UnsafeMutablePointer<Float>) {
        let channels = input.channels
        var window = SlidingWindowSum(channels: channels, radius: radius, scratch: scratch)
        let scale = window.sums
        for p in 0..<input.pixels {
            let x = input.base + p * input.pixelStride, y = output.base + p * output.pixelStride
            for c in 0..<channels { window.values[c] = x[c] * x[c] }
            window.sum()
            if beta == 0.5 {
                for c in 0..<channels { y[c] = x[c] / (bias + alpha * scale[c]).squareRoot() }
            } else {
                for c in 0..<channels { y[c] = x[c] * pow(bias + alpha * scale[c], -beta) }
            }
        }
    }

    public func backwardNeeds(_ rules: BackwardRules) -> BackwardNeeds { rules.normalization == .fixedGain ? [] : .input }

    public func backward(
        _ outputGradient: ActivationView, recorded: RecordedActivations, into inputGradient: ActivationView, accumulate: Bool,
        rules: BackwardRules, scratch: UnsafeMutablePointer<Float>
    ) {
        let channels = inputGradient.channels
        if !accumulate { inputGradient.clear() }
        guard rules.normalization != .fixedGain, let input = recorded.input else {
            let gain = fixedGain
            for p in 0..<inputGradient.pixels {
                let g = outputGradient.base + p * outputGradient.pixelStride
                let d = inputGradient.base + p * inputGradient.pixelStride
                for c in 0..<channels { d[c] += g[c] * gain }
            }
            return
        }
        // d[j] = g[j] s[j]^-beta - 2 alpha beta x[j] * sum of g[c] x[c] s[c]^(-beta - 1) over |c - j| <= radius
        var window = SlidingWindowSum(channels: channels, radius: radius, scratch: scratch)
        let sums = window.sums, factor = 2 * alpha * beta
        for p in 0..<input.pixels {
            let x = input.base + p * input.pixelStride
            let g = outputGradient.base + p * outputGradient.pixelStride
            let d = inputGradient.base + p * inputGradient.pixelStride
            for c in 0..<channels { window.values[c] = x[c] * x[c] }
            window.sum()
            if beta == 0.5 {
                for c in 0..<channels {
                    let scale = bias + alpha * sums[c]
                    let direct = g[c] / scale.squareRoot()
                    d[c] += direct
                    window.values[c] = direct * x[c] / scale
                }
            } else {
                for c in 0..<channels {
                    let scale = bias + alpha * sums[c]
                    let direct = g[c] * pow(scale, -beta)
                    d[c] += direct
                    window.values[c] = direct * x[c] / scale
                }
            }
            window.sum()
            for c in 0..<channels { d[c] -= factor * x[c] * sums[c] }
        }
    }
}
