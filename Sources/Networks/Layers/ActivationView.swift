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

    public init(base: UnsafeMutablePointer<Float>, batch: Int, shape: ActivationShape, pixelStride: Int) {
        (self.base, self.batch, self.shape, self.pixelStride) = (base, batch, shape, pixelStride)
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
        ActivationView(base: base + first * height * width * pixelStride, batch: count, shape: shape, pixelStride: pixelStride)
    }

    /// Sets everything to zero.
    func clear() { vector_fill(vector, pixels, channels, 0) }

    /// Copies `source`, or adds it, times `scale`.
    func take(_ source: ActivationView, scale: Float = 1, accumulate: Bool) {
        vector_copy(vector, source.vector, pixels, channels, scale, 0, accumulate ? 1 : 0)
    }

    /// Copies, or adds, the same shape from other memory.
    func take(from source: UnsafePointer<Float>, pixelStride sourceStride: Int, accumulate: Bool) {
        let from = vector_pixels(base: UnsafeMutablePointer(mutating: source), stride: sourceStride)
        vector_copy(vector, from, pixels, channels, 1, 0, accumulate ? 1 : 0)
    }

    /// A tensor with a copy of the values, times `scale`.
    func tensor(scale: Float = 1) -> Tensor {
        Tensor(shape: shape.tensorShape(batch: batch)) { result in
            guard let to = result.baseAddress, result.count > 0 else { return }
            ActivationView(base: to, batch: batch, shape: shape, pixelStride: channels).take(self, scale: scale, accumulate: false)
        }
    }
}
