import CVector
import Foundation
import Tensors

/// Batch normalization (Ioffe & Szegedy 2015) as it is after training, with fixed statistics:
///
///     y = (x - mean) / sqrt(variance + epsilon) * gamma + beta
///
/// ``Graph/foldingBatchNormalizations()`` makes it part of the convolution before it.
public struct BatchNormalization: NetworkLayer {
    /// `gamma / sqrt(variance + epsilon)`: `[channel]`.
    public let scale: Tensor
    /// `beta - mean * scale`: `[channel]`.
    public let shift: Tensor

    /// - Parameters: all `[channel]`; `epsilon` is PyTorch's by default (TensorFlow's layers take 1e-3).
    /// - Throws: ``LayerError`` when the shapes differ, or a variance is not above `-epsilon`.
    public init(gamma: Tensor, beta: Tensor, mean: Tensor, variance: Tensor, epsilon: Double = 1e-5) throws {
        guard gamma.rank == 1, gamma.count > 0, [beta, mean, variance].allSatisfy({ $0.shape == gamma.shape }) else {
            throw LayerError("the statistics of a batch normalization are all [channel], not \([gamma, beta, mean, variance].map(\.shape))")
        }
        guard variance.scalars.allSatisfy({ Double($0) + epsilon > 0 }) else {
            throw LayerError(
                "the variances of a batch normalization with epsilon are positive; the smallest is \(variance.scalars.min() ?? 0)")
        }
        let scales = zip(gamma.scalars, variance.scalars).map { Double($0) / (Double($1) + epsilon).squareRoot() }
        scale = Tensor(scales.map(Float.init))
        shift = Tensor(zip(zip(beta.scalars, mean.scalars), scales).map { Float(Double($0.0) - Double($0.1) * $1) })
    }

    /// `x * scale + shift`, by channel: a normalization whose statistics are worked in already, or any other affine layer.
    /// - Throws: ``LayerError`` unless both are `[channel]`.
    public init(scale: Tensor, shift: Tensor) throws {
        guard scale.rank == 1, scale.count > 0, shift.shape == scale.shape else {
            throw LayerError("the scale and the shift of a normalization are [channel], not \(scale.shape) and \(shift.shape)")
        }
        (self.scale, self.shift) = (scale, shift)
    }

    public func outputShape(for input: ActivationShape) throws -> ActivationShape {
        guard input.channels == scale.count else {
            throw LayerError("the batch normalization takes \(scale.count) channels, not \(input)")
        }
        return input
    }

    public func forward(_ input: ActivationView, into output: ActivationView, scratch: UnsafeMutablePointer<Float>) {
        scale.withUnsafeScalars { scale in
            shift.withUnsafeScalars { shift in
                vector_affine(output.vector, input.vector, scale.baseAddress, shift.baseAddress, input.pixels, input.channels, 0)
            }
        }
    }

    public func backward(
        _ outputGradient: ActivationView, recorded: RecordedActivations, into inputGradient: ActivationView, accumulate: Bool,
        rules: BackwardRules, scratch: UnsafeMutablePointer<Float>
    ) {
        scale.withUnsafeScalars { scale in
            vector_affine(
                inputGradient.vector, outputGradient.vector, scale.baseAddress, nil, inputGradient.pixels, inputGradient.channels,
                accumulate ? 1 : 0)
        }
    }

    /// The convolution followed by this normalization, as one convolution.
    /// - Throws: ``LayerError`` when the channels differ.
    public func folded(into convolution: Convolution) throws -> Convolution {
        let outputs = convolution.outputChannels
        guard outputs == scale.count else {
            throw LayerError("a normalization of \(scale.count) channels does not fold into a convolution with \(outputs) outputs")
        }
        var weights = convolution.weights, bias = convolution.bias
        weights.withUnsafeMutableScalars { w in
            for i in 0..<w.count { w[i] *= scale.scalars[i % outputs] }
        }
        bias.withUnsafeMutableScalars { b in
            for i in 0..<outputs { b[i] = b[i] * scale.scalars[i] + shift.scalars[i] }
        }
        return try convolution.replacing(weights: weights, bias: bias)
    }
}
