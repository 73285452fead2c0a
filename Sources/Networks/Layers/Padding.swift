/// What is added around an input before a window slides over it.
public enum Padding: Hashable, Sendable {
    /// TensorFlow's SAME: as much as an output of `ceil(size / stride)` takes, the odd rest at the end (``SamePadding``). It depends on
    /// the size.
    case same
    /// Nothing: windows lie inside of the input.
    case valid
    /// So many pixels on each side, whatever the size; PyTorch's `padding: 1` is `.explicit(top: 1, bottom: 1, left: 1, right: 1)`.
    case explicit(top: Int, bottom: Int, left: Int, right: Int)

    /// The same number of pixels on all sides.
    public static func all(_ pixels: Int) -> Padding { .explicit(top: pixels, bottom: pixels, left: pixels, right: pixels) }

    /// One axis of an input.
    enum Axis { case rows, columns }

    /// How a window slides along one axis.
    struct Sliding { var output, before, after: Int }

    /// How a window slides along one axis; nil when it does not fit once.
    /// - Parameters:
    ///   - kernel: what the window spans, gaps of a dilation included.
    ///   - reachesEnd: a last window that reaches beyond the end is there too, if it begins before the end of the input (PyTorch's
    ///     `ceil_mode`).
    func sliding(_ axis: Axis, size: Int, kernel: Int, stride: Int, reachesEnd: Bool = false) -> Sliding? {
        let before: Int, after: Int
        switch (self, axis) {
        case (.same, _):
            let same = SamePadding(size: size, kernel: kernel, stride: stride)
            return Sliding(output: same.output, before: same.before, after: same.after)
        case (.valid, _): (before, after) = (0, 0)
        case (.explicit(let top, let bottom, _, _), .rows): (before, after) = (top, bottom)
        case (.explicit(_, _, let left, let right), .columns): (before, after) = (left, right)
        }
        let room = size + before + after - kernel
        guard room >= 0 else { return nil }
        var output = room / stride + 1
        if reachesEnd, room % stride > 0, output * stride < size + before { output += 1 }
        return Sliding(output: output, before: before, after: after)
    }

    /// Whether no side is negative.
    var isSound: Bool {
        if case .explicit(let top, let bottom, let left, let right) = self { min(top, bottom, left, right) >= 0 } else { true }
    }

    /// Whether every side is narrower than a window.
    func isNarrower(than window: (height: Int, width: Int)) -> Bool {
        guard case .explicit(let top, let bottom, let left, let right) = self else { return true }
        return max(top, bottom) < window.height && max(left, right) < window.width
    }
}
