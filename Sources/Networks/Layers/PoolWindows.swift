/// The windows of a pooling with TensorFlow's SAME padding; windows are cut at the border, so padding never takes part.
struct PoolWindows {
    let size, stride: Int

    func outputShape(for input: ActivationShape) throws -> ActivationShape {
        guard input.isSpatial else { throw LayerError("a pooling takes [height, width, channels], not \(input)") }
        return ActivationShape(
            height: SamePadding(size: input.height, kernel: size, stride: stride).output,
            width: SamePadding(size: input.width, kernel: size, stride: stride).output, channels: input.channels)
    }

    /// Calls `body` for every output pixel with its index over the batch, the image, and the rows and columns of its window.
    @inline(__always)
    func forEach(
        batch: Int, input: ActivationShape, output: ActivationShape,
        _ body: (_ pixel: Int, _ image: Int, _ rows: Range<Int>, _ columns: Range<Int>) -> Void
    ) {
        let top = SamePadding(size: input.height, kernel: size, stride: stride).before
        let left = SamePadding(size: input.width, kernel: size, stride: stride).before
        var pixel = 0
        for image in 0..<batch {
            for y in 0..<output.height {
                let rows = max(0, y * stride - top)..<min(input.height, y * stride - top + size)
                for x in 0..<output.width {
                    let columns = max(0, x * stride - left)..<min(input.width, x * stride - left + size)
                    body(pixel, image, rows, columns)
                    pixel += 1
                }
            }
        }
    }
}
