import Foundation
import Tensors

/// From unbounded planes to a picture in 0...1: a colour matrix for the first three, then the logistic function. A fourth plane is the
/// picture's opacity.
///
/// The decorrelated matrix is Lucid's: the square root of the covariance of colours in natural pictures, scaled so that its
/// longest column has length 1. Optimizing in these coordinates (brightness, blue-yellow, green-magenta, roughly) keeps the gradient
/// from spending itself on the correlations between red, green and blue.
struct ColourMap: Sendable {
    /// Row-major 3 x 3: `rgb = matrix · planes`.
    let matrix: [Float]
    /// Row-major 3 x 3: from unbounded colours back to planes.
    let inverse: [Double]

    /// - Parameter inverse: of the matrix, where it is not the usual one.
    init(matrix: [Float], inverse: [Double]? = nil) {
        (self.matrix, self.inverse) = (matrix, inverse ?? Self.inverse(matrix.map(Double.init)))
    }

    /// Lucid's `color_correlation_normalized`.
    static let decorrelated: ColourMap = {
        let root: [Double] = [0.26, 0.09, 0.02, 0.27, 0.00, -0.05, 0.27, -0.09, 0.03]
        let lengths = (0..<3).map { (column: Int) -> Double in
            let (a, b, c) = (root[column], root[3 + column], root[6 + column])
            return (a * a + b * b + c * c).squareRoot()
        }
        let longest = lengths.max() ?? 1
        return ColourMap(matrix: root.map { Float($0 / longest) })
    }()

    /// The planes are red, green and blue themselves.
    static let plain = ColourMap(matrix: [1, 0, 0, 0, 1, 0, 0, 0, 1])

    /// Shades of grey: the first plane is all three colours, the others are not seen. Lucid's `grayscale_image_rgb`.
    static let grey = ColourMap(
        matrix: [1, 0, 0, 1, 0, 0, 1, 0, 0], inverse: [1.0 / 3, 1.0 / 3, 1.0 / 3, 0, 0, 0, 0, 0, 0])

    /// From planes `[height, batch * channels, width]` to images `[batch, height, width, channels]`.
    func images(
        of planes: UnsafePointer<Float>, into images: UnsafeMutablePointer<Float>, batch: Int, height: Int, width: Int, channels: Int
    ) {
        matrix.withUnsafeBufferPointer { m in
            for entry in 0..<batch {
                for y in 0..<height {
                    let row = planes + (y * batch + entry) * channels * width
                    let pixel = images + (entry * height + y) * width * channels
                    for x in 0..<width {
                        let (a, b, c) = (row[x], row[width + x], row[2 * width + x])
                        pixel[channels * x] = m[0] * a + m[1] * b + m[2] * c
                        pixel[channels * x + 1] = m[3] * a + m[4] * b + m[5] * c
                        pixel[channels * x + 2] = m[6] * a + m[7] * b + m[8] * c
                        if channels == 4 { pixel[4 * x + 3] = row[3 * width + x] }
                    }
                }
            }
        }
        applySigmoid(images, count: batch * height * width * channels)
    }

    /// From gradients of images to gradients of planes, at the images that ``images(of:into:batch:height:width:channels:)`` gave: the
    /// logistic function's slope is a function of its value.
    func adjoint(
        of gradient: UnsafePointer<Float>, at images: UnsafePointer<Float>, into planes: UnsafeMutablePointer<Float>, batch: Int,
        height: Int, width: Int, channels: Int
    ) {
        matrix.withUnsafeBufferPointer { m in
            for entry in 0..<batch {
                for y in 0..<height {
                    let row = planes + (y * batch + entry) * channels * width, start = (entry * height + y) * width * channels
                    let (slopes, values) = (gradient + start, images + start)
                    if channels == 3 {
                        for x in 0..<width { Self.adjoint(slopes, values, m, x, 3, row, width) }
                        continue
                    }
                    for x in 0..<width {
                        Self.adjoint(slopes, values, m, x, 4, row, width)
                        row[3 * width + x] = slopes[4 * x + 3] * values[4 * x + 3] * (1 - values[4 * x + 3])
                    }
                }
            }
        }
    }

    /// The colours of one pixel.
    @inline(__always)
    private static func adjoint(
        _ slopes: UnsafePointer<Float>, _ values: UnsafePointer<Float>, _ m: UnsafeBufferPointer<Float>, _ x: Int, _ channels: Int,
        _ row: UnsafeMutablePointer<Float>, _ width: Int
    ) {
        let i = channels * x
        let red = slopes[i] * values[i] * (1 - values[i])
        let green = slopes[i + 1] * values[i + 1] * (1 - values[i + 1])
        let blue = slopes[i + 2] * values[i + 2] * (1 - values[i + 2])
        row[x] = m[0] * red + m[3] * green + m[6] * blue
        row[width + x] = m[1] * red + m[4] * green + m[7] * blue
        row[2 * width + x] = m[2] * red + m[5] * green + m[8] * blue
    }

    /// The planes `[channels, height, width]` of a picture `[height, width, channels]`, whose values are kept away from 0 and 1, which no
    /// plane reaches.
    func planes(of picture: Tensor) -> Tensor {
        let (height, width, channels) = (picture.shape[0], picture.shape[1], picture.shape[2])
        return Tensor(shape: [channels, height, width]) { planes in
            picture.withUnsafeScalars { picture in
                for pixel in 0..<height * width {
                    func unbounded(_ c: Int) -> Double {
                        let value = Double(Swift.min(Swift.max(picture[pixel * channels + c], 1 / 512), 511 / 512))
                        return log(value / (1 - value))
                    }
                    let (red, green, blue) = (unbounded(0), unbounded(1), unbounded(2))
                    for c in 0..<3 {
                        planes[c * height * width + pixel] = Float(
                            inverse[3 * c] * red + inverse[3 * c + 1] * green + inverse[3 * c + 2] * blue)
                    }
                    if channels == 4 { planes[3 * height * width + pixel] = Float(unbounded(3)) }
                }
            }
        }
    }

    private static func inverse(_ m: [Double]) -> [Double] {
        func minor(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> Double { m[a] * m[d] - m[b] * m[c] }
        let adjugate = [
            minor(4, 5, 7, 8), -minor(1, 2, 7, 8), minor(1, 2, 4, 5), -minor(3, 5, 6, 8), minor(0, 2, 6, 8), -minor(0, 2, 3, 5),
            minor(3, 4, 6, 7), -minor(0, 1, 6, 7), minor(0, 1, 3, 4),
        ]
        let determinant = m[0] * adjugate[0] + m[1] * adjugate[3] + m[2] * adjugate[6]
        return adjugate.map { $0 / determinant }
    }
}
