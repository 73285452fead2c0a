import Foundation
import Tensors

/// From three unbounded planes to an RGB picture in 0...1: an optional colour matrix, then the logistic function.
///
/// The decorrelated matrix is Lucid's: the square root of the covariance of colours in natural pictures, scaled so that its
/// longest column has length 1. Optimizing in these coordinates (brightness, blue-yellow, green-magenta, roughly) keeps the gradient
/// from spending itself on the correlations between red, green and blue.
struct ColourMap: Sendable {
    /// Row-major 3 x 3: `rgb = matrix · planes`.
    let matrix: [Float]

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

    /// From planes `[height, batch * 3, width]` to images `[batch, height, width, 3]`.
    func images(of planes: Tensor, batch: Int) -> Tensor {
        let (height, width) = (planes.shape[0], planes.shape[2])
        return Tensor(shape: [batch, height, width, 3]) { images in
            planes.withUnsafeScalars { planes in
                matrix.withUnsafeBufferPointer { m in
                    for entry in 0..<batch {
                        for y in 0..<height {
                            let plane = (y * batch + entry) * 3 * width
                            let pixel = (entry * height + y) * width * 3
                            for x in 0..<width {
                                let (a, b, c) = (planes[plane + x], planes[plane + width + x], planes[plane + 2 * width + x])
                                images[pixel + 3 * x] = Self.logistic(m[0] * a + m[1] * b + m[2] * c)
                                images[pixel + 3 * x + 1] = Self.logistic(m[3] * a + m[4] * b + m[5] * c)
                                images[pixel + 3 * x + 2] = Self.logistic(m[6] * a + m[7] * b + m[8] * c)
                            }
                        }
                    }
                }
            }
        }
    }

    /// From gradients of images `[batch, height, width, 3]` to gradients of planes `[height, batch * 3, width]`, at the images
    /// that ``images(of:batch:)`` gave: the logistic function's slope is a function of its value.
    func adjoint(of gradient: Tensor, at images: Tensor) -> Tensor {
        let (batch, height, width) = (images.shape[0], images.shape[1], images.shape[2])
        return Tensor(shape: [height, batch * 3, width]) { planes in
            gradient.withUnsafeScalars { gradient in
                images.withUnsafeScalars { images in
                    matrix.withUnsafeBufferPointer { m in
                        for entry in 0..<batch {
                            for y in 0..<height {
                                let plane = (y * batch + entry) * 3 * width
                                for x in 0..<width {
                                    let i = ((entry * height + y) * width + x) * 3
                                    let red = gradient[i] * images[i] * (1 - images[i])
                                    let green = gradient[i + 1] * images[i + 1] * (1 - images[i + 1])
                                    let blue = gradient[i + 2] * images[i + 2] * (1 - images[i + 2])
                                    planes[plane + x] = m[0] * red + m[3] * green + m[6] * blue
                                    planes[plane + width + x] = m[1] * red + m[4] * green + m[7] * blue
                                    planes[plane + 2 * width + x] = m[2] * red + m[5] * green + m[8] * blue
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    @inline(__always)
    private static func logistic(_ x: Float) -> Float { 1 / (1 + exp(-x)) }
}
