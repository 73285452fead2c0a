import Foundation

/// The two-dimensional Fourier transform of real planes, as matrix products with DFT matrices: exact for every size, not only for powers
/// of two, and as fast as the machine multiplies matrices. Only half of the frequencies along x are kept: the others are their conjugates.
///
/// Transform, inverse and both adjoints are two maps. With `angle = 2 pi (k y / height + l x / width)` and a weight for each `l`:
///
///     analysis:   real[k, l] = weight[l] * sum(plane[y, x] * cos(angle)),  imaginary[k, l] = -weight[l] * sum(plane[y, x] * sin(angle))
///     synthesis:  plane[y, x] = sum(weight[l] * (real[k, l] * cos(angle) - imaginary[k, l] * sin(angle)))
///
/// Each is the adjoint of the other. The transform is the analysis with weights of 1; its inverse is the synthesis with weights that
/// count twice the frequencies that stand for their conjugates as well, divided by the number of pixels.
struct RealFourierTransform {
    let height, width: Int

    /// Kept frequencies along x.
    var frequencies: Int { width / 2 + 1 }

    /// The weights of the transform.
    var unit: Tensor { Tensor(repeating: 1, shape: [frequencies]) }

    /// The weights of the inverse transform.
    var inverse: Tensor { Tensor((0..<frequencies).map { ($0 == 0 || 2 * $0 == width ? 1 : 2) / Float(height * width) }) }

    /// From planes `[..., height, width]` to spectra `[2 (real, imaginary), ..., height, frequencies]`.
    func analysis(_ planes: Tensor, weights: Tensor) -> Tensor {
        let rows = planes.reshaped([planes.count / width, width]).matmul(alongX(weights))
        let (cosines, sines) = alongY(rows.reshaped([planes.count / (height * width), height, 2, frequencies]))
        // e^(-i angle) times (real + i imaginary): the sines exchange the parts.
        let real = cosines[0..., 0..., 0] + sines[0..., 0..., 1], imaginary = cosines[0..., 0..., 1] - sines[0..., 0..., 0]
        return Tensor.stack([real, imaginary]).reshaped([2] + planes.shape.dropLast() + [frequencies])
    }

    /// From spectra `[2, ..., height, frequencies]` to planes `[..., height, width]`.
    func synthesis(_ spectrum: Tensor, weights: Tensor) -> Tensor {
        let count = spectrum.count / (2 * height * frequencies)
        let (cosines, sines) = alongY(spectrum.reshaped([2, count, height, frequencies]).permuted(1, 2, 0, 3))
        let real = cosines[0..., 0..., 0] - sines[0..., 0..., 1], imaginary = cosines[0..., 0..., 1] + sines[0..., 0..., 0]
        let rows = Tensor.concatenated([real, imaginary], along: -1).reshaped([count * height, 2 * frequencies])
        return rows.matmul(alongX(weights).transposed).reshaped(spectrum.shape.dropFirst().dropLast() + [width])
    }

    /// `[width, 2 * frequencies]`: weighted cosines for the real parts, then negated sines for the imaginary ones.
    private func alongX(_ weights: Tensor) -> Tensor {
        let shape = [width, frequencies]
        return Tensor.concatenated(
            [Self.table(cos, period: width, shape: shape) * weights, -(Self.table(sin, period: width, shape: shape) * weights)], along: 1)
    }

    /// The sums along y of `[planes, height, 2, frequencies]`, weighted with cosines and with sines.
    private func alongY(_ rows: Tensor) -> (cosines: Tensor, sines: Tensor) {
        let (planes, columns) = (rows.shape[0], 2 * frequencies)
        func sums(_ table: Tensor) -> Tensor {
            Tensor(shape: rows.shape) { result in
                table.withUnsafeScalars { table in
                    rows.withUnsafeScalars { rows in
                        guard let table = table.baseAddress, let rows = rows.baseAddress, let result = result.baseAddress else { return }
                        for plane in stride(from: 0, to: planes * height * columns, by: height * columns) {
                            matrixMultiply(
                                m: height, n: columns, k: height, table, lda: height, rows + plane, ldb: columns, result + plane,
                                ldc: columns)
                        }
                    }
                }
            }
        }
        let shape = [height, height]
        return (sums(Self.table(cos, period: height, shape: shape)), sums(Self.table(sin, period: height, shape: shape)))
    }

    /// `function(2 pi row column / period)`. Products are reduced before they become angles, and quarters of the circle are exact.
    private static func table(_ function: (Double) -> Double, period: Int, shape: [Int]) -> Tensor {
        let circle = (0..<period).map { step in
            let value = function(2 * Double.pi * Double(step) / Double(period))
            return 4 * step % period == 0 ? Float(value.rounded()) : Float(value)
        }
        return Tensor(shape: shape) { table in
            for i in 0..<table.count { table[i] = circle[(i / shape[1]) * (i % shape[1]) % period] }
        }
    }
}
