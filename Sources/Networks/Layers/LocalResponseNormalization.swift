import Foundation
import Tensors

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
        require(radius >= 0, "a window radius of \(radius)")
        (self.radius, self.bias, self.alpha, self.beta) = (radius, bias, alpha, beta)
    }

    public func outputShape(for input: ActivationShape) -> ActivationShape { input }

    public func scratchCount(for input: ActivationShape, batch: Int) -> Int {
        SlidingWindowSum.scratchCount(channels: input.channels, radius: radius)
    }

    /// The derivative at zero.
    var fixedGain: Float { pow(bias, -beta) }

    public func forward(_ input: ActivationView, into output: ActivationView, scratch: UnsafeMutablePointer<Float>) {
        let channels = input.channels
        let window = SlidingWindowSum(channels: channels, radius: radius, scratch: scratch)
        for first in stride(from: 0, to: input.pixels, by: window.capacity) {
            let count = min(window.capacity, input.pixels - first)
            computeGains(input, first, count, window)
            for p in 0..<count {
                let x = input.base + (first + p) * input.pixelStride, y = output.base + (first + p) * output.pixelStride
                let gains = window.sums + p * window.stride
                for c in 0..<channels { y[c] = x[c] * gains[c] }
            }
        }
    }

    /// What each of `count` pixels from `first` on is multiplied by: `window.sums` become `(bias + alpha * sum) ^ -beta`.
    private func computeGains(_ input: ActivationView, _ first: Int, _ count: Int, _ window: SlidingWindowSum) {
        for p in 0..<count {
            let x = input.base + (first + p) * input.pixelStride, squares = window.values + p * window.stride
            for c in 0..<input.channels { squares[c] = x[c] * x[c] }
        }
        window.sum(pixels: count)
        let (bias, alpha) = (bias, alpha)
        let gains = window.sums
        if beta == 0.5 {
            for i in 0..<count * window.stride - 2 * radius { gains[i] = Self.inverseSquareRoot(bias + alpha * gains[i]) }
        } else {
            for i in 0..<count * window.stride - 2 * radius { gains[i] = pow(bias + alpha * gains[i], -beta) }
        }
    }

    /// `1 / sqrt(x)` to the last bits, for positive numbers, in operations that the compiler vectorizes (a square root is not, as it
    /// has to handle negative numbers): a first guess from the exponent, then Newton's method.
    @inline(__always)
    private static func inverseSquareRoot(_ x: Float) -> Float {
        var y = Float(bitPattern: 0x5F37_59DF &- (x.bitPattern &>> 1))
        let half = 0.5 * x
        y *= 1.5 - half * y * y
        y *= 1.5 - half * y * y
        y *= 1.5 - half * y * y
        return y
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
        // With the gain s^-beta: d[j] = g[j] s[j]^-beta - 2 alpha beta x[j] * sum of g[c] x[c] s[c]^(-beta - 1) over |c - j| <= radius
        let window = SlidingWindowSum(channels: channels, radius: radius, scratch: scratch)
        let factor = 2 * alpha * beta
        for first in stride(from: 0, to: input.pixels, by: window.capacity) {
            let count = min(window.capacity, input.pixels - first)
            computeGains(input, first, count, window)
            for p in 0..<count {
                let x = input.base + (first + p) * input.pixelStride
                let g = outputGradient.base + (first + p) * outputGradient.pixelStride
                let d = inputGradient.base + (first + p) * inputGradient.pixelStride
                let gains = window.sums + p * window.stride, terms = window.values + p * window.stride
                for c in 0..<channels { d[c] += g[c] * gains[c] }
                if beta == 0.5 {
                    for c in 0..<channels { terms[c] = g[c] * x[c] * (gains[c] * gains[c] * gains[c]) }
                } else {
                    for c in 0..<channels { terms[c] = g[c] * x[c] * pow(gains[c], 1 + 1 / beta) }
                }
            }
            window.sum(pixels: count)
            for p in 0..<count {
                let x = input.base + (first + p) * input.pixelStride
                let d = inputGradient.base + (first + p) * inputGradient.pixelStride
                let sums = window.sums + p * window.stride
                for c in 0..<channels { d[c] -= factor * x[c] * sums[c] }
            }
        }
    }
}
