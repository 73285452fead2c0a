import Foundation
import Tensors

/// One outcome of a random ``Transform``: a fixed map from images `[batch, height, width, 3]` to images of another size, and its adjoint.
///
/// The map is linear but for the constant that a border may hold; the adjoint is the linear part's exact transpose.
public struct TransformDraw: Sendable, CustomStringConvertible {
    enum Kind: Equatable {
        case pad(Int, Transform.Border)
        case crop(top: Int, left: Int)
        case resize
        case rotate(degrees: Double)
        case cropOrPad
    }

    /// No transform makes a side longer than this.
    static let largestSide = 1 << 14

    let kind: Kind
    /// Rows of the images it takes.
    public let inputHeight: Int
    /// Columns of the images it takes.
    public let inputWidth: Int
    /// Rows of the images it gives.
    public let height: Int
    /// Columns of the images it gives.
    public let width: Int

    init(_ kind: Kind, _ inputHeight: Int, _ inputWidth: Int, to height: Int, _ width: Int) {
        (self.kind, self.inputHeight, self.inputWidth, self.height, self.width) = (kind, inputHeight, inputWidth, height, width)
    }

    /// An exact resize by TensorFlow 1's rule, for images of a known size.
    public static func resize(height: Int, width: Int, toHeight: Int, toWidth: Int) -> TransformDraw {
        TransformDraw(.resize, height, width, to: toHeight, toWidth)
    }

    /// A rotation about the middle of images of a known size, in degrees; content turns counter-clockwise for positive angles.
    public static func rotation(height: Int, width: Int, degrees: Double) -> TransformDraw {
        TransformDraw(.rotate(degrees: degrees), height, width, to: height, width)
    }

    public var description: String {
        switch kind {
        case .pad(let pixels, _): return "pad \(pixels)"
        case .crop(let top, let left): return "crop \(height) x \(width) at (\(top), \(left))"
        case .resize: return "resize to \(height) x \(width)"
        case .rotate(let degrees): return "rotate \(degrees) degrees"
        case .cropOrPad: return "crop or pad to \(height) x \(width)"
        }
    }

    /// The changed images `[batch, height, width, channels]`.
    public func apply(to images: Tensor) -> Tensor {
        require(
            images.rank == 4 && images.shape[1] == inputHeight && images.shape[2] == inputWidth,
            "\(self) takes images of \(inputHeight) x \(inputWidth) px, not shape \(images.shape)")
        var result = Tensor(zeros: [images.shape[0], height, width, images.shape[3]])
        result.withUnsafeMutableScalars { output in
            images.withUnsafeScalars { input in
                guard let input = input.baseAddress, let output = output.baseAddress else { return }
                let channels = images.shape[3]
                for entry in 0..<images.shape[0] {
                    forward(
                        input + entry * inputHeight * inputWidth * channels, output + entry * height * width * channels, channels)
                }
            }
        }
        return result
    }

    /// From gradients of the changed images to gradients of the original ones.
    public func adjoint(of gradient: Tensor) -> Tensor {
        require(
            gradient.rank == 4 && gradient.shape[1] == height && gradient.shape[2] == width,
            "\(self) gives images of \(height) x \(width) px, not shape \(gradient.shape)")
        var result = Tensor(zeros: [gradient.shape[0], inputHeight, inputWidth, gradient.shape[3]])
        result.withUnsafeMutableScalars { input in
            gradient.withUnsafeScalars { output in
                guard let input = input.baseAddress, let output = output.baseAddress else { return }
                let channels = gradient.shape[3]
                for entry in 0..<gradient.shape[0] {
                    backward(
                        output + entry * height * width * channels, input + entry * inputHeight * inputWidth * channels, channels)
                }
            }
        }
        return result
    }

    // MARK: - One image

    private func forward(_ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ channels: Int) {
        switch kind {
        case .pad(let border, .constant(let value)):
            output.update(repeating: value, count: height * width * channels)
            for y in 0..<inputHeight {
                (output + ((y + border) * width + border) * channels)
                    .update(from: input + y * inputWidth * channels, count: inputWidth * channels)
            }
        case .pad(let border, .reflect):
            for y in 0..<height {
                let row = input + Self.reflected(y - border, inputHeight) * inputWidth * channels
                for x in 0..<width {
                    let source = row + Self.reflected(x - border, inputWidth) * channels
                    for c in 0..<channels { output[(y * width + x) * channels + c] = source[c] }
                }
            }
        case .crop(let top, let left):
            for y in 0..<height {
                (output + y * width * channels)
                    .update(from: input + ((y + top) * inputWidth + left) * channels, count: width * channels)
            }
        case .resize:
            // The two rows are blended first: that is the same bilinear form, and runs along memory.
            let (rows, columns) = (Self.interpolation(inputHeight, height), Self.interpolation(inputWidth, width))
            let stride = inputWidth * channels
            withUnsafeTemporaryAllocation(of: Float.self, capacity: stride) { blended in
                columns.withUnsafeBufferPointer { columns in
                    for y in 0..<height {
                        let (top, bottom, down) = (input + rows[y].lower * stride, input + rows[y].upper * stride, rows[y].weight)
                        for i in 0..<stride { blended[i] = top[i] + (bottom[i] - top[i]) * down }
                        let target = output + y * width * channels
                        for x in 0..<width {
                            let (left, right, across) = (columns[x].lower * channels, columns[x].upper * channels, columns[x].weight)
                            for c in 0..<channels {
                                target[x * channels + c] = blended[left + c] + (blended[right + c] - blended[left + c]) * across
                            }
                        }
                    }
                }
            }
        case .rotate(let degrees):
            eachRotated(degrees) { source, target in
                for c in 0..<channels { output[target * channels + c] = input[source * channels + c] }
            }
        case .cropOrPad:
            eachMiddleRow { source, target, count in
                (output + target * channels).update(from: input + source * channels, count: count * channels)
            }
        }
    }

    /// Adds to `input`, which holds zeros.
    private func backward(_ output: UnsafePointer<Float>, _ input: UnsafeMutablePointer<Float>, _ channels: Int) {
        switch kind {
        case .pad(let border, .constant):
            for y in 0..<inputHeight {
                (input + y * inputWidth * channels)
                    .update(from: output + ((y + border) * width + border) * channels, count: inputWidth * channels)
            }
        case .pad(let border, .reflect):
            for y in 0..<height {
                let row = input + Self.reflected(y - border, inputHeight) * inputWidth * channels
                for x in 0..<width {
                    let source = row + Self.reflected(x - border, inputWidth) * channels
                    for c in 0..<channels { source[c] += output[(y * width + x) * channels + c] }
                }
            }
        case .crop(let top, let left):
            for y in 0..<height {
                (input + ((y + top) * inputWidth + left) * channels)
                    .update(from: output + y * width * channels, count: width * channels)
            }
        case .resize:
            let (rows, columns) = (Self.interpolation(inputHeight, height), Self.interpolation(inputWidth, width))
            let stride = inputWidth * channels
            withUnsafeTemporaryAllocation(of: Float.self, capacity: stride) { blended in
                columns.withUnsafeBufferPointer { columns in
                    for y in 0..<height {
                        for i in 0..<stride { blended[i] = 0 }
                        let source = output + y * width * channels
                        for x in 0..<width {
                            let (left, right, across) = (columns[x].lower * channels, columns[x].upper * channels, columns[x].weight)
                            for c in 0..<channels {
                                let gradient = source[x * channels + c]
                                blended[left + c] += gradient * (1 - across)
                                blended[right + c] += gradient * across
                            }
                        }
                        let (top, bottom, down) = (input + rows[y].lower * stride, input + rows[y].upper * stride, rows[y].weight)
                        for i in 0..<stride {
                            top[i] += blended[i] * (1 - down)
                            bottom[i] += blended[i] * down
                        }
                    }
                }
            }
        case .rotate(let degrees):
            eachRotated(degrees) { source, target in
                for c in 0..<channels { input[source * channels + c] += output[target * channels + c] }
            }
        case .cropOrPad:
            eachMiddleRow { source, target, count in
                (input + source * channels).update(from: output + target * channels, count: count * channels)
            }
        }
    }

    // MARK: - Where a pixel comes from

    /// `index` mirrored into `0 ..< count` at the first and the last pixel.
    private static func reflected(_ index: Int, _ count: Int) -> Int {
        let positive = abs(index)
        return positive < count ? positive : 2 * (count - 1) - positive
    }

    /// TensorFlow 1's `resize_bilinear` without aligned corners: `source = target * in / out`, between its floor and the next pixel, clamped.
    private static func interpolation(_ input: Int, _ output: Int) -> [(lower: Int, upper: Int, weight: Float)] {
        let scale = Float(input) / Float(output)
        return (0..<output).map { target in
            let source = Float(target) * scale
            let lower = Swift.min(Int(source), input - 1)
            return (lower, Swift.min(lower + 1, input - 1), source - Float(lower))
        }
    }

    /// Calls `body` with the first pixels and the length of every row that the input and the cropped or padded output share.
    private func eachMiddleRow(_ body: (_ source: Int, _ target: Int, _ count: Int) -> Void) {
        let (fromTop, toTop) = (Swift.max(0, inputHeight - height) / 2, Swift.max(0, height - inputHeight) / 2)
        let (fromLeft, toLeft) = (Swift.max(0, inputWidth - width) / 2, Swift.max(0, width - inputWidth) / 2)
        for y in 0..<Swift.min(height, inputHeight) {
            body((fromTop + y) * inputWidth + fromLeft, (toTop + y) * width + toLeft, Swift.min(width, inputWidth))
        }
    }

    /// Calls `body` with the pixel that every output pixel is taken from, where there is one: the map of `tf.contrib.image.rotate`.
    @inline(__always)
    private func eachRotated(_ degrees: Double, _ body: (_ source: Int, _ target: Int) -> Void) {
        // Lucid turns degrees into radians with 3.14.
        let radians = Float(3.14 * degrees / 180)
        let (cosine, sine) = (cos(radians), sin(radians))
        let (lastX, lastY) = (Float(width - 1), Float(height - 1))
        let offsetX = (lastX - (cosine * lastX - sine * lastY)) / 2
        let offsetY = (lastY - (sine * lastX + cosine * lastY)) / 2
        for y in 0..<height {
            let (rowX, rowY) = (offsetX - sine * Float(y), offsetY + cosine * Float(y))
            for x in 0..<width {
                let (sourceX, sourceY) = (cosine * Float(x) + rowX, sine * Float(x) + rowY)
                // Rounding half away from zero, for what is inside: everything above -0.5 and below the last pixel's far edge.
                guard sourceX > -0.5, sourceY > -0.5, sourceX + 0.5 < lastX + 1, sourceY + 0.5 < lastY + 1 else { continue }
                body(Int(sourceY + 0.5) * width + Int(sourceX + 0.5), y * width + x)
            }
        }
    }
}
