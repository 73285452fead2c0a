/// The largest element of each window, with TensorFlow's SAME padding; padding never wins.
public struct MaxPool: NetworkLayer {
    public let size: Int
    public let stride: Int
    private var windows: PoolWindows { PoolWindows(size: size, stride: stride) }

    /// - Precondition: both are at least 1.
    public init(size: Int, stride: Int) {
        precondition(size > 0 && stride > 0, "a pooling of size \(size) with stride \(stride)")
        (self.size, self.stride) = (size, stride)
    }

    public func outputShape(for input: ActivationShape) throws -> ActivationShape { try windows.outputShape(for: input) }

    /// The backward pass keeps the largest value and its place in the window, per channel.
    public func scratchCount(for input: ActivationShape, batch: Int) -> Int { 2 * input.channels }

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

    public func backwardNeeds(_ rules: BackwardRules) -> BackwardNeeds { rules.maxPool == .average ? [] : .input }

    public func backward(
        _ outputGradient: ActivationView, recorded: RecordedActivations, into inputGradient: ActivationView, accumulate: Bool,
        rules: BackwardRules, scratch: UnsafeMutablePointer<Float>
    ) {
        guard rules.maxPool != .average, let input = recorded.input else {
            AveragePool(size: size, stride: stride).backward(
                outputGradient, recorded: recorded, into: inputGradient, accumulate: accumulate, rules: rules, scratch: scratch)
            return
        }
        if !accumulate { inputGradient.clear() }
        let channels = input.channels
        // The place is kept as a float, so that one vector comparison serves both.
        let best = scratch, place = scratch + channels
        windows.forEach(batch: input.batch, input: input.shape, output: outputGradient.shape) { pixel, image, rows, columns in
            best.update(from: input.pixel(image, rows.lowerBound, columns.lowerBound), count: channels)
            place.update(repeating: 0, count: channels)
            var index: Float = 0
            for y in rows {
                for x in columns {
                    let from = input.pixel(image, y, x)
                    for c in 0..<channels {
                        let larger = from[c] > best[c]
                        best[c] = larger ? from[c] : best[c]
                        place[c] = larger ? index : place[c]
                    }
                    index += 1
                }
            }
            let g = outputGradient.base + pixel * outputGradient.pixelStride
            index = 0
            for y in rows {
                for x in columns {
                    let to = inputGradient.pixel(image, y, x)
                    for c in 0..<channels { to[c] += place[c] == index ? g[c] : 0 }
                    index += 1
                }
            }
        }
    }
}
