import CVector

/// The mean of each window. A window cut by the border averages what is left of it, unless the padding counts.
public struct AveragePool: NetworkLayer {
    public let window: PoolingWindow
    /// Whether padding counts as zeros: PyTorch's `count_include_pad`, true by default there.
    public let countsPadding: Bool

    public init(_ window: PoolingWindow, countsPadding: Bool = false) { (self.window, self.countsPadding) = (window, countsPadding) }

    /// Square window.
    /// - Precondition: size and stride are at least 1.
    public init(size: Int, stride: Int, padding: Padding = .same, ceilMode: Bool = false, countsPadding: Bool = false) {
        self.init(PoolingWindow(size: size, stride: stride, padding: padding, ceilMode: ceilMode), countsPadding: countsPadding)
    }

    public func outputShape(for input: ActivationShape) throws -> ActivationShape { try window.outputShape(for: input) }

    public func forward(_ input: ActivationView, into output: ActivationView, scratch: UnsafeMutablePointer<Float>) {
        var shape = window.shape(input, output, countsPadding: countsPadding)
        vector_average_pool(&shape, output.vector, input.vector)
    }

    public func backward(
        _ outputGradient: ActivationView, recorded: RecordedActivations, into inputGradient: ActivationView, accumulate: Bool,
        rules: BackwardRules, scratch: UnsafeMutablePointer<Float>
    ) {
        var shape = window.shape(inputGradient, outputGradient, countsPadding: countsPadding)
        vector_average_pool_gradient(&shape, inputGradient.vector, outputGradient.vector, accumulate ? 1 : 0)
    }
}
