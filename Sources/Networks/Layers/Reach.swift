/// The part of its input that one position of a layer's output reads. With it a plan computes no more than the wanted positions need.
public enum Reach: Hashable, Sendable {
    /// The same position, and no other: activation functions, normalizations across channels.
    case position
    /// A window that slides over the input; `height` and `width` are what it spans, gaps of a dilation included.
    case sliding(height: Int, width: Int, rowStride: Int, columnStride: Int, padding: Padding)
    /// The bins of an ``AdaptiveAveragePool``.
    case bins(rows: Int, columns: Int)
    /// Any position, or it matters to the layer where a position lies in the whole.
    case everything

    /// Whether the layer can compute parts of its map from parts of its input.
    var takesWindows: Bool {
        switch self {
        case .position, .sliding: true
        case .bins, .everything: false
        }
    }

    /// What positions of the output read of an input map of some shape. It may reach beyond the border: what lies there is padding.
    public func seen(_ output: Window, input: ActivationShape) -> Window {
        switch self {
        case .position: return output
        case .everything: return Window(whole: input)
        case .bins(let rows, let columns):
            func range(_ outputs: Range<Int>, of count: Int, size: Int) -> Range<Int> {
                AdaptiveAveragePool.bin(outputs.lowerBound, of: count, size: size).lowerBound
                    ..< AdaptiveAveragePool.bin(outputs.upperBound - 1, of: count, size: size).upperBound
            }
            return Window(
                rows: range(output.rows, of: rows, size: input.height), columns: range(output.columns, of: columns, size: input.width))
        case .sliding(let height, let width, let rowStride, let columnStride, let padding):
            func range(_ outputs: Range<Int>, _ axis: Padding.Axis, size: Int, kernel: Int, stride: Int) -> Range<Int> {
                let before = padding.before(axis, size: size, kernel: kernel, stride: stride)
                return outputs.lowerBound * stride - before..<(outputs.upperBound - 1) * stride - before + kernel
            }
            return Window(
                rows: range(output.rows, .rows, size: input.height, kernel: height, stride: rowStride),
                columns: range(output.columns, .columns, size: input.width, kernel: width, stride: columnStride))
        }
    }
}
