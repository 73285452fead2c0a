import Foundation

/// Rotations about the middle, black outside, by the map of `tf.contrib.image.rotate`.
extension BatchPair {
    /// Where the pixels of a rotated image come from: `source = matrix · target + offset`.
    private struct RotationMap {
        let cosine, sine, offsetX, offsetY: Float

        init(_ degrees: Double, height: Int, width: Int) {
            // Lucid turns degrees into radians with 3.14.
            let radians = Float(3.14 * degrees / 180)
            (cosine, sine) = (cos(radians), sin(radians))
            let (lastX, lastY) = (Float(width - 1), Float(height - 1))
            offsetX = (lastX - (cosine * lastX - sine * lastY)) / 2
            offsetY = (lastY - (sine * lastX + cosine * lastY)) / 2
        }

        @inline(__always)
        func source(_ x: Int, _ y: Int) -> (x: Float, y: Float) {
            (cosine * Float(x) + (offsetX - sine * Float(y)), sine * Float(x) + (offsetY + cosine * Float(y)))
        }
    }

    // MARK: - The nearest pixel

    func rotate(_ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ degrees: Double, _ scratch: TransformScratch) {
        output.update(repeating: 0, count: batch * outputSize)
        eachRotatedRow(degrees, scratch) { start, places, count in
            for entry in 0..<batch {
                let (from, to) = (input + entry * inputSize, output + entry * outputSize + start)
                if channels == 3 {
                    for x in 0..<count { for c in 0..<3 { to[3 * x + c] = from[Int(places[x]) + c] } }
                } else {
                    for x in 0..<count { for c in 0..<channels { to[channels * x + c] = from[Int(places[x]) + c] } }
                }
            }
        }
    }

    func rotateAdjoint(_ output: UnsafePointer<Float>, _ input: UnsafeMutablePointer<Float>, _ degrees: Double, _ scratch: TransformScratch) {
        input.update(repeating: 0, count: batch * inputSize)
        eachRotatedRow(degrees, scratch) { start, places, count in
            for entry in 0..<batch {
                let (from, to) = (output + entry * outputSize + start, input + entry * inputSize)
                if channels == 3 {
                    for x in 0..<count { for c in 0..<3 { to[Int(places[x]) + c] += from[3 * x + c] } }
                } else {
                    for x in 0..<count { for c in 0..<channels { to[Int(places[x]) + c] += from[channels * x + c] } }
                }
            }
        }
    }

    /// Calls `body` for every row of the output with the part of it that comes from inside the input: the number at which the part
    /// starts, and for each of its pixels the number at which its source starts.
    @inline(__always)
    private func eachRotatedRow(
        _ degrees: Double, _ scratch: TransformScratch, _ body: (_ start: Int, _ places: UnsafeMutablePointer<Int32>, _ count: Int) -> Void
    ) {
        let map = RotationMap(degrees, height: height, width: width), places = scratch.places(width)
        let (endX, endY) = (Float(width), Float(height)), stride = Int32(inputRow), step = Int32(channels)
        // Rounding half away from zero, for what is inside: everything above -0.5 and below the last pixel's far edge.
        func isInside(_ x: Int, _ y: Int) -> Bool {
            let source = map.source(x, y)
            return source.x > -0.5 && source.y > -0.5 && source.x + 0.5 < endX && source.y + 0.5 < endY
        }
        var (first, last) = (0, width - 1)
        for y in 0..<height {
            // What is inside is one run, whose ends move little from row to row; where it is lost, the whole row is searched.
            while first > 0, isInside(first - 1, y) { first -= 1 }
            while last < width - 1, isInside(last + 1, y) { last += 1 }
            for _ in 0..<2 {
                while first <= last, !isInside(first, y) { first += 1 }
                while last >= first, !isInside(last, y) { last -= 1 }
                if first <= last { break }
                (first, last) = (0, width - 1)
            }
            guard isInside(first, y) else { continue }
            let (rowX, rowY) = (map.offsetX - map.sine * Float(y), map.offsetY + map.cosine * Float(y))
            for x in first...last {
                let sourceX = map.cosine * Float(x) + rowX, sourceY = map.sine * Float(x) + rowY
                places[x - first] = Int32(sourceY + 0.5) &* stride &+ Int32(sourceX + 0.5) &* step
            }
            body(y * outputRow + first * channels, places, last - first + 1)
        }
    }

    // MARK: - Between four pixels

    func rotateBilinearly(_ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ degrees: Double) {
        output.update(repeating: 0, count: batch * outputSize)
        eachBilinear(degrees) { source, target, weight in
            for c in 0..<channels { output[target + c] += weight * input[source + c] }
        }
    }

    func rotateBilinearlyAdjoint(_ output: UnsafePointer<Float>, _ input: UnsafeMutablePointer<Float>, _ degrees: Double) {
        input.update(repeating: 0, count: batch * inputSize)
        eachBilinear(degrees) { source, target, weight in
            for c in 0..<channels { input[source + c] += weight * output[target + c] }
        }
    }

    /// Calls `body` for every pixel and each of the up to four pixels inside the input that it is a mean of.
    @inline(__always)
    private func eachBilinear(_ degrees: Double, _ body: (_ source: Int, _ target: Int, _ weight: Float) -> Void) {
        let map = RotationMap(degrees, height: height, width: width)
        for entry in 0..<batch {
            for y in 0..<height {
                for x in 0..<width {
                    let source = map.source(x, y), target = entry * outputSize + y * outputRow + x * channels
                    let (left, top) = (source.x.rounded(.down), source.y.rounded(.down))
                    let (across, down) = (source.x - left, source.y - top)
                    func read(_ row: Int, _ column: Int, _ weight: Float) {
                        guard row >= 0, row < inputHeight, column >= 0, column < inputWidth else { return }
                        body(entry * inputSize + row * inputRow + column * channels, target, weight)
                    }
                    read(Int(top), Int(left), (1 - down) * (1 - across))
                    read(Int(top), Int(left) + 1, (1 - down) * across)
                    read(Int(top) + 1, Int(left), down * (1 - across))
                    read(Int(top) + 1, Int(left) + 1, down * across)
                }
            }
        }
    }
}
