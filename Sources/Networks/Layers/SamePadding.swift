/// TensorFlow's SAME padding on one axis: the output has `ceil(size / stride)` positions, and what padding that takes is split
/// so that an odd rest goes to the end. It depends on the size: 3 wide with stride 2 pads 0 before and 1 after an axis of 112,
/// and 1 on both sides of an axis of 113.
public struct SamePadding: Hashable, Sendable {
    /// Positions of the output.
    public let output: Int
    /// Padding before the first element.
    public let before: Int
    /// Padding after the last element.
    public let after: Int

    public init(size: Int, kernel: Int, stride: Int) {
        output = (size + stride - 1) / stride
        let total = max((output - 1) * stride + kernel - size, 0)
        before = total / 2
        after = total - before
    }
}
