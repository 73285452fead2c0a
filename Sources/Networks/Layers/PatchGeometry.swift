/// Where the patches of a convolution lie in its input: gathers them into rows `[kernel height, kernel width, channels]`
/// ("im2col"), and adds such rows back ("col2im", the adjoint).
struct PatchGeometry {
    private let kernelHeight, kernelWidth, stride, top, left: Int
    private let outputHeight, outputWidth: Int

    init(_ convolution: Convolution, input: ActivationView, output: ActivationView) {
        kernelHeight = convolution.kernelHeight
        kernelWidth = convolution.kernelWidth
        stride = convolution.stride
        top = SamePadding(size: input.height, kernel: kernelHeight, stride: stride).before
        left = SamePadding(size: input.width, kernel: kernelWidth, stride: stride).before
        outputHeight = output.height
        outputWidth = output.width
    }

    /// Writes the patches of the output pixels `pixels`, one after the other; zero outside of the input.
    func gather(_ input: ActivationView, _ pixels: Range<Int>, into patches: UnsafeMutablePointer<Float>) {
        let channels = input.channels, row = kernelWidth * channels
        var to = patches
        var position = Position(pixels.lowerBound, self)
        for _ in pixels {
            let y = position.y * stride - top, x = position.x * stride - left
            let inside = max(0, -x)..<max(max(0, -x), min(kernelWidth, input.width - x))
            for ky in 0..<kernelHeight {
                if y + ky < 0 || y + ky >= input.height {
                    to.update(repeating: 0, count: row)
                } else if inside.count == kernelWidth && input.isContiguous {
                    to.update(from: input.pixel(position.image, y + ky, x), count: row)
                } else {
                    to.update(repeating: 0, count: inside.lowerBound * channels)
                    for kx in inside {
                        (to + kx * channels).update(from: input.pixel(position.image, y + ky, x + kx), count: channels)
                    }
                    (to + inside.upperBound * channels).update(repeating: 0, count: (kernelWidth - inside.upperBound) * channels)
                }
                to += row
            }
            position.advance(self)
        }
    }

    /// Adds the patches of the output pixels `pixels` to where they were gathered from.
    func scatter(_ patches: UnsafePointer<Float>, _ pixels: Range<Int>, addingTo input: ActivationView) {
        let channels = input.channels, row = kernelWidth * channels
        var from = patches
        var position = Position(pixels.lowerBound, self)
        for _ in pixels {
            let y = position.y * stride - top, x = position.x * stride - left
            let inside = max(0, -x)..<max(max(0, -x), min(kernelWidth, input.width - x))
            for ky in 0..<kernelHeight {
                if y + ky >= 0 && y + ky < input.height && !inside.isEmpty {
                    if input.isContiguous {
                        let to = input.pixel(position.image, y + ky, x + inside.lowerBound)
                        let source = from + inside.lowerBound * channels
                        for i in 0..<inside.count * channels { to[i] += source[i] }
                    } else {
                        for kx in inside {
                            let to = input.pixel(position.image, y + ky, x + kx)
                            let source = from + kx * channels
                            for c in 0..<channels { to[c] += source[c] }
                        }
                    }
                }
                from += row
            }
            position.advance(self)
        }
    }

    /// An output pixel, walked in memory order without divisions.
    private struct Position {
        var image, y, x: Int

        init(_ pixel: Int, _ geometry: PatchGeometry) {
            image = pixel / (geometry.outputHeight * geometry.outputWidth)
            y = pixel / geometry.outputWidth % geometry.outputHeight
            x = pixel % geometry.outputWidth
        }

        mutating func advance(_ geometry: PatchGeometry) {
            x += 1
            if x == geometry.outputWidth { (x, y) = (0, y + 1) }
            if y == geometry.outputHeight { (y, image) = (0, image + 1) }
        }
    }
}
