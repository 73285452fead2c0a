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

    func pixel(_ image: Int, _ y: Int, _ x: Int) -> UnsafeMutablePointer<Float> {
        base + ((image * height + y) * width + x) * pixelStride
    }

    /// Sets everything to zero.
    func clear() {
        if isContiguous {
            base.update(repeating: 0, count: pixels * channels)
        } else {
            for p in 0..<pixels { (base + p * pixelStride).update(repeating: 0, count: channels) }
        }
    }

    /// Copies `source`, or adds it.
    func take(_ source: ActivationView, accumulate: Bool) {
        take(from: source.base, pixelStride: source.pixelStride, accumulate: accumulate)
    }

    /// Copies, or adds, the same shape from other memory.
    func take(from source: UnsafePointer<Float>, pixelStride sourceStride: Int, accumulate: Bool) {
        let joined = isContiguous && sourceStride == channels
        let (rows, count) = joined ? (1, pixels * channels) : (pixels, channels)
        for row in 0..<rows {
            let to = base + row * pixelStride, from = source + row * sourceStride
            if accumulate {
                for i in 0..<count { to[i] += from[i] }
            } else {
                to.update(from: from, count: count)
            }
        }
    }

    /// A tensor with a copy of the values, times `scale`.
    func tensor(scale: Float = 1) -> Tensor {
        Tensor(shape: shape.tensorShape(batch: batch)) { result in
            guard let to = result.baseAddress else { return }
            if isContiguous {
                (to).initialize(from: base, count: pixels * channels)
            } else {
                for p in 0..<pixels { (to + p * channels).initialize(from: base + p * pixelStride, count: channels) }
            }
            if scale != 1 { for i in 0..<result.count { to[i] *= scale } }
        }
    }
}
