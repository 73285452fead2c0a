/// The part of its input that one position of a layer's output reads. With it a plan computes no more than the wanted positions need.
public enum Reach: Hashable, Sendable {
    /// The same position, and no other: activation functions, normalizations across channels.
    case position
    /// A window that slides over the input; `height` and `width` are what it spans, gaps of a dilation included.
    case sliding(height: Int, width: Int, stride: Int, padding: Padding)
    /// Any position, or it matters to the layer where a position lies in the whole.
    case everything

    /// What positions of the output read of an input map of some shape. It may reach beyond the border: what lies there is padding.
    public func seen(_ output: Window, input: ActivationShape) -> Window {
        switch self {
        case .position: return output
        case .everything: return Window(whole: input)
        case .sliding(let height, let width, let stride, let padding):
            func range(_ outputs: Range<Int>, _ axis: Padding.Axis, size: Int, kernel: Int) -> Range<Int> {
                let before = padding.sliding(axis, size: size, kernel: kernel, stride: stride)?.before ?? 0
                return outputs.lowerBound * stride - before..<(outputs.upperBound - 1) * stride - before + kernel
            }
            return Window(
                rows: range(output.rows, .rows, size: input.height, kernel: height),
                columns: range(output.columns, .columns, size: input.width, kernel: width))
        }
    }
}
