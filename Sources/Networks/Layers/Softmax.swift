import CVector

/// `exp(x) / sum of exp(x)` over the channels of each position.
public struct Softmax: NetworkLayer {
    public init() {}

    public var reach: Reach { .position }

    public func outputShape(for input: ActivationShape) throws -> ActivationShape {
        guard input.channels > 0 else { throw LayerError("a softmax needs at least one channel") }
        return input
    }

    public func forward(_ input: ActivationView, into output: ActivationView, scratch: UnsafeMutablePointer<Float>) {
        vector_softmax(output.vector, input.vector, input.pixels, input.channels)
    }

    public func backwardNeeds(_ rules: BackwardRules) -> BackwardNeeds { .output }

    public func backward(
        _ outputGradient: ActivationView, recorded: RecordedActivations, into inputGradient: ActivationView, accumulate: Bool,
        rules: BackwardRules, scratch: UnsafeMutablePointer<Float>
    ) {
        guard let output = recorded.output else { preconditionFailure("a softmax is differentiated at its output") }
        vector_softmax_gradient(
            inputGradient.vector, outputGradient.vector, output.vector, output.pixels, output.channels, accumulate ? 1 : 0)
    }
}
