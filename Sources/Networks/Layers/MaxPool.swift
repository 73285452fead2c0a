import CVector

/// The largest element of each window; padding never wins.
public struct MaxPool: NetworkLayer {
    public let window: PoolingWindow

    public init(_ window: PoolingWindow) { self.window = window }

    /// Square window.
    /// - Precondition: size and stride are at least 1.
    public init(size: Int, stride: Int, padding: Padding = .same, ceilMode: Bool = false) {
        window = PoolingWindow(size: size, stride: stride, padding: padding, ceilMode: ceilMode)
    }

    public func outputShape(for input: ActivationShape) throws -> ActivationShape { try window.outputShape(for: input) }

    public func forward(_ input: ActivationView, into output: ActivationView, scratch: UnsafeMutablePointer<Float>) {
        var shape = window.shape(input, output)
        vector_max_pool(&shape, output.vector, input.vector)
    }

    public func backwardNeeds(_ rules: BackwardRules) -> BackwardNeeds { rules.maxPool == .average ? [] : [.input, .output] }

    public func backward(
        _ outputGradient: ActivationView, recorded: RecordedActivations, into inputGradient: ActivationView, accumulate: Bool,
        rules: BackwardRules, scratch: UnsafeMutablePointer<Float>
    ) {
        guard rules.maxPool != .average, let input = recorded.input, let output = recorded.output else {
            AveragePool(window).backward(
                outputGradient, recorded: recorded, into: inputGradient, accumulate: accumulate, rules: rules, scratch: scratch)
            return
        }
        var shape = window.shape(inputGradient, outputGradient)
        vector_max_pool_gradient(
            &shape, inputGradient.vector, outputGradient.vector, output.vector, input.vector, accumulate ? 1 : 0)
    }
}
