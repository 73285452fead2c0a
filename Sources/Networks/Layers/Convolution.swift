import CVector
import Tensors

/// A 2-D convolution of any kernel size, stride, dilation, number of groups and padding.
///
/// With NHWC activations and `[height, width, in, out]` weights it is a matrix product of patches and weights. The patches are never
/// written out: the kernels read them through pointers (``CVector``).
public struct Convolution: NetworkLayer {
    /// `[kernel height, kernel width, in / groups, out]`.
    public let weights: Tensor
    /// `[out]`.
    public let bias: Tensor
    /// Input pixels from one output to the next, on both axes.
    public let stride: Int
    public let padding: Padding
    /// Input pixels from one element of the kernel to the next; 1 for a dense kernel.
    public let dilation: Int
    /// The channels are cut into so many parts, which do not see each other; as many as channels for a depthwise convolution.
    public let groups: Int
    let cache: PackedConvolution

    /// The most elements of a kernel; what the kernels keep on the stack depends on it.
    static let largestKernel = 2048

    /// - Throws: ``LayerError`` when the shapes do not fit each other.
    public init(
        weights: Tensor, bias: Tensor, stride: Int = 1, padding: Padding = .same, dilation: Int = 1, groups: Int = 1
    ) throws {
        guard weights.rank == 4, weights.shape.allSatisfy({ $0 > 0 }) else {
            throw LayerError("convolution weights are [height, width, in, out], not \(weights.shape)")
        }
        guard bias.shape == [weights.shape[3]] else {
            throw LayerError("a convolution with \(weights.shape[3]) outputs has a bias of [\(weights.shape[3])], not \(bias.shape)")
        }
        guard stride > 0 else { throw LayerError("the stride of a convolution is at least 1, not \(stride)") }
        guard dilation > 0 else { throw LayerError("the dilation of a convolution is at least 1, not \(dilation)") }
        guard groups > 0, weights.shape[3] % groups == 0 else {
            throw LayerError("\(weights.shape[3]) outputs cannot be cut into \(groups) groups")
        }
        guard padding.isSound else { throw LayerError("the padding of a convolution is not negative, as in \(padding)") }
        guard weights.shape[0] * weights.shape[1] <= Self.largestKernel else {
            throw LayerError("a kernel has at most \(Self.largestKernel) elements, not \(weights.shape[0]) x \(weights.shape[1])")
        }
        (self.weights, self.bias, self.stride) = (weights, bias, stride)
        (self.padding, self.dilation, self.groups) = (padding, dilation, groups)
        cache = PackedConvolution(strides: stride * stride)
    }

    /// The same convolution with other weights.
    /// - Throws: as ``init(weights:bias:stride:padding:dilation:groups:)``.
    public func replacing(weights: Tensor, bias: Tensor) throws -> Convolution {
        try Convolution(weights: weights, bias: bias, stride: stride, padding: padding, dilation: dilation, groups: groups)
    }

    public var kernelHeight: Int { weights.shape[0] }
    public var kernelWidth: Int { weights.shape[1] }
    public var inputChannels: Int { weights.shape[2] * groups }
    public var outputChannels: Int { weights.shape[3] }
    /// Input and output channels of one group.
    var inputsOfGroup: Int { weights.shape[2] }
    var outputsOfGroup: Int { weights.shape[3] / groups }
    /// Rows and columns that the kernel spans.
    var span: (rows: Int, columns: Int) { ((kernelHeight - 1) * dilation + 1, (kernelWidth - 1) * dilation + 1) }

    public func outputShape(for input: ActivationShape) throws -> ActivationShape {
        guard input.isSpatial, input.channels == inputChannels else {
            throw LayerError("the convolution takes [height, width, \(inputChannels)], not \(input)")
        }
        guard let rows = padding.sliding(.rows, size: input.height, kernel: span.rows, stride: stride),
            let columns = padding.sliding(.columns, size: input.width, kernel: span.columns, stride: stride)
        else { throw LayerError("a kernel that spans \(span.rows) x \(span.columns) does not fit into \(input)") }
        return ActivationShape(height: rows.output, width: columns.output, channels: outputChannels)
    }

    public var reach: Reach { .sliding(height: span.rows, width: span.columns, rowStride: stride, columnStride: stride, padding: padding) }

    /// By how much the window of the first output reaches beyond the first input, above and to the left: the padding. Of parts of maps
    /// it may be negative, where the input holds more than these outputs read.
    func corner(_ input: ActivationView, _ output: ActivationView) -> (top: Int, left: Int) {
        let seen = reach.seen(output.window, input: input.whole)
        return (input.window.rows.lowerBound - seen.rows.lowerBound, input.window.columns.lowerBound - seen.columns.lowerBound)
    }

    public func scratchCount(for input: ActivationShape, batch: Int) -> Int {
        max(forwardScratch(for: input, batch: batch), backwardScratch(for: input, batch: batch), winogradScratch(for: input))
    }

    public func forward(_ input: ActivationView, into output: ActivationView, scratch: UnsafeMutablePointer<Float>) {
        forward(input, into: output, rectified: false, scratch: scratch)
    }
}

/// The weights of one convolution in the kernels' order, by use.
final class PackedConvolution: Sendable {
    let forward = LazyPanels()
    let bias = LazyPanels()
    let winograd = LazyPanels()
    let winogradGradient = LazyPanels()
    /// For gradients: by row and column of the output's grid modulo the stride.
    let backward: [LazyPanels]

    init(strides: Int) { backward = (0..<strides).map { _ in LazyPanels() } }
}
