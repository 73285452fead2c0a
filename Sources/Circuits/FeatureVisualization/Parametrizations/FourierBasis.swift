import Foundation
import Tensors

/// The inverse two-dimensional real Fourier transform of many planes at once, and its exact adjoint.
///
/// Both are matrix products with DFT matrices, two along the columns and two along the rows, for all planes together: exact for
/// every size, not only for powers of two, and as fast as the machine multiplies matrices. Along y, frequencies `k` and `-k` and rows
/// `y` and `-y` share their cosines and (but for the sign) sines; folding both makes the matrices a quarter as large.
///
/// The spectrum of each plane is scaled as in Lucid's `fft_image`: energy falls as `1 / frequency^decay`, so that the optimizer
/// moves large structures as readily as fine ones, and white noise in the spectrum starts as a natural-looking picture.
struct FourierBasis: Sendable {
    let height: Int
    let width: Int
    /// Stored frequencies along x: `width / 2 + 1`, one more when the width is odd (Lucid then crops a picture one column wider).
    let frequencies: Int

    /// `[height, frequencies]`: the scale of every coefficient, with the transform's norm and Lucid's `/ 4` folded in.
    private let scale: [Float]
    /// Rows after folding: 0, the pairs (k, height - k), and the middle one of an even height.
    private let folded: Int
    /// `[folded, folded]`, symmetric: `cos(2 pi y k / height)`, and the same with the sine.
    private let cosines: [Float]
    private let sines: [Float]
    /// `[2, frequencies, width]`: what the real and the imaginary part of each frequency add to each column.
    private let alongX: [Float]

    init(height: Int, width: Int, decay: Double = 1) {
        self.height = height
        self.width = width
        let frequencies = width / 2 + 1 + width % 2
        self.frequencies = frequencies
        let transformedWidth = 2 * (frequencies - 1)

        let energy = Double(width * height).squareRoot() / 4 / Double(height * transformedWidth)
        let lowest = 1 / Double(Swift.max(width, height))
        scale = (0..<height).flatMap { y in
            (0..<frequencies).map { x in
                let (fy, fx) = (Self.frequency(y, of: height), Self.frequency(x, of: width))
                return Float(energy / pow(Swift.max((fx * fx + fy * fy).squareRoot(), lowest), decay))
            }
        }

        // Products are reduced before they become angles, so that these are exact for any size.
        func angle(_ a: Int, _ b: Int, _ n: Int) -> Double { 2 * Double.pi * Double(a * b % n) / Double(n) }
        let folded = height / 2 + 1
        self.folded = folded
        cosines = (0..<folded * folded).map { Float(cos(angle($0 / folded, $0 % folded, height))) }
        sines = (0..<folded * folded).map { index in
            let (y, k) = (index / folded, index % folded)
            return Self.partner(y, of: height) == y || Self.partner(k, of: height) == k ? 0 : Float(sin(angle(y, k, height)))
        }

        var alongX = [Float](repeating: 0, count: 2 * frequencies * width)
        for k in 0..<frequencies {
            // Every frequency but the lowest and the highest stands for its negative as well.
            let multiplicity: Double = k == 0 || k == frequencies - 1 ? 1 : 2
            for x in 0..<width {
                alongX[k * width + x] = Float(multiplicity * cos(angle(k, x, transformedWidth)))
                alongX[(frequencies + k) * width + x] = Float(-multiplicity * sin(angle(k, x, transformedWidth)))
            }
        }
        self.alongX = alongX
    }

    /// numpy's `fftfreq(n)[index]`.
    private static func frequency(_ index: Int, of n: Int) -> Double {
        Double(index <= (n - 1) / 2 ? index : index - n) / Double(n)
    }

    /// The row that is folded onto a row: `-row`, modulo the height.
    private static func partner(_ row: Int, of height: Int) -> Int { row == 0 ? 0 : height - row }

    /// From spectra `[height, 2 (real, imaginary), planes, frequencies]` to pictures `[height, planes, width]`.
    func inverse(_ spectrum: Tensor) -> Tensor {
        let planes = spectrum.shape[2]
        let (even, odd) = alongY(folding(spectrum, planes: planes), columns: 2 * planes * frequencies)
        let rows = unfolding(even, odd, planes: planes)
        var pictures = Tensor(zeros: [height, planes, width])
        pictures.withUnsafeMutableScalars { pictures in
            rows.withUnsafeBufferPointer { rows in
                alongX.withUnsafeBufferPointer { dft in
                    guard let dft = dft.baseAddress, let rows = rows.baseAddress, let pictures = pictures.baseAddress else { return }
                    for part in 0..<2 {
                        matrixMultiply(
                            m: height * planes, n: width, k: frequencies,
                            rows + part * height * planes * frequencies, lda: frequencies, dft + part * frequencies * width, ldb: width,
                            beta: Float(part), pictures, ldc: width)
                    }
                }
            }
        }
        return pictures
    }

    /// The adjoint of ``inverse(_:)``: from gradients of pictures `[height, planes, width]` to gradients of spectra
    /// `[height, 2, planes, frequencies]`.
    func adjoint(_ pictures: Tensor) -> Tensor {
        let planes = pictures.shape[1]
        let part = height * planes * frequencies
        let rows = [Float](unsafeUninitializedCapacity: 2 * part) { rows, count in
            pictures.withUnsafeScalars { pictures in
                alongX.withUnsafeBufferPointer { dft in
                    guard let dft = dft.baseAddress, let rows = rows.baseAddress, let pictures = pictures.baseAddress else { return }
                    for index in 0..<2 {
                        matrixMultiply(
                            m: height * planes, n: frequencies, k: width,
                            pictures, lda: width, dft + index * frequencies * width, ldb: width, transposeB: true,
                            rows + index * part, ldc: frequencies)
                    }
                }
            }
            count = 2 * part
        }
        // The folded matrices are symmetric: they are their own transposes.
        let (even, odd) = alongY(unfoldingAdjoint(rows, planes: planes), columns: 2 * planes * frequencies)
        return foldingAdjoint(even, odd, planes: planes)
    }

    /// The folded DFT of both halves, `[folded, columns]` each.
    private func alongY(_ halves: (even: [Float], odd: [Float]), columns: Int) -> (even: [Float], odd: [Float]) {
        func product(_ dft: [Float], _ half: [Float]) -> [Float] {
            [Float](unsafeUninitializedCapacity: folded * columns) { result, count in
                dft.withUnsafeBufferPointer { dft in
                    half.withUnsafeBufferPointer { half in
                        guard let dft = dft.baseAddress, let half = half.baseAddress, let result = result.baseAddress else { return }
                        matrixMultiply(
                            m: folded, n: columns, k: folded, dft, lda: folded, half, ldb: columns, result, ldc: columns)
                    }
                }
                count = folded * columns
            }
        }
        return (product(cosines, halves.even), product(sines, halves.odd))
    }

    // MARK: - Folding rows k and height - k

    /// From a spectrum to scaled sums and differences of paired rows, `[folded, 2, planes, frequencies]` each.
    private func folding(_ spectrum: Tensor, planes: Int) -> (even: [Float], odd: [Float]) {
        let row = 2 * planes * frequencies
        var even = [Float](repeating: 0, count: folded * row)
        var odd = even
        even.withUnsafeMutableBufferPointer { even in
            odd.withUnsafeMutableBufferPointer { odd in
                spectrum.withUnsafeScalars { spectrum in
                    scale.withUnsafeBufferPointer { scale in
                        for k in 0..<folded {
                            let partner = Self.partner(k, of: height)
                            for plane in 0..<2 * planes {
                                let (target, here, there) = (
                                    k * row + plane * frequencies, k * row + plane * frequencies, partner * row + plane * frequencies)
                                if partner == k {
                                    for x in 0..<frequencies { even[target + x] = spectrum[here + x] * scale[k * frequencies + x] }
                                    continue
                                }
                                for x in 0..<frequencies {
                                    // Both frequencies of a pair have one scale.
                                    let factor = scale[k * frequencies + x]
                                    even[target + x] = (spectrum[here + x] + spectrum[there + x]) * factor
                                    odd[target + x] = (spectrum[here + x] - spectrum[there + x]) * factor
                                }
                            }
                        }
                    }
                }
            }
        }
        return (even, odd)
    }

    private func foldingAdjoint(_ even: [Float], _ odd: [Float], planes: Int) -> Tensor {
        let row = 2 * planes * frequencies
        return Tensor(shape: [height, 2, planes, frequencies]) { spectrum in
            even.withUnsafeBufferPointer { even in
                odd.withUnsafeBufferPointer { odd in
                    scale.withUnsafeBufferPointer { scale in
                        for k in 0..<folded {
                            let partner = Self.partner(k, of: height)
                            for plane in 0..<2 * planes {
                                let (source, there) = (k * row + plane * frequencies, partner * row + plane * frequencies)
                                if partner == k {
                                    for x in 0..<frequencies { spectrum[source + x] = even[source + x] * scale[k * frequencies + x] }
                                    continue
                                }
                                for x in 0..<frequencies {
                                    let factor = scale[k * frequencies + x]
                                    spectrum[source + x] = (even[source + x] + odd[source + x]) * factor
                                    spectrum[there + x] = (even[source + x] - odd[source + x]) * factor
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// From the cosine and sine sums of rows `y` to the complex rows `y` and `height - y`: real and imaginary parts
    /// `[2, height, planes, frequencies]`.
    private func unfolding(_ even: [Float], _ odd: [Float], planes: Int) -> [Float] {
        let half = planes * frequencies
        return [Float](unsafeUninitializedCapacity: 2 * height * half) { rows, count in
            even.withUnsafeBufferPointer { even in
                odd.withUnsafeBufferPointer { odd in
                    for y in 0..<folded {
                        let source = y * 2 * half
                        let (here, there) = (y * half, Self.partner(y, of: height) * half)
                        let imaginary = height * half
                        for i in 0..<half {
                            rows[here + i] = even[source + i] - odd[source + half + i]
                            rows[imaginary + here + i] = even[source + half + i] + odd[source + i]
                        }
                        guard here != there else { continue }
                        for i in 0..<half {
                            rows[there + i] = even[source + i] + odd[source + half + i]
                            rows[imaginary + there + i] = even[source + half + i] - odd[source + i]
                        }
                    }
                }
            }
            count = 2 * height * half
        }
    }

    private func unfoldingAdjoint(_ rows: [Float], planes: Int) -> (even: [Float], odd: [Float]) {
        let half = planes * frequencies
        var even = [Float](repeating: 0, count: folded * 2 * half)
        var odd = even
        even.withUnsafeMutableBufferPointer { even in
            odd.withUnsafeMutableBufferPointer { odd in
                rows.withUnsafeBufferPointer { rows in
                    for y in 0..<folded {
                        let target = y * 2 * half
                        let (here, there) = (y * half, Self.partner(y, of: height) * half)
                        let imaginary = height * half
                        if here == there {
                            for i in 0..<half {
                                even[target + i] = rows[here + i]
                                even[target + half + i] = rows[imaginary + here + i]
                            }
                            continue
                        }
                        for i in 0..<half {
                            even[target + i] = rows[here + i] + rows[there + i]
                            even[target + half + i] = rows[imaginary + here + i] + rows[imaginary + there + i]
                            odd[target + half + i] = rows[there + i] - rows[here + i]
                            odd[target + i] = rows[imaginary + here + i] - rows[imaginary + there + i]
                        }
                    }
                }
            }
        }
        return (even, odd)
    }
}
