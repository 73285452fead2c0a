import CVector
import Tensors

/// The mean of each window; a window cut by the border averages what is left of it.
public struct AveragePool: NetworkLayer {
    public let size: Int
    public let stride: Int
    public let padding: Padding
    private var windows: PoolWindows { PoolWindows(size: size, stride: stride, padding: padding) }

    /// - Precondition: both are at least 1.
    public init(size: Int, stride: Int, padding: Padding = .same) {
        require(size > 0 && stride > 0, "a pooling of size \(size) with stride \(stride)")
        (self.size, self.stride, self.padding) = (size, stride, padding)
    }

    public var reach: Reach { windows.reach }

    public func outputShape(for input: ActivationShape) throws -> ActivationShape { try windows.outputShape(for: input) }

    public func forward(_ input: ActivationView, into output: ActivationView, scratch: UnsafeMutablePointer<Float>) {
        var shape = windows.shape(input, output)
        vector_average_pool(&shape, output.vector, input.vector)
    }

    public func backward(
        _ outputGradient: ActivationView, recorded: RecordedActivations, into inputGradient: ActivationView, accumulate: Bool,
        rules: BackwardRules, scratch: UnsafeMutablePointer<Float>
    ) {
        var shape = windows.shape(inputGradient, outputGradient)
        vector_average_pool_gradient(&shape, inputGradient.vector, outputGradient.vector, accumulate ? 1 : 0)
    }
}
