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

    /// How a window slides along one axis; nil when it does not fit once.
    /// - Parameter kernel: what the window spans, gaps of a dilation included.
    func sliding(_ axis: Axis, size: Int, kernel: Int, stride: Int) -> (output: Int, before: Int)? {
        switch (self, axis) {
        case (.same, _):
            let same = SamePadding(size: size, kernel: kernel, stride: stride)
            return (same.output, same.before)
        case (.valid, _): return Self.sliding(size: size, 0, 0, kernel, stride)
        case (.explicit(let top, let bottom, _, _), .rows): return Self.sliding(size: size, top, bottom, kernel, stride)
        case (.explicit(_, _, let left, let right), .columns): return Self.sliding(size: size, left, right, kernel, stride)
        }
    }

    private static func sliding(size: Int, _ before: Int, _ after: Int, _ kernel: Int, _ stride: Int) -> (output: Int, before: Int)? {
        let room = size + before + after - kernel
        return room < 0 ? nil : (room / stride + 1, before)
    }

    /// Whether no side is negative.
    var isSound: Bool {
        if case .explicit(let top, let bottom, let left, let right) = self { min(top, bottom, left, right) >= 0 } else { true }
    }

    /// Pixels on the widest side, where they do not depend on the size.
    var widest: Int {
        if case .explicit(let top, let bottom, let left, let right) = self { max(top, bottom, left, right) } else { 0 }
    }
}
