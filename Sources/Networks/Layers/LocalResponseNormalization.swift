import CVector
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

    public var reach: Reach { .position }

    public func outputShape(for input: ActivationShape) -> ActivationShape { input }

    /// The derivative at zero.
    var fixedGain: Float { pow(bias, -beta) }

    private var constants: vector_normalization {
        vector_normalization(radius: Int32(clamping: radius), bias: bias, alpha: alpha, beta: beta)
    }

    public func forward(_ input: ActivationView, into output: ActivationView, scratch: UnsafeMutablePointer<Float>) {
        var constants = constants
        vector_normalize(&constants, output.vector, input.vector, input.pixels, input.channels)
    }

    public func backwardNeeds(_ rules: BackwardRules) -> BackwardNeeds { rules.normalization == .fixedGain ? [] : .input }

    public func backward(
        _ outputGradient: ActivationView, recorded: RecordedActivations, into inputGradient: ActivationView, accumulate: Bool,
        rules: BackwardRules, scratch: UnsafeMutablePointer<Float>
    ) {
        guard rules.normalization != .fixedGain, let input = recorded.input else {
            inputGradient.take(outputGradient, scale: fixedGain, accumulate: accumulate)
            return
        }
        var constants = constants
        vector_normalize_gradient(
            &constants, inputGradient.vector, outputGradient.vector, input.vector, input.pixels, input.channels, accumulate ? 1 : 0)
    }
}
