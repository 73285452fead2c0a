import Foundation
import Tensors

/// Part of a picture seen through a change: the middle of what a unit saw is put into the middle of a field, turned, scaled, moved or
/// recoloured. Pixels between pixels are cubic (Keys, "Cubic convolution interpolation", 1981); pictures that shrink are sampled more
/// finely and averaged, so that nothing is skipped. Beyond the border the picture is mirrored, so that there are no new edges.
struct ChangedPicture {
    /// `[size, size, 3]`.
    let picture: Tensor
    /// What goes into the middle of the field, in pixels.
    let centre: (x: Double, y: Double)

    /// Draws one step of a change.
    /// - Parameters:
    ///   - side: height and width of the result.
    ///   - middle: where the centre goes, in pixels of the result.
    func draw(_ change: PictureChange, value: Double, into pixels: UnsafeMutablePointer<Float>, side: Int, middle: (x: Double, y: Double)) {
        let map = Map(change, value: value)
        // As many samples along each axis as source pixels fall into one of the result.
        let samples = max(1, min(8, Int((1 / map.magnification).rounded(.up))))
        let hue = change.kind == .hue ? Self.hueRotation(value) : nil
        picture.withUnsafeScalars { source in
            for y in 0..<side {
                for x in 0..<side {
                    var sum = SIMD3<Double>(0, 0, 0)
                    for v in 0..<samples {
                        for u in 0..<samples {
                            let dx = Double(x) + (Double(u) + 0.5) / Double(samples) - middle.x
                            let dy = Double(y) + (Double(v) + 0.5) / Double(samples) - middle.y
                            let from = map.source(dx, dy)
                            sum += cubic(source, x: centre.x + from.x - 0.5, y: centre.y + from.y - 0.5)
                        }
                    }
                    var color = sum / Double(samples * samples)
                    if let hue { color = SIMD3((hue[0] * color).sum(), (hue[1] * color).sum(), (hue[2] * color).sum()) }
                    let at = (y * side + x) * 3
                    for channel in 0..<3 { pixels[at + channel] = Float(min(max(color[channel], 0), 1)) }
                }
            }
        }
    }

    /// From places in the result to places in the picture, both seen from their middles.
    private struct Map {
        let a, b, c, d, shiftX, shiftY: Double
        let magnification: Double

        init(_ change: PictureChange, value: Double) {
            let turn = change.kind == .rotation ? value * .pi / 180 : 0
            magnification = change.kind == .scale ? value : 1
            // The inverse of a clockwise turn (y points down) and of the magnification.
            (a, b) = (cos(turn) / magnification, sin(turn) / magnification)
            (c, d) = (-sin(turn) / magnification, cos(turn) / magnification)
            let along = change.kind == .shift ? value : 0
            (shiftX, shiftY) = (along * cos(change.direction * .pi / 180), along * sin(change.direction * .pi / 180))
        }

        func source(_ x: Double, _ y: Double) -> (x: Double, y: Double) { (a * x + b * y - shiftX, c * x + d * y - shiftY) }
    }

    private func cubic(_ source: UnsafeBufferPointer<Float>, x: Double, y: Double) -> SIMD3<Double> {
        let (height, width) = (picture.shape[0], picture.shape[1])
        let (left, top) = (x.rounded(.down), y.rounded(.down))
        let (across, down) = (Self.weights(x - left), Self.weights(y - top))
        var sum = SIMD3<Double>(0, 0, 0)
        for row in 0..<4 {
            let from = Self.mirrored(Int(top) + row - 1, height) * width
            var line = SIMD3<Double>(0, 0, 0)
            for column in 0..<4 {
                let at = (from + Self.mirrored(Int(left) + column - 1, width)) * 3
                line += across[column] * SIMD3(Double(source[at]), Double(source[at + 1]), Double(source[at + 2]))
            }
            sum += down[row] * line
        }
        return sum
    }

    /// Of the four neighbours of a place a share `t` behind the second.
    private static func weights(_ t: Double) -> SIMD4<Double> {
        let (t2, t3) = (t * t, t * t * t)
        return 0.5 * SIMD4(-t3 + 2 * t2 - t, 3 * t3 - 5 * t2 + 2, -3 * t3 + 4 * t2 + t, t3 - t2)
    }

    /// An index mirrored at the borders, as often as needed.
    private static func mirrored(_ index: Int, _ count: Int) -> Int {
        let period = 2 * count
        let place = ((index % period) + period) % period
        return place < count ? place : period - 1 - place
    }

    /// The rotation about the axis of greys.
    private static func hueRotation(_ degrees: Double) -> [SIMD3<Double>] {
        let (c, s) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180) / 3.0.squareRoot())
        let (same, next, last) = (c + (1 - c) / 3, (1 - c) / 3 - s, (1 - c) / 3 + s)
        return [SIMD3(same, next, last), SIMD3(last, same, next), SIMD3(next, last, same)]
    }
}
