import Figures
import RichDisplay
import Tensors

/// What a feature answers at every position of a picture, laid over the picture in grey: red where it is excited, blue where it is
/// inhibited (activations below zero, before the ReLU), the stronger the more colour. A frame shows what the responding unit sees.
public struct ActivationOverlay: Displayable, Sendable {
    public let picture: Image
    /// `[height, width]`, before the ReLU if the layer ends in one.
    public let activations: Tensor
    /// The middles of what the columns and the rows of positions see, in shares of the picture.
    let centres: (x: [Double], y: [Double])
    let frame: (rows: Range<Int>, columns: Range<Int>)?

    /// The largest magnitude.
    public var strongest: Float { activations.scalars.reduce(0) { $1.isFinite ? Swift.max($0, abs($1)) : $0 } }

    /// The picture in grey with the activations in colour, interpolated between the middles of receptive fields.
    /// - Parameter scale: the magnitude that gets the full colour; the picture's own largest when absent.
    /// - Throws: ``ImageError``.
    public func image(scale: Float? = nil) throws -> Image {
        let (height, width) = (picture.height, picture.width), channels = picture.channels
        let scale = scale ?? strongest
        let columns = Self.places(of: centres.x, pixels: width), rows = Self.places(of: centres.y, pixels: height)
        let positions = activations.shape[1], values = activations.scalars.map { $0.isFinite ? $0 : 0 }
        let pixels = Tensor(shape: [height, width, 3]) { result in
            picture.tensor.withUnsafeScalars { source in
                for y in 0..<height {
                    for x in 0..<width {
                        let (row, column) = (rows[y], columns[x])
                        func along(_ row: Int) -> Float {
                            let start = row * positions
                            return values[start + column.low] * (1 - column.share) + values[start + column.high] * column.share
                        }
                        let value = along(row.low) * (1 - row.share) + along(row.high) * row.share
                        let strength = scale > 0 ? Swift.min(abs(value) / scale, 1) * 0.85 : 0
                        let from = (y * width + x) * channels
                        let grey = 0.15 + 0.7 * (0.299 * source[from] + 0.587 * source[from + 1] + 0.114 * source[from + 2])
                        let color = Color(gray: grey).mixed(with: value > 0 ? .excitation : .inhibition, strength)
                        let to = (y * width + x) * 3
                        (result[to], result[to + 1], result[to + 2]) = (color.red, color.green, color.blue)
                    }
                }
                drawFrame(into: result, height: height, width: width)
            }
        }
        return try Image(pixels)
    }

    public func mimeBundle() throws -> MimeBundle {
        let image = try image()
        return try image.scaled(by: Swift.max(1, 256 / Swift.max(1, image.height))).mimeBundle()
    }

    private func drawFrame(into pixels: UnsafeMutableBufferPointer<Float>, height: Int, width: Int) {
        guard let frame else { return }
        func paint(_ y: Int, _ x: Int) {
            guard (0..<height).contains(y), (0..<width).contains(x) else { return }
            // Black and white in turns can be seen on any ground.
            for channel in 0..<3 { pixels[(y * width + x) * 3 + channel] = (x + y) / 3 % 2 == 0 ? 1 : 0 }
        }
        let rows = frame.rows.clamped(to: 0..<height), columns = frame.columns.clamped(to: 0..<width)
        for x in columns {
            paint(frame.rows.lowerBound, x)
            paint(frame.rows.upperBound - 1, x)
        }
        for y in rows {
            paint(y, frame.columns.lowerBound)
            paint(y, frame.columns.upperBound - 1)
        }
    }

    /// Between which two positions each pixel lies, and how far on the way to the second.
    private static func places(of centres: [Double], pixels: Int) -> [(low: Int, high: Int, share: Float)] {
        (0..<pixels).map { pixel in
            let at = (Double(pixel) + 0.5) / Double(pixels)
            guard let next = centres.firstIndex(where: { $0 > at }) else { return (centres.count - 1, centres.count - 1, 0) }
            guard next > 0 else { return (0, 0, 0) }
            return (next - 1, next, Float((at - centres[next - 1]) / (centres[next] - centres[next - 1])))
        }
    }
}
