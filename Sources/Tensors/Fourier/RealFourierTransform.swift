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
///
/// Cosines are the same for `k` and `-k`, and sines but for the sign: adding and subtracting places `y` and `height - y` before the
/// products, and again after them, makes the matrices a quarter as large.
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
        let count = planes.count / (height * width)
        let (even, odd) = Self.folded(planes.reshaped([count * height, width, 1]))
        func alongX(_ half: Tensor, _ table: Tensor) -> Tensor {
            half.squeezed(2).matmul(table * weights).reshaped([count, height, frequencies])
        }
        let (real, imaginary) = alongY(alongX(even, Self.table(cos, of: width)), alongX(odd, -Self.table(sin, of: width)), sign: -1)
        return Tensor.stack([real, imaginary]).reshaped([2] + planes.shape.dropLast() + [frequencies])
    }

    /// From spectra `[2, ..., height, frequencies]` to planes `[..., height, width]`.
    func synthesis(_ spectrum: Tensor, weights: Tensor) -> Tensor {
        let count = spectrum.count / (2 * height * frequencies)
        let parts = spectrum.reshaped([2, count, height, frequencies])
        let (real, imaginary) = alongY(parts.slice(0), parts.slice(1), sign: 1)
        func alongX(_ part: Tensor, _ table: Tensor) -> Tensor {
            part.reshaped([count * height, frequencies]).matmul((table * weights).transposed).expanded(at: 2)
        }
        let planes = Self.unfolded(
            alongX(real, Self.table(cos, of: width)), alongX(imaginary, -Self.table(sin, of: width)), count: width)
        return planes.reshaped(spectrum.shape.dropFirst().dropLast() + [width])
    }

    /// The complex sums of `[planes, height, frequencies]` times `e^(sign * 2 pi i k y / height)`.
    private func alongY(_ real: Tensor, _ imaginary: Tensor, sign: Float) -> (real: Tensor, imaginary: Tensor) {
        let cosines = Self.table(cos, of: height), sines = Self.table(sin, of: height) * sign
        let (evenReal, oddReal) = Self.folded(real), (evenImaginary, oddImaginary) = Self.folded(imaginary)
        return (
            Self.unfolded(Self.products(cosines, evenReal), Self.products(-sines, oddImaginary), count: height),
            Self.unfolded(Self.products(cosines, evenImaginary), Self.products(sines, oddReal), count: height)
        )
    }

    /// The matrix products of one table with each plane of `[planes, rows, columns]`.
    private static func products(_ table: Tensor, _ planes: Tensor) -> Tensor {
        let (count, rows, columns) = (planes.shape[0], planes.shape[1], planes.shape[2])
        return Tensor(shape: planes.shape) { result in
            table.withUnsafeScalars { table in
                planes.withUnsafeScalars { planes in
                    guard let table = table.baseAddress, let planes = planes.baseAddress, let result = result.baseAddress else { return }
                    for plane in stride(from: 0, to: count * rows * columns, by: rows * columns) {
                        matrixMultiply(
                            m: rows, n: columns, k: rows, table, lda: rows, planes + plane, ldb: columns, result + plane, ldc: columns)
                    }
                }
            }
        }
    }

    /// The sums and differences of places `i` and `count - i` on the middle axis, `[outer, count / 2 + 1, inner]`. A place that is its own
    /// partner stands alone in the sums; in the differences it would only meet sines that are 0.
    private static func folded(_ x: Tensor) -> (even: Tensor, odd: Tensor) {
        let (outer, count, inner) = (x.shape[0], x.shape[1], x.shape[2]), half = count / 2 + 1
        var odd = Tensor(zeros: [outer, half, inner])
        let even = Tensor(shape: odd.shape) { even in
            odd.withUnsafeMutableScalars { odd in
                x.withUnsafeScalars { x in
                    for row in 0..<outer * half {
                        let place = row % half, partner = place == 0 ? 0 : count - place
                        let (to, here, there) = (row * inner, (row / half * count + place) * inner, (row / half * count + partner) * inner)
                        if here == there {
                            for k in 0..<inner { even[to &+ k] = x[here &+ k] }
                        } else {
                            for k in 0..<inner {
                                even[to &+ k] = x[here &+ k] + x[there &+ k]
                                odd[to &+ k] = x[here &+ k] - x[there &+ k]
                            }
                        }
                    }
                }
            }
        }
        return (even, odd)
    }

    /// The whole of a function from the halves of its even and its odd part.
    private static func unfolded(_ even: Tensor, _ odd: Tensor, count: Int) -> Tensor {
        let (outer, half, inner) = (even.shape[0], even.shape[1], even.shape[2])
        return Tensor(shape: [outer, count, inner]) { result in
            even.withUnsafeScalars { even in
                odd.withUnsafeScalars { odd in
                    for row in 0..<outer * half {
                        let place = row % half, partner = place == 0 ? 0 : count - place
                        let start = row / half * count, from = row * inner
                        let (here, there) = ((start + place) * inner, (start + partner) * inner)
                        for k in 0..<inner { result[there &+ k] = even[from &+ k] - odd[from &+ k] }
                        for k in 0..<inner { result[here &+ k] = even[from &+ k] + odd[from &+ k] }
                    }
                }
            }
        }
    }

    /// `function(2 pi i j / count)` for `i` and `j` up to half of `count`. Products are reduced before they become angles, and quarters of
    /// the circle are exact.
    private static func table(_ function: (Double) -> Double, of count: Int) -> Tensor {
        let circle = (0..<count).map { step in
            let value = function(2 * Double.pi * Double(step) / Double(count))
            return 4 * step % count == 0 ? Float(value.rounded()) : Float(value)
        }
        let half = count / 2 + 1
        return Tensor(shape: [half, half]) { table in for i in 0..<table.count { table[i] = circle[(i / half) * (i % half) % count] } }
    }
}
