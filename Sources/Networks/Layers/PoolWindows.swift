import CVector

/// The windows of a pooling; windows are cut at the border, so padding never takes part.
struct PoolWindows: Sendable {
    let size, stride: Int
    let padding: Padding

    var reach: Reach { .sliding(height: size, width: size, stride: stride, padding: padding) }

    func outputShape(for input: ActivationShape) throws -> ActivationShape {
        guard input.isSpatial else { throw LayerError("a pooling takes [height, width, channels], not \(input)") }
        guard padding.isSound, padding.widest < size else {
            throw LayerError("the padding of a pooling is not negative and narrower than its window of \(size), unlike \(padding)")
        }
        guard let rows = padding.sliding(.rows, size: input.height, kernel: size, stride: stride),
            let columns = padding.sliding(.columns, size: input.width, kernel: size, stride: stride)
        else { throw LayerError("a window of \(size) x \(size) does not fit into \(input)") }
        return ActivationShape(height: rows.output, width: columns.output, channels: input.channels)
    }

    /// What the kernels take.
    func shape(_ input: ActivationView, _ output: ActivationView) -> vector_pooling {
        let seen = reach.seen(output.window, input: input.whole)
        let top = input.window.rows.lowerBound - seen.rows.lowerBound, left = input.window.columns.lowerBound - seen.columns.lowerBound
        let (side, step) = (Int32(size), Int32(stride))
        return vector_pooling(
            images: Int32(input.batch), channels: Int32(input.channels), height: Int32(input.height), width: Int32(input.width),
            target_height: Int32(output.height), target_width: Int32(output.width), size_y: side, size_x: side, step_y: step, step_x: step,
            top: Int32(top), left: Int32(left))
    }
}
