/// Bilinear resizing by the rule of TensorFlow 1's `resize_bilinear` without aligned corners:
/// `source = target * in / out`, between its floor and the next pixel, clamped.
extension BatchPair {
    func resize(_ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ scratch: TransformScratch) {
        let taps = columnTaps(scratch), blended = scratch.numbers(width + inputRow) + width
        for entry in 0..<batch {
            for y in 0..<height {
                // The two rows are blended first: that is the same bilinear form, and runs along memory.
                let (upper, lower, down) = row(y)
                let top = input + entry * inputSize + upper * inputRow, bottom = input + entry * inputSize + lower * inputRow
                for i in 0..<inputRow { blended[i] = top[i] + (bottom[i] - top[i]) * down }
                let target = output + entry * outputSize + y * outputRow
                if channels == 3 { spread(blended, target, taps, 3) } else { spread(blended, target, taps, channels) }
            }
        }
    }

    func resizeAdjoint(_ output: UnsafePointer<Float>, _ input: UnsafeMutablePointer<Float>, _ scratch: TransformScratch) {
        input.update(repeating: 0, count: batch * inputSize)
        let taps = columnTaps(scratch), blended = scratch.numbers(width + inputRow) + width
        for entry in 0..<batch {
            for y in 0..<height {
                blended.update(repeating: 0, count: inputRow)
                let source = output + entry * outputSize + y * outputRow
                if channels == 3 { gather(source, blended, taps, 3) } else { gather(source, blended, taps, channels) }
                let (upper, lower, down) = row(y)
                let top = input + entry * inputSize + upper * inputRow, bottom = input + entry * inputSize + lower * inputRow
                for i in 0..<inputRow {
                    top[i] += blended[i] * (1 - down)
                    bottom[i] += blended[i] * down
                }
            }
        }
    }

    /// For every column of the output: the number at which its left column starts, and how much of the right one it takes.
    private typealias ColumnTaps = (places: UnsafeMutablePointer<Int32>, weights: UnsafeMutablePointer<Float>)

    private func columnTaps(_ scratch: TransformScratch) -> ColumnTaps {
        // The numbers behind the weights are for a blended row.
        let (places, weights) = (scratch.places(width), scratch.numbers(width + inputRow))
        let scale = Float(inputWidth) / Float(width)
        for x in 0..<width {
            let source = Float(x) * scale
            let left = Swift.min(Int(source), inputWidth - 1)
            (places[x], weights[x]) = (Int32(left * channels), source - Float(left))
        }
        return (places, weights)
    }

    /// The rows above and below a row of the output, and how much of the lower one it takes.
    private func row(_ y: Int) -> (upper: Int, lower: Int, weight: Float) {
        let source = Float(y) * (Float(inputHeight) / Float(height))
        let upper = Swift.min(Int(source), inputHeight - 1)
        return (upper, Swift.min(upper + 1, inputHeight - 1), source - Float(upper))
    }

    @inline(__always)
    private func spread(_ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>, _ taps: ColumnTaps, _ channels: Int) {
        let last = (inputWidth - 1) * channels
        for x in 0..<width {
            let left = Int(taps.places[x]), right = Swift.min(left + channels, last), across = taps.weights[x]
            for c in 0..<channels { to[x * channels + c] = from[left + c] + (from[right + c] - from[left + c]) * across }
        }
    }

    @inline(__always)
    private func gather(_ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>, _ taps: ColumnTaps, _ channels: Int) {
        let last = (inputWidth - 1) * channels
        for x in 0..<width {
            let left = Int(taps.places[x]), right = Swift.min(left + channels, last), across = taps.weights[x]
            for c in 0..<channels {
                let gradient = from[x * channels + c]
                to[left + c] += gradient * (1 - across)
                to[right + c] += gradient * across
            }
        }
    }
}
