import CVector

/// All of an image's activations as one vector, `[height, width, channels]` becomes `[channels * height * width]`, in PyTorch's order:
/// element `(c * height + y) * width + x` is channel `c` at row `y` and column `x`. So the weights of a layer behind it are those of a
/// PyTorch file as they are.
public struct Flatten: NetworkLayer {
    public init() {}

    public func outputShape(for input: ActivationShape) -> ActivationShape { ActivationShape(channels: input.count) }

    public func forward(_ input: ActivationView, into output: ActivationView, scratch: UnsafeMutablePointer<Float>) {
        planes(input, output) { pixels, plane in vector_copy(plane, pixels, input.height * input.width, 1, 1, 0, 0) }
    }

    public func backward(
        _ outputGradient: ActivationView, recorded: RecordedActivations, into inputGradient: ActivationView, accumulate: Bool,
        rules: BackwardRules, scratch: UnsafeMutablePointer<Float>
    ) {
        planes(inputGradient, outputGradient) { pixels, plane in
            vector_copy(pixels, plane, inputGradient.height * inputGradient.width, 1, 1, 0, accumulate ? 1 : 0)
        }
    }

    /// Calls `body` with each channel of each image: in the maps, and in the vector.
    private func planes(_ maps: ActivationView, _ vectors: ActivationView, _ body: (vector_pixels, vector_pixels) -> Void) {
        let size = maps.height * maps.width
        for image in 0..<maps.batch {
            for channel in 0..<maps.channels {
                body(
                    vector_pixels(base: maps.base + image * size * maps.pixelStride + channel, stride: maps.pixelStride),
                    vector_pixels(base: vectors.base + image * vectors.pixelStride + channel * size, stride: 1))
            }
        }
    }
}
