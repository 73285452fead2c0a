import CVector
import Tensors

/// Activations in raw memory: `[batch, height, width, channels]`, the channels of a pixel contiguous and the pixels
/// `pixelStride` floats apart. A stride larger than `channels` is a channel slice of a wider tensor.
///
/// The view does not own its memory; whoever makes one keeps the memory alive.
public struct ActivationView {
    public let base: UnsafeMutablePointer<Float>
    public let batch: Int
    public let shape: ActivationShape
    public let pixelStride: Int
    /// Which positions of a layer's map these are, and the shape of the whole map; `shape` is that of the window.
    public let window: Window
    public let whole: ActivationShape

    public init(base: UnsafeMutablePointer<Float>, batch: Int, shape: ActivationShape, pixelStride: Int) {
        self.init(base: base, batch: batch, window: Window(whole: shape), of: shape, pixelStride: pixelStride)
    }

    /// A part of a map.
    public init(base: UnsafeMutablePointer<Float>, batch: Int, window: Window, of whole: ActivationShape, pixelStride: Int) {
        (self.base, self.batch, self.shape, self.pixelStride) = (base, batch, window.shape(of: whole), pixelStride)
        (self.window, self.whole) = (window, whole)
    }

    var height: Int { shape.height }
    var width: Int { shape.width }
    var channels: Int { shape.channels }
    /// Positions over the whole batch.
    var pixels: Int { batch * shape.height * shape.width }
    var isContiguous: Bool { pixelStride == shape.channels }
    /// What the C kernels take.
    var vector: vector_pixels { vector_pixels(base: base, stride: pixelStride) }

    func pixel(_ image: Int, _ y: Int, _ x: Int) -> UnsafeMutablePointer<Float> {
        base + ((image * height + y) * width + x) * pixelStride
    }

    /// Some of the batch's images.
    func images(_ first: Int, _ count: Int) -> ActivationView {
        ActivationView(
            base: base + first * height * width * pixelStride, batch: count, window: window, of: whole, pixelStride: pixelStride)
    }

    /// Sets everything to zero.
    func clear() { vector_fill(vector, pixels, channels, 0) }

    /// Copies `source`, or adds it, times `scale`.
    func take(_ source: ActivationView, scale: Float = 1, accumulate: Bool) {
        vector_copy(vector, source.vector, pixels, channels, scale, 0, accumulate ? 1 : 0)
    }

    /// Copies, or adds, what another window of the same map holds of this one. Copying sets the rest to zero.
    func takeShared(_ source: ActivationView, scale: Float = 1, accumulate: Bool) {
        if source.window == window { return take(source, scale: scale, accumulate: accumulate) }
        let rows = window.rows.clamped(to: source.window.rows), columns = window.columns.clamped(to: source.window.columns)
        let isFilled = rows == window.rows && columns == window.columns
        if !accumulate, !isFilled { clear() }
        for image in 0..<batch {
            for row in rows {
                let to = pixel(image, row - window.rows.lowerBound, columns.lowerBound - window.columns.lowerBound)
                let from = source.pixel(
                    image, row - source.window.rows.lowerBound, columns.lowerBound - source.window.columns.lowerBound)
                vector_copy(
                    vector_pixels(base: to, stride: pixelStride), vector_pixels(base: from, stride: source.pixelStride), columns.count,
                    channels, scale, 0, accumulate || !isFilled ? 1 : 0)
            }
        }
    }

    /// A tensor with a copy of the values, times `scale`.
    /// - Parameter window: other positions of the map than this view's; zero where the view holds none.
    func tensor(window wanted: Window? = nil, scale: Float = 1) -> Tensor {
        let wanted = wanted ?? window
        return Tensor(shape: wanted.shape(of: whole).tensorShape(batch: batch)) { result in
            guard let to = result.baseAddress, result.count > 0 else { return }
            ActivationView(base: to, batch: batch, window: wanted, of: whole, pixelStride: channels)
                .takeShared(self, scale: scale, accumulate: false)
        }
    }
}

extension Tensor {
    /// `[batch, height, width, channel]` as a window of a map, for reading; nil without scalars.
    func withView<R>(of window: Window, in whole: ActivationShape, _ body: (ActivationView) throws -> R) rethrows -> R? {
        try withUnsafeScalars { scalars in
            try scalars.baseAddress.map {
                try body(
                    ActivationView(
                        base: UnsafeMutablePointer(mutating: $0), batch: shape[0], window: window, of: whole, pixelStride: whole.channels))
            }
        }
    }

    /// Some positions of `[batch, height, width, channel]`.
    func cropped(to window: Window) -> Tensor {
        let whole = ActivationShape(height: shape[1], width: shape[2], channels: shape[3])
        if window == Window(whole: whole) { return self }
        return withView(of: Window(whole: whole), in: whole) { $0.tensor(window: window) } ?? self
    }
}
