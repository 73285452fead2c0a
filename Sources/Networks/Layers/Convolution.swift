import Tensors

/// A 2-D convolution with TensorFlow's SAME padding (``SamePadding``), any odd or even kernel size and stride.
///
/// With NHWC activations and `[height, width, in, out]` weights it is a matrix product of patches and weights; for 1x1 and
/// stride 1 the activations are the patches. Other sizes gather the patches in bounded chunks.
public struct Convolution: NetworkLayer {
    /// `[kernel height, kernel width, in, out]`.
    public let weights: Tensor
    /// `[out]`.
    public let bias: Tensor
    /// Input pixels from one output to the next, on both axes.
    public let stride: Int

    /// - Throws: ``LayerError`` when the shapes do not fit each other.
    public init(weights: Tensor, bias: Tensor, stride: Int = 1) throws {
        guard weights.rank == 4, weights.shape.allSatisfy({ $0 > 0 }) else {
            throw LayerError("convolution weights are [height, width, in, out], not \(weights.shape)")
        }
        guard bias.shape == [weights.shape[3]] else {
            throw LayerError("a convolution with \(weights.shape[3]) outputs has a bias of [\(weights.shape[3])], not \(bias.shape)")
        }
        guard stride > 0 else { throw LayerError("the stride of a convolution is at least 1, not \(stride)") }
        (self.weights, self.bias, self.stride) = (weights, bias, stride)
    }

    public var kernelHeight: Int { weights.shape[0] }
    public var kernelWidth: Int { weights.shape[1] }
    public var inputChannels: Int { weights.shape[2] }
    public var outputChannels: Int { weights.shape[3] }
    var isPointwise: Bool { kernelHeight == 1 && kernelWidth == 1 && stride == 1 }
    /// Floats of one patch.
    var patch: Int { kernelHeight * kernelWidth * inputChannels }

    public func outputShape(for input: ActivationShape) throws -> ActivationShape {
        guard input.isSpatial, input.channels == inputChannels else {
            throw LayerError("the convolution takes [height, width, \(inputChannels)], not \(input)")
        }
        return ActivationShape(
            height: SamePadding(size: input.height, kernel: kernelHeight, stride: stride).output,
            width: SamePadding(size: input.width, kernel: kernelWidth, stride: stride).output, channels: outputChannels)
    }

    /// Patches in one chunk: about a megabyte, which stays in the second-level cache between gathering and multiplying.
    private var chunk: Int { max(64, (1 << 18) / patch) }

    public func scratchCount(for input: ActivationShape, batch: Int) -> Int {
        if isPointwise { return 0 }
        let outputs = batch * ((input.height + stride - 1) / stride) * ((input.width + stride - 1) / stride)
        return min(chunk, outputs) * patch
    }

    public func forward(_ input: ActivationView, into output: ActivationView, scratch: UnsafeMutablePointer<Float>) {
        forward(input, into: output, rectified: false, scratch: scratch)
    }

    /// The same, followed by a ReLU when `rectified`, while the values are in the cache.
    func forward(_ input: ActivationView, into output: ActivationView, rectified: Bool, scratch: UnsafeMutablePointer<Float>) {
        weights.withUnsafeScalars { w in
            bias.withUnsafeScalars { b in
                guard let w = w.baseAddress, let b = b.baseAddress else { return }
                if isPointwise {
                    matrixMultiply(
                        m: input.pixels, n: outputChannels, k: inputChannels, input.base, lda: input.pixelStride,
                        w, ldb: outputChannels, output.base, ldc: output.pixelStride)
                    Self.finish(output, 0..<output.pixels, bias: b, rectified: rectified)
                    return
                }
                let patches = PatchGeometry(self, input: input, output: output)
                var first = 0
                while first < output.pixels {
                    let rows = first..<min(first + chunk, output.pixels)
                    patches.gather(input, rows, into: scratch)
                    matrixMultiply(
                        m: rows.count, n: outputChannels, k: patch, scratch, lda: patch, w, ldb: outputChannels,
                        output.base + first * output.pixelStride, ldc: output.pixelStride)
                    Self.finish(output, rows, bias: b, rectified: rectified)
                    first = rows.upperBound
                }
            }
        }
    }

    private static func finish(_ output: ActivationView, _ pixels: Range<Int>, bias: UnsafePointer<Float>, rectified: Bool) {
        let channels = output.channels
        for p in pixels {
            let y = output.base + p * output.pixelStride
            if rectified {
                for c in 0..<channels { y[c] = max(y[c] + bias[c], 0) }
            } else {
                for c in 0..<channels { y[c] += bias[c] }
            }
        }
    }

    public func backward(
        _ outputGradient: ActivationView, recorded: RecordedActivations, into inputGradient: ActivationView, accumulate: Bool,
        rules: BackwardRules, scratch: UnsafeMutablePointer<Float>
    ) {
        weights.withUnsafeScalars { w in
            guard let w = w.baseAddress else { return }
            if isPointwise {
                matrixMultiply(
                    m: outputGradient.pixels, n: inputChannels, k: outputChannels, outputGradient.base,
                    lda: outputGradient.pixelStride, w, ldb: outputChannels, transposeB: true, beta: accumulate ? 1 : 0,
                    inputGradient.base, ldc: inputGradient.pixelStride)
                return
            }
            if !accumulate { inputGradient.clear() }
            let patches = PatchGeometry(self, input: inputGradient, output: outputGradient)
            var first = 0
            while first < outputGradient.pixels {
                let rows = first..<min(first + chunk, outputGradient.pixels)
                matrixMultiply(
                    m: rows.count, n: patch, k: outputChannels, outputGradient.base + first * outputGradient.pixelStride,
                    lda: outputGradient.pixelStride, w, ldb: outputChannels, transposeB: true, scratch, ldc: patch)
                patches.scatter(scratch, rows, addingTo: inputGradient)
                first = rows.upperBound
            }
        }
    }
}
