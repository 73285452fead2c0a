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
/// Sums and products of angles come apart, `cos(a + b) = cos a cos b - sin a sin b`, and cosines are the same for `k` and `-k`, sines but
/// for the sign: adding and subtracting places `i` and `-i` before the products, and again after them, makes the matrices a quarter as
/// large.
struct RealFourierTransform {
    let height, width: Int

    /// Places along an axis that are not the mirror image of another: for x also the kept frequencies.
    private let rows, frequencies: Int
    /// `[rows, rows]` along y, and `[frequencies, frequencies]` with the weights of the frequencies in the columns.
    private let cosinesY, sinesY, cosinesX, sinesX: Tensor

    /// - Parameter isInverse: whether the weights are those of the inverse transform.
    init(height: Int, width: Int, isInverse: Bool) {
        (self.height, self.width, rows, frequencies) = (height, width, height / 2 + 1, width / 2 + 1)
        (cosinesY, sinesY) = (Self.table(cos, of: height), Self.table(sin, of: height))
        let weights = Tensor((0..<width / 2 + 1).map {
            isInverse ? ($0 == 0 || 2 * $0 == width ? 1 : 2) / Float(height * width) : 1
        })
        (cosinesX, sinesX) = (Self.table(cos, of: width) * weights, Self.table(sin, of: width) * weights)
    }

    /// From planes `[..., height, width]` to spectra `[2 (real, imaginary), ..., height, frequencies]`.
    func analysis(_ planes: Tensor) -> Tensor {
        let shape = [2] + planes.shape.dropLast() + [frequencies]
        return transform(planes, planes.count / (height * width), to: shape, fromPlanes: true) { planes, spectrum, half, count, work in
            let (imaginary, plane) = (spectrum + half, height * frequencies)
            // Along y: the cosines of even parts and the sines of odd ones.
            let (even, odd, cosines, sines) = (work[0], work[1], work[2], work[3])
            for entry in 0..<count {
                let to = entry * rows * width
                foldRows(planes + entry * height * width, into: even, odd, of: width)
                multiply(cosinesY, even, into: cosines + to, columns: width)
                multiply(sinesY, odd, into: sines + to, columns: width)
            }
            // Along x, all planes at once: each of these has an even and an odd part again.
            for (part, inCosines, inSines) in [(cosines, work[0], work[1]), (sines, work[4], work[5])] {
                foldColumns(part, into: work[6], work[7], of: count * rows)
                multiply(work[6], cosinesX, into: inCosines, rows: count * rows)
                multiply(work[7], sinesX, into: inSines, rows: count * rows)
            }
            for entry in 0..<count {
                let from = entry * rows * frequencies, to = entry * plane
                unfoldRows(work[0] + from, work[5] + from, into: spectrum + to, sign: 1)
                unfoldRows(work[1] + from, work[4] + from, into: imaginary + to, sign: -1)
            }
        }
    }

    /// From spectra `[2, ..., height, frequencies]` to planes `[..., height, width]`.
    func synthesis(_ spectrum: Tensor) -> Tensor {
        let shape = spectrum.shape.dropFirst().dropLast() + [width]
        let number = spectrum.count / (2 * height * frequencies)
        return transform(spectrum, number, to: Array(shape), fromPlanes: false) { spectrum, planes, half, count, work in
            let (imaginary, plane, place) = (spectrum + half, height * frequencies, rows * frequencies)
            for entry in 0..<count {
                foldRows(spectrum + entry * plane, into: work[0] + entry * place, work[5] + entry * place, of: frequencies)
                foldRows(imaginary + entry * plane, into: work[1] + entry * place, work[4] + entry * place, of: frequencies)
            }
            for (part, inCosines, inSines, sign) in [(work[2], work[0], work[1], Float(-1)), (work[3], work[4], work[5], 1)] {
                multiply(inCosines, cosinesX, into: work[6], rows: count * rows, isTransposed: true)
                multiply(inSines, sinesX, into: work[7], rows: count * rows, isTransposed: true)
                unfoldColumns(work[6], work[7], into: part, of: count * rows, sign: sign)
            }
            for entry in 0..<count {
                let from = entry * rows * width
                multiply(cosinesY, work[2] + from, into: work[0], columns: width)
                multiply(sinesY, work[3] + from, into: work[1], columns: width)
                unfoldRows(work[0], work[1], into: planes + entry * height * width, sign: 1, columns: width)
            }
        }
    }

    // MARK: - Steps

    /// Calls `body` for as many planes at a time as stay in the cache, with eight pieces of memory that hold half of these each. Half of a
    /// spectrum, `half` elements, lies between its real and its imaginary parts.
    private func transform(
        _ source: Tensor, _ planes: Int, to shape: [Int], fromPlanes: Bool,
        _ body: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, _ half: Int, _ count: Int, [UnsafeMutablePointer<Float>]) -> Void
    ) -> Tensor {
        let together = Swift.max(1, Swift.min(planes, (1 << 15) / (height * width)))
        let size = together * rows * (width + 1), half = planes * height * frequencies
        return Tensor(shape: shape) { result in
            source.withUnsafeScalars { source in
                guard let source = source.baseAddress, let result = result.baseAddress else { return }
                withUnsafeTemporaryAllocation(of: Float.self, capacity: 8 * size) { work in
                    guard let work = work.baseAddress else { return }
                    let pieces = (0..<8).map { work + $0 * size }
                    for first in stride(from: 0, to: planes, by: together) {
                        let (plane, spectrum) = (first * height * width, first * height * frequencies)
                        body(
                            source + (fromPlanes ? plane : spectrum), result + (fromPlanes ? spectrum : plane), half,
                            Swift.min(together, planes - first), pieces)
                    }
                }
            }
        }
    }

    /// `[rows, rows]` times `[rows, columns]`.
    private func multiply(_ table: Tensor, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, columns: Int) {
        table.withUnsafeScalars { table in
            guard let table = table.baseAddress else { return }
            matrixMultiply(m: rows, n: columns, k: rows, table, lda: rows, x, ldb: columns, y, ldc: columns)
        }
    }

    /// `[count, frequencies]` times `[frequencies, frequencies]`.
    private func multiply(
        _ x: UnsafePointer<Float>, _ table: Tensor, into y: UnsafeMutablePointer<Float>, rows count: Int, isTransposed: Bool = false
    ) {
        table.withUnsafeScalars { table in
            guard let table = table.baseAddress else { return }
            matrixMultiply(
                m: count, n: frequencies, k: frequencies, x, lda: frequencies, table, ldb: frequencies, transposeB: isTransposed, y,
                ldc: frequencies)
        }
    }

    /// The sums and differences of rows `i` and `-i`. A row that is its own partner stands alone in the sums; in the differences it would
    /// only meet sines that are 0.
    private func foldRows(
        _ x: UnsafePointer<Float>, into even: UnsafeMutablePointer<Float>, _ odd: UnsafeMutablePointer<Float>, of columns: Int
    ) {
        for row in 0..<rows {
            let partner = row == 0 ? 0 : height - row
            let (here, there) = (x + row * columns, x + partner * columns), (even, odd) = (even + row * columns, odd + row * columns)
            if row == partner {
                even.update(from: here, count: columns)
                odd.update(repeating: 0, count: columns)
            } else {
                for k in 0..<columns { even[k] = here[k] + there[k] }
                for k in 0..<columns { odd[k] = here[k] - there[k] }
            }
        }
    }

    /// Rows `i` are `sign * even - odd`, rows `-i` are `sign * even + odd`.
    private func unfoldRows(
        _ even: UnsafePointer<Float>, _ odd: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, sign: Float, columns: Int? = nil
    ) {
        let columns = columns ?? frequencies
        for row in 0..<rows {
            let (here, there) = (y + row * columns, y + (row == 0 ? 0 : height - row) * columns)
            let (even, odd) = (even + row * columns, odd + row * columns)
            for k in 0..<columns { there[k] = sign * even[k] + odd[k] }
            for k in 0..<columns { here[k] = sign * even[k] - odd[k] }
        }
    }

    /// The sums and differences of columns `i` and `-i` of `[count, width]`.
    private func foldColumns(
        _ x: UnsafePointer<Float>, into even: UnsafeMutablePointer<Float>, _ odd: UnsafeMutablePointer<Float>, of count: Int
    ) {
        for row in 0..<count {
            let (x, end) = (x + row * width, x + (row + 1) * width), (even, odd) = (even + row * frequencies, odd + row * frequencies)
            for i in 1..<Swift.max(1, frequencies) { even[i] = x[i] + end[-i] }
            for i in 1..<Swift.max(1, frequencies) { odd[i] = x[i] - end[-i] }
            (even[0], odd[0]) = (x[0], 0)
            if width % 2 == 0 { (even[width / 2], odd[width / 2]) = (x[width / 2], 0) }
        }
    }

    /// Columns `i` of `[count, width]` are `even + sign * odd`, columns `-i` are `even - sign * odd`.
    private func unfoldColumns(
        _ even: UnsafePointer<Float>, _ odd: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, of count: Int, sign: Float
    ) {
        for row in 0..<count {
            let (y, end) = (y + row * width, y + (row + 1) * width), (even, odd) = (even + row * frequencies, odd + row * frequencies)
            for i in 1..<Swift.max(1, frequencies) { end[-i] = even[i] - sign * odd[i] }
            for i in 0..<frequencies { y[i] = even[i] + sign * odd[i] }
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
        return Tensor(shape: [half, half]) { table in
            for i in 0..<half {
                var place = 0
                for j in 0..<half {
                    table[i * half + j] = circle[place]
                    place += i
                    if place >= count { place -= count }
                }
            }
        }
    }
}
