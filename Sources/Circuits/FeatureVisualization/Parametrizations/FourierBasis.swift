import Foundation
import Tensors

/// Planes made of their Fourier coefficients: the inverse two-dimensional real Fourier transform of many planes at once, and its exact
/// adjoint.
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
    /// Planes of one image.
    let channels: Int
    /// Stored frequencies along x: `width / 2 + 1`, one more when the width is odd (Lucid then crops a picture one column wider).
    let frequencies: Int

    /// `[height, frequencies]`: the scale of every coefficient, with the transform's norm and Lucid's `/ 4` folded in.
    let scale: [Float]
    /// Rows after folding: 0, the pairs (k, height - k), and the middle one of an even height.
    let folded: Int
    /// `[folded, folded]`, symmetric: `cos(2 pi y k / height)`, and the same with the sine.
    private let cosines: [Float]
    private let sines: [Float]
    /// `[2, frequencies, width]`: what the real and the imaginary part of each frequency add to each column.
    private let alongX: [Float]

    init(height: Int, width: Int, channels: Int = 3, decay: Double = 1) {
        (self.height, self.width, self.channels) = (height, width, channels)
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
    static func partner(_ row: Int, of height: Int) -> Int { row == 0 ? 0 : height - row }

    /// Numbers of one folded half, and of both parts of the rows.
    private func halfCount(_ planes: Int) -> Int { folded * 2 * planes * frequencies }
    private func rowCount(_ planes: Int) -> Int { 2 * height * planes * frequencies }

    /// Multiplies both halves, `[folded, columns]` each, with their DFT matrices.
    private func alongY(
        _ even: UnsafePointer<Float>, _ odd: UnsafePointer<Float>, into evenSums: UnsafeMutablePointer<Float>,
        _ oddSums: UnsafeMutablePointer<Float>, columns: Int
    ) {
        matrixMultiply(m: folded, n: columns, k: folded, cosines, lda: folded, even, ldb: columns, evenSums, ldc: columns)
        matrixMultiply(m: folded, n: columns, k: folded, sines, lda: folded, odd, ldb: columns, oddSums, ldc: columns)
    }
}

extension FourierBasis: PlaneBasis {
    func parameterCount(batch: Int) -> Int { rowCount(batch * channels) }
    func workspaceCount(batch: Int) -> Int { 4 * halfCount(batch * channels) + rowCount(batch * channels) }

    /// From spectra `[height, 2 (real, imaginary), planes, frequencies]` to pictures `[height, planes, width]`.
    func planes(
        of spectrum: UnsafePointer<Float>, into pictures: UnsafeMutablePointer<Float>, batch: Int, workspace: UnsafeMutablePointer<Float>
    ) {
        let planes = batch * channels, half = halfCount(planes)
        let (even, odd, evenSums, oddSums) = (workspace, workspace + half, workspace + 2 * half, workspace + 3 * half)
        let rows = workspace + 4 * half
        fold(spectrum, into: even, odd, planes: planes)
        alongY(even, odd, into: evenSums, oddSums, columns: 2 * planes * frequencies)
        unfold(evenSums, oddSums, into: rows, planes: planes)
        for part in 0..<2 {
            alongX.withUnsafeBufferPointer { dft in
                guard let dft = dft.baseAddress else { return }
                matrixMultiply(
                    m: height * planes, n: width, k: frequencies,
                    rows + part * height * planes * frequencies, lda: frequencies, dft + part * frequencies * width, ldb: width,
                    beta: Float(part), pictures, ldc: width)
            }
        }
    }

    func adjoint(
        of pictures: UnsafePointer<Float>, at spectrum: UnsafePointer<Float>, into gradient: UnsafeMutablePointer<Float>, batch: Int,
        workspace: UnsafeMutablePointer<Float>
    ) {
        let planes = batch * channels, half = halfCount(planes)
        let (even, odd, evenSums, oddSums) = (workspace, workspace + half, workspace + 2 * half, workspace + 3 * half)
        let rows = workspace + 4 * half
        for part in 0..<2 {
            alongX.withUnsafeBufferPointer { dft in
                guard let dft = dft.baseAddress else { return }
                matrixMultiply(
                    m: height * planes, n: frequencies, k: width,
                    pictures, lda: width, dft + part * frequencies * width, ldb: width, transposeB: true,
                    rows + part * height * planes * frequencies, ldc: frequencies)
            }
        }
        // The folded matrices are symmetric: they are their own transposes.
        unfoldAdjoint(rows, into: even, odd, planes: planes)
        alongY(even, odd, into: evenSums, oddSums, columns: 2 * planes * frequencies)
        foldAdjoint(evenSums, oddSums, into: gradient, planes: planes)
    }

    func start(
        _ parameters: UnsafeMutablePointer<Float>, position: Int, batch: Int, deviation: Double, using random: inout CounterRandom
    ) {
        Self.noise(
            parameters, rows: 2 * height, row: channels * frequencies, position: position, batch: batch, deviation: deviation,
            using: &random)
    }

    /// The picture's own spectrum, its last column repeated where the transform is one column wider than the picture.
    func add(_ picture: Tensor, to parameters: UnsafeMutablePointer<Float>, batch: Int) {
        let transformedWidth = 2 * (frequencies - 1)
        let wide = transformedWidth == width ? picture : .concatenated([picture, picture[.ellipsis, (width - 1)..<width]], along: 2)
        let spectrum = wide.rfft2() / Float(height * transformedWidth)  // [2, channels, height, frequencies]
        spectrum.withUnsafeScalars { spectrum in
            for part in 0..<2 {
                for channel in 0..<channels {
                    for y in 0..<height {
                        let source = ((part * channels + channel) * height + y) * frequencies
                        for entry in 0..<batch {
                            let target = (((y * 2 + part) * batch + entry) * channels + channel) * frequencies
                            for x in 0..<frequencies { parameters[target + x] += spectrum[source + x] / scale[y * frequencies + x] }
                        }
                    }
                }
            }
        }
    }
}
