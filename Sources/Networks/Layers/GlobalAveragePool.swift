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
        let positions = input.height * input.width, share = 1 / Float(positions)
        for image in 0..<input.batch {
            let to = output.base + image * output.pixelStride
            to.update(repeating: 0, count: input.channels)
            for p in 0..<positions {
                let from = input.base + (image * positions + p) * input.pixelStride
                for c in 0..<input.channels { to[c] += from[c] * share }
            }
        }
    }

    public func backward(
        _ outputGradient: ActivationView, recorded: RecordedActivations, into inputGradient: ActivationView, accumulate: Bool,
        rules: BackwardRules, scratch: UnsafeMutablePointer<Float>
    ) {
        let positions = inputGradient.height * inputGradient.width, share = 1 / Float(positions)
        for image in 0..<inputGradient.batch {
            let from = outputGradient.base + image * outputGradient.pixelStride
            for p in 0..<positions {
                let to = inputGradient.base + (image * positions + p) * inputGradient.pixelStride
                for c in 0..<inputGradient.channels { to[c] = (accumulate ? to[c] : 0) + from[c] * share }
            }
        }
    }
}
