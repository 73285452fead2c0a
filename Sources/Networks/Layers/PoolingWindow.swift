import CVector
import Tensors

/// The windows of a pooling: how large they are and how they slide.
///
///     MaxPool(PoolingWindow(height: 3, width: 1, rowStride: 2, columnStride: 1, padding: .all(0)))
public struct PoolingWindow: Hashable, Sendable {
    public let height, width: Int
    /// Input rows, and columns, from one window to the next.
    public let rowStride, columnStride: Int
    public let padding: Padding
    /// Whether a window that reaches beyond the end is there too, if it begins inside of the input or in the padding before it: PyTorch's
    /// `ceil_mode`.
    public let ceilMode: Bool

    /// - Precondition: sizes and strides are at least 1.
    public init(height: Int, width: Int, rowStride: Int, columnStride: Int, padding: Padding = .same, ceilMode: Bool = false) {
        require(
            min(height, width, rowStride, columnStride) > 0,
            "a pooling of \(height) x \(width) with strides of \(rowStride) and \(columnStride)")
        (self.height, self.width, self.rowStride, self.columnStride) = (height, width, rowStride, columnStride)
        (self.padding, self.ceilMode) = (padding, ceilMode)
    }

    /// A square.
    /// - Precondition: both are at least 1.
    public init(size: Int, stride: Int, padding: Padding = .same, ceilMode: Bool = false) {
        self.init(height: size, width: size, rowStride: stride, columnStride: stride, padding: padding, ceilMode: ceilMode)
    }

    private func rows(_ size: Int) -> Padding.Sliding? {
        padding.sliding(.rows, size: size, kernel: height, stride: rowStride, reachesEnd: ceilMode)
    }

    private func columns(_ size: Int) -> Padding.Sliding? {
        padding.sliding(.columns, size: size, kernel: width, stride: columnStride, reachesEnd: ceilMode)
    }

    func outputShape(for input: ActivationShape) throws -> ActivationShape {
        guard input.isSpatial else { throw LayerError("a pooling takes [height, width, channels], not \(input)") }
        guard padding.isSound, padding.isNarrower(than: (height, width)) else {
            throw LayerError(
                "the padding of a pooling is not negative and narrower than its window of \(height) x \(width), unlike \(padding)")
        }
        guard let rows = rows(input.height), let columns = columns(input.width) else {
            throw LayerError("a window of \(height) x \(width) does not fit into \(input)")
        }
        return ActivationShape(height: rows.output, width: columns.output, channels: input.channels)
    }

    /// What the kernels take.
    func shape(_ input: ActivationView, _ output: ActivationView, countsPadding: Bool = false) -> vector_pooling {
        let rows = rows(input.height), columns = columns(input.width)
        return vector_pooling(
            images: Int32(input.batch), channels: Int32(input.channels), height: Int32(input.height), width: Int32(input.width),
            target_height: Int32(output.height), target_width: Int32(output.width), size_y: Int32(height), size_x: Int32(width),
            step_y: Int32(rowStride), step_x: Int32(columnStride), top: Int32(rows?.before ?? 0), left: Int32(columns?.before ?? 0),
            counts_padding: countsPadding ? 1 : 0, bottom: Int32(rows?.after ?? 0), right: Int32(columns?.after ?? 0))
    }
}
