import Tensors

/// The mean of each window, with TensorFlow's SAME padding; a window cut by the border averages what is left of it.
public struct AveragePool: NetworkLayer {
    public let size: Int
    public let stride: Int
    private var windows: PoolWindows { PoolWindows(size: size, stride: stride) }

    /// - Precondition: both are at least 1.
    public init(size: Int, stride: Int) {
        require(size > 0 && stride > 0, "a pooling of size \(size) with stride \(stride)")
        (self.size, self.stride) = (size, stride)
    }

    public func outputShape(for input: ActivationShape) throws -> ActivationShape { try windows.outputShape(for: input) }

    public func forward(_ input: ActivationView, into output: ActivationView, scratch: UnsafeMutablePointer<Float>) {
        let channels = input.channels
        windows.forEach(batch: input.batch, input: input.shape, output: output.shape) { pixel, image, rows, columns in
            let to = output.base + pixel * output.pixelStride
            let share = 1 / Float(rows.count * columns.count)
            to.update(repeating: 0, count: channels)
            for y in rows {
                for x in columns {
                    let from = input.pixel(image, y, x)
                    for c in 0..<channels { to[c] += from[c] * share }
                }
            }
        }
    }

    public func backward(
        _ outputGradient: ActivationView, recorded: RecordedActivations, into inputGradient: ActivationView, accumulate: Bool,
        rules: BackwardRules, scratch: UnsafeMutablePointer<Float>
    ) {
        if !accumulate { inputGradient.clear() }
        let channels = inputGradient.channels
        windows.forEach(batch: inputGradient.batch, input: inputGradient.shape, output: outputGradient.shape) {
            pixel, image, rows, columns in
            let from = outputGradient.base + pixel * outputGradient.pixelStride
            let share = 1 / Float(rows.count * columns.count)
            for y in rows {
                for x in columns {
                    let to = inputGradient.pixel(image, y, x)
                    for c in 0..<channels { to[c] += from[c] * share }
                }
            }
        }
    }
}
