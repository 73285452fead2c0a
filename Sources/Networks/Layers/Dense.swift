import Tensors

/// A fully connected layer on vectors: `x W + b`.
public struct Dense: NetworkLayer {
    /// `[in, out]`.
    public let weights: Tensor
    /// `[out]`.
    public let bias: Tensor

    /// - Throws: ``LayerError`` when the shapes do not fit each other.
    public init(weights: Tensor, bias: Tensor) throws {
        guard weights.rank == 2, weights.shape.allSatisfy({ $0 > 0 }), bias.shape == [weights.shape[1]] else {
            throw LayerError("a dense layer has weights [in, out] and a bias [out], not \(weights.shape) and \(bias.shape)")
        }
        (self.weights, self.bias) = (weights, bias)
    }

    public func outputShape(for input: ActivationShape) throws -> ActivationShape {
        guard !input.isSpatial, input.channels == weights.shape[0] else {
            throw LayerError("the dense layer takes [\(weights.shape[0])], not \(input)")
        }
        return ActivationShape(channels: weights.shape[1])
    }

    public func forward(_ input: ActivationView, into output: ActivationView, scratch: UnsafeMutablePointer<Float>) {
        weights.withUnsafeScalars { w in
            bias.withUnsafeScalars { b in
                guard let w = w.baseAddress else { return }
                matrixMultiply(
                    m: input.batch, n: output.channels, k: input.channels, input.base, lda: input.pixelStride,
                    w, ldb: output.channels, output.base, ldc: output.pixelStride)
                for image in 0..<output.batch {
                    let y = output.base + image * output.pixelStride
                    for c in 0..<output.channels { y[c] += b[c] }
                }
            }
        }
    }

    public func backward(
        _ outputGradient: ActivationView, recorded: RecordedActivations, into inputGradient: ActivationView, accumulate: Bool,
        rules: BackwardRules, scratch: UnsafeMutablePointer<Float>
    ) {
        weights.withUnsafeScalars { w in
            guard let w = w.baseAddress else { return }
            matrixMultiply(
                m: outputGradient.batch, n: inputGradient.channels, k: outputGradient.channels, outputGradient.base,
                lda: outputGradient.pixelStride, w, ldb: outputGradient.channels, transposeB: true, beta: accumulate ? 1 : 0,
                inputGradient.base, ldc: inputGradient.pixelStride)
        }
    }
}
