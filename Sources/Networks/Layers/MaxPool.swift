import Tensors

/// The largest element of each window, with TensorFlow's SAME padding; padding never wins.
public struct MaxPool: NetworkLayer {
    public let size: Int
    public let stride: Int
    private var windows: PoolWindows { PoolWindows(size: size, stride: stride) }

    /// - Precondition: both are at least 1.
    public init(size: Int, stride: Int) {
        require(size > 0 && stride > 0, "a pooling of size \(size) with stride \(stride)")
        (self.size, self.stride) = (size, stride)
    }

    public func outputShape(for input: ActivationShape) throws -> ActivationShape { try windows.outputShape(for: input) }

    /// For the backward pass: one number per channel.
    public func scratchCount(for input: ActivationShape, batch: Int) -> Int { input.channels }

    public func forward(_ input: ActivationView, into output: ActivationView, scratch: UnsafeMutablePointer<Float>) {
        let channels = input.channels
        windows.forEach(batch: input.batch, input: input.shape, output: output.shape) { pixel, image, rows, columns in
            let to = output.base + pixel * output.pixelStride
            to.update(from: input.pixel(image, rows.lowerBound, columns.lowerBound), count: channels)
            for y in rows {
                for x in columns {
                    let from = input.pixel(image, y, x)
                    for c in 0..<channels { to[c] = from[c] > to[c] ? from[c] : to[c] }
                }
            }
        }
    }

    public func backwardNeeds(_ rules: BackwardRules) -> BackwardNeeds { rules.maxPool == .average ? [] : [.input, .output] }

    public func backward(
        _ outputGradient: ActivationView, recorded: RecordedActivations, into inputGradient: ActivationView, accumulate: Bool,
        rules: BackwardRules, scratch: UnsafeMutablePointer<Float>
    ) {
        guard rules.maxPool != .average, let input = recorded.input, let output = recorded.output else {
            AveragePool(size: size, stride: stride).backward(
                outputGradient, recorded: recorded, into: inputGradient, accumulate: accumulate, rules: rules, scratch: scratch)
            return
        }
        if !accumulate { inputGradient.clear() }
        let channels = input.channels
        // What of the gradient has not found its element yet, so that only the first of several largest gets it.
        let rest = scratch
        windows.forEach(batch: input.batch, input: input.shape, output: outputGradient.shape) { pixel, image, rows, columns in
            rest.update(from: outputGradient.base + pixel * outputGradient.pixelStride, count: channels)
            let largest = output.base + pixel * output.pixelStride
            for y in rows {
                for x in columns {
                    let from = input.pixel(image, y, x), to = inputGradient.pixel(image, y, x)
                    for c in 0..<channels {
                        let gradient = rest[c]
                        let found = from[c] == largest[c]
                        to[c] += found ? gradient : 0
                        rest[c] = found ? 0 : gradient
                    }
                }
            }
        }
    }
}
