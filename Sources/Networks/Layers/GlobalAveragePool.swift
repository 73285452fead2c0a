import CVector

/// The mean over all positions: `[height, width, channels]` becomes `[channels]`.
public struct GlobalAveragePool: NetworkLayer {
    public init() {}

    public func outputShape(for input: ActivationShape) throws -> ActivationShape {
        guard input.isSpatial, input.height > 0, input.width > 0 else {
            throw LayerError("the global average takes [height, width, channels], not \(input)")
        }
        return ActivationShape(channels: input.channels)
    }

    public func forward(_ input: ActivationView, into output: ActivationView, scratch: UnsafeMutablePointer<Float>) {
        var shape = Self.window(input)
        vector_average_pool(&shape, output.vector, input.vector)
    }

    public func backward(
        _ outputGradient: ActivationView, recorded: RecordedActivations, into inputGradient: ActivationView, accumulate: Bool,
        rules: BackwardRules, scratch: UnsafeMutablePointer<Float>
    ) {
        var shape = Self.window(inputGradient)
        vector_average_pool_gradient(&shape, inputGradient.vector, outputGradient.vector, accumulate ? 1 : 0)
    }

    /// One window that is the whole image.
    private static func window(_ input: ActivationView) -> vector_pooling {
        let (height, width) = (Int32(input.height), Int32(input.width))
        return vector_pooling(
            images: Int32(input.batch), channels: Int32(input.channels), height: height, width: width, target_height: 1, target_width: 1,
            size_y: height, size_x: width, step_y: 1, step_x: 1, top: 0, left: 0,
            counts_padding: 0, bottom: 0, right: 0)
    }
}
