/// Transforms that move rows of pixels: borders, crops, flips.
extension BatchPair {
    func pad(_ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ border: Int, _ value: Float) {
        let edge = border * channels
        for entry in 0..<batch {
            let (from, to) = (input + entry * inputSize, output + entry * outputSize)
            to.update(repeating: value, count: border * outputRow + edge)
            for y in 0..<inputHeight {
                let row = to + (y + border) * outputRow + edge
                row.update(from: from + y * inputRow, count: inputRow)
                // The end of this row and the start of the next lie side by side.
                (row + inputRow).update(repeating: value, count: y + 1 < inputHeight ? 2 * edge : edge)
            }
            (to + (border + inputHeight) * outputRow).update(repeating: value, count: border * outputRow)
        }
    }

    func padAdjoint(_ output: UnsafePointer<Float>, _ input: UnsafeMutablePointer<Float>, _ border: Int) {
        for entry in 0..<batch {
            let (from, to) = (output + entry * outputSize, input + entry * inputSize)
            for y in 0..<inputHeight {
                (to + y * inputRow).update(from: from + (y + border) * outputRow + border * channels, count: inputRow)
            }
        }
    }

    func reflect(_ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ border: Int) {
        eachReflected(border) { source, target in
            for c in 0..<channels { output[target + c] = input[source + c] }
        }
    }

    func reflectAdjoint(_ output: UnsafePointer<Float>, _ input: UnsafeMutablePointer<Float>, _ border: Int) {
        input.update(repeating: 0, count: batch * inputSize)
        eachReflected(border) { source, target in
            for c in 0..<channels { input[source + c] += output[target + c] }
        }
    }

    @inline(__always)
    private func eachReflected(_ border: Int, _ body: (_ source: Int, _ target: Int) -> Void) {
        for entry in 0..<batch {
            for y in 0..<height {
                let row = entry * inputSize + Self.reflected(y - border, inputHeight) * inputRow
                for x in 0..<width {
                    body(row + Self.reflected(x - border, inputWidth) * channels, entry * outputSize + y * outputRow + x * channels)
                }
            }
        }
    }

    /// `index` mirrored into `0 ..< count` at the first and the last pixel, again and again where that is needed.
    @inline(__always)
    static func reflected(_ index: Int, _ count: Int) -> Int {
        guard count > 1 else { return 0 }
        let period = 2 * (count - 1)
        let place = abs(index) % period
        return place < count ? place : period - place
    }

    func crop(_ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ top: Int, _ left: Int) {
        for entry in 0..<batch {
            let (from, to) = (input + entry * inputSize + top * inputRow + left * channels, output + entry * outputSize)
            for y in 0..<height { (to + y * outputRow).update(from: from + y * inputRow, count: outputRow) }
        }
    }

    func cropAdjoint(_ output: UnsafePointer<Float>, _ input: UnsafeMutablePointer<Float>, _ top: Int, _ left: Int) {
        input.update(repeating: 0, count: batch * inputSize)
        for entry in 0..<batch {
            let (from, to) = (output + entry * outputSize, input + entry * inputSize + top * inputRow + left * channels)
            for y in 0..<height { (to + y * inputRow).update(from: from + y * outputRow, count: outputRow) }
        }
    }

    func cropOrPad(_ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>) {
        output.update(repeating: 0, count: batch * outputSize)
        eachMiddleRow { source, target, count in (output + target).update(from: input + source, count: count) }
    }

    func cropOrPadAdjoint(_ output: UnsafePointer<Float>, _ input: UnsafeMutablePointer<Float>) {
        input.update(repeating: 0, count: batch * inputSize)
        eachMiddleRow { source, target, count in (input + source).update(from: output + target, count: count) }
    }

    /// Calls `body` with the start and the length of every row that the input and the cropped or padded output share.
    private func eachMiddleRow(_ body: (_ source: Int, _ target: Int, _ count: Int) -> Void) {
        let (fromTop, toTop) = (Swift.max(0, inputHeight - height) / 2, Swift.max(0, height - inputHeight) / 2)
        let (fromLeft, toLeft) = (Swift.max(0, inputWidth - width) / 2, Swift.max(0, width - inputWidth) / 2)
        for entry in 0..<batch {
            for y in 0..<Swift.min(height, inputHeight) {
                body(
                    entry * inputSize + (fromTop + y) * inputRow + fromLeft * channels,
                    entry * outputSize + (toTop + y) * outputRow + toLeft * channels, Swift.min(outputRow, inputRow))
            }
        }
    }

    /// Its own adjoint.
    func flip(_ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ axis: Transform.Axis) {
        for entry in 0..<batch {
            let (from, to) = (input + entry * inputSize, output + entry * outputSize)
            for y in 0..<height {
                if axis == .vertical {
                    (to + y * outputRow).update(from: from + (height - 1 - y) * inputRow, count: outputRow)
                    continue
                }
                for x in 0..<width {
                    for c in 0..<channels { to[y * outputRow + x * channels + c] = from[y * inputRow + (width - 1 - x) * channels + c] }
                }
            }
        }
    }
}
