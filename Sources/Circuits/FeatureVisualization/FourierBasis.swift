import Foundation
import Tensors

/// The inverse two-dimensional real Fourier transform of many planes at once, and its exact adjoint.
///
/// Both are matrix products with DFT matrices: one along the rows for all planes together, two along the columns (real and
/// imaginary part). That is exact for every size, not only for powers of two, and as fast as the machine multiplies matrices.
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
    /// `[2 height, 2 height]`: from stacked (real; imaginary) rows to the same, the inverse transform along y.
    private let alongY: [Float]
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

        var alongY = [Float](repeating: 0, count: 4 * height * height)
        for y in 0..<height {
            for k in 0..<height {
                // The product is reduced first, so that the angle is exact for any size.
                let angle = 2 * Double.pi * Double(y * k % height) / Double(height)
                let (cosine, sine) = (Float(cos(angle)), Float(sin(angle)))
                alongY[y * 2 * height + k] = cosine
                alongY[y * 2 * height + height + k] = -sine
                alongY[(height + y) * 2 * height + k] = sine
                alongY[(height + y) * 2 * height + height + k] = cosine
            }
        }
        self.alongY = alongY

        var alongX = [Float](repeating: 0, count: 2 * frequencies * width)
        for k in 0..<frequencies {
            // Every frequency but the lowest and the highest stands for its negative as well.
            let multiplicity: Double = k == 0 || k == frequencies - 1 ? 1 : 2
            for x in 0..<width {
                let angle = 2 * Double.pi * Double(k * x % transformedWidth) / Double(transformedWidth)
                alongX[k * width + x] = Float(multiplicity * cos(angle))
                alongX[(frequencies + k) * width + x] = Float(-multiplicity * sin(angle))
            }
        }
        self.alongX = alongX
    }

    /// numpy's `fftfreq(n)[index]`.
    private static func frequency(_ index: Int, of n: Int) -> Double {
        Double(index <= (n - 1) / 2 ? index : index - n) / Double(n)
    }

    /// From spectra `[2 (real, imaginary), height, planes, frequencies]` to pictures `[height, planes, width]`.
    func inverse(_ spectrum: Tensor) -> Tensor {
        let planes = spectrum.shape[2]
        let scaled = scaling(spectrum)
        let columns = planes * frequencies
        var rows = Tensor(zeros: [2, height, planes, frequencies])
        rows.withUnsafeMutableScalars { rows in
            scaled.withUnsafeScalars { scaled in
                alongY.withUnsafeBufferPointer { dft in
                    guard let dft = dft.baseAddress, let scaled = scaled.baseAddress, let rows = rows.baseAddress else { return }
                    matrixMultiply(
                        m: 2 * height, n: columns, k: 2 * height, dft, lda: 2 * height, scaled, ldb: columns, rows, ldc: columns)
                }
            }
        }
        var pictures = Tensor(zeros: [height, planes, width])
        pictures.withUnsafeMutableScalars { pictures in
            rows.withUnsafeScalars { rows in
                alongX.withUnsafeBufferPointer { dft in
                    guard let dft = dft.baseAddress, let rows = rows.baseAddress, let pictures = pictures.baseAddress else { return }
                    for part in 0..<2 {
                        matrixMultiply(
                            m: height * planes, n: width, k: frequencies,
                            rows + part * height * columns, lda: frequencies, dft + part * frequencies * width, ldb: width,
                            beta: Float(part), pictures, ldc: width)
                    }
                }
            }
        }
        return pictures
    }

    /// The adjoint of ``inverse(_:)``: from gradients of pictures `[height, planes, width]` to gradients of spectra
    /// `[2, height, planes, frequencies]`.
    func adjoint(_ pictures: Tensor) -> Tensor {
        let planes = pictures.shape[1]
        let columns = planes * frequencies
        var rows = Tensor(zeros: [2, height, planes, frequencies])
        rows.withUnsafeMutableScalars { rows in
            pictures.withUnsafeScalars { pictures in
                alongX.withUnsafeBufferPointer { dft in
                    guard let dft = dft.baseAddress, let rows = rows.baseAddress, let pictures = pictures.baseAddress else { return }
                    for part in 0..<2 {
                        matrixMultiply(
                            m: height * planes, n: frequencies, k: width,
                            pictures, lda: width, dft + part * frequencies * width, ldb: width, transposeB: true,
                            rows + part * height * columns, ldc: frequencies)
                    }
                }
            }
        }
        var spectrum = Tensor(zeros: [2, height, planes, frequencies])
        spectrum.withUnsafeMutableScalars { spectrum in
            rows.withUnsafeScalars { rows in
                alongY.withUnsafeBufferPointer { dft in
                    guard let dft = dft.baseAddress, let rows = rows.baseAddress, let spectrum = spectrum.baseAddress else { return }
                    matrixMultiply(
                        m: 2 * height, n: columns, k: 2 * height, dft, lda: 2 * height, transposeA: true,
                        rows, ldb: columns, spectrum, ldc: columns)
                }
            }
        }
        return scaling(spectrum)
    }

    /// Every coefficient times its scale; its own adjoint.
    private func scaling(_ spectrum: Tensor) -> Tensor {
        let planes = spectrum.shape[2]
        return Tensor(shape: spectrum.shape) { scaled in
            spectrum.withUnsafeScalars { spectrum in
                scale.withUnsafeBufferPointer { scale in
                    for row in 0..<2 * height {
                        let scaleRow = (row % height) * frequencies
                        for plane in 0..<planes {
                            let start = (row * planes + plane) * frequencies
                            for x in 0..<frequencies { scaled[start + x] = spectrum[start + x] * scale[scaleRow + x] }
                        }
                    }
                }
            }
        }
    }
}
