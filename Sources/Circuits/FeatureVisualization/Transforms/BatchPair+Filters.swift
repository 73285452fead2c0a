import Foundation

/// Transforms that change values where they are: blur and colours.
extension BatchPair {
    /// A Gaussian blur with reflected borders: along the columns, then along the rows.
    func blur(_ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ deviation: Double, _ scratch: TransformScratch) {
        let (kernel, radius, row) = blurMemory(deviation, scratch)
        for entry in 0..<batch {
            let (from, to) = (input + entry * inputSize, output + entry * outputSize)
            for y in 0..<height {
                row.update(repeating: 0, count: outputRow)
                for tap in -radius...radius {
                    let (weight, other) = (kernel[tap + radius], from + Self.reflected(y + tap, height) * inputRow)
                    for i in 0..<outputRow { row[i] += weight * other[i] }
                }
                let target = to + y * outputRow
                target.update(repeating: 0, count: outputRow)
                for tap in -radius...radius {
                    let weight = kernel[tap + radius]
                    eachColumn(tap) { column, other in target[column] += weight * row[other] }
                }
            }
        }
    }

    func blurAdjoint(_ output: UnsafePointer<Float>, _ input: UnsafeMutablePointer<Float>, _ deviation: Double, _ scratch: TransformScratch) {
        let (kernel, radius, row) = blurMemory(deviation, scratch)
        input.update(repeating: 0, count: batch * inputSize)
        for entry in 0..<batch {
            let (from, to) = (output + entry * outputSize, input + entry * inputSize)
            for y in 0..<height {
                row.update(repeating: 0, count: outputRow)
                let source = from + y * outputRow
                for tap in -radius...radius {
                    let weight = kernel[tap + radius]
                    eachColumn(tap) { column, other in row[other] += weight * source[column] }
                }
                for tap in -radius...radius {
                    let (weight, other) = (kernel[tap + radius], to + Self.reflected(y + tap, height) * inputRow)
                    for i in 0..<inputRow { other[i] += weight * row[i] }
                }
            }
        }
    }

    /// Calls `body` for every number of a row and that of the pixel `tap` places further, mirrored at the ends of the row.
    @inline(__always)
    private func eachColumn(_ tap: Int, _ body: (_ column: Int, _ other: Int) -> Void) {
        let inside = Swift.max(0, -tap) * channels..<(width - Swift.max(0, tap)) * channels, shift = tap * channels
        func mirrored(_ numbers: Range<Int>) {
            for i in numbers { body(i, Self.reflected(i / channels + tap, width) * channels + i % channels) }
        }
        mirrored(0..<inside.lowerBound)
        for i in inside { body(i, i + shift) }
        mirrored(inside.upperBound..<outputRow)
    }

    /// The weights of `2 * radius + 1` neighbours, which reach to three deviations and add up to 1, and room for a row.
    private func blurMemory(
        _ deviation: Double, _ scratch: TransformScratch
    ) -> (kernel: UnsafeMutablePointer<Float>, radius: Int, row: UnsafeMutablePointer<Float>) {
        let radius = TransformDraw.blurRadius(deviation), count = 2 * radius + 1
        let kernel = scratch.numbers(count + outputRow)
        // No blur at all is a kernel of one weight.
        func height(_ tap: Int) -> Double { radius == 0 ? 1 : exp(-0.5 * (Double(tap - radius) / deviation) * (Double(tap - radius) / deviation)) }
        var total = 0.0
        for tap in 0..<count { total += height(tap) }
        for tap in 0..<count { kernel[tap] = Float(height(tap) / total) }
        return (kernel, radius, kernel + count)
    }

    /// Every colour times a number of its own, the same in every pixel; its own adjoint.
    func scale(_ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ factors: [Float]) {
        for pixel in 0..<batch * height * width {
            for c in 0..<channels { output[pixel * channels + c] = input[pixel * channels + c] * factors[c % factors.count] }
        }
    }
}

extension TransformDraw {
    /// Neighbours on each side that a blur looks at: three deviations.
    static func blurRadius(_ deviation: Double) -> Int { Int((3 * deviation).rounded(.up)) }
}
