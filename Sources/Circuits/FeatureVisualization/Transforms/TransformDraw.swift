import Tensors

/// One outcome of a random ``Transform``: a fixed map from images `[batch, height, width, channels]` to images of another size, and its adjoint.
///
/// The map is linear but for the constant that a border may hold; the adjoint is the linear part's exact transpose.
public struct TransformDraw: Sendable, CustomStringConvertible {
    enum Kind: Equatable {
        case pad(Int, value: Float)
        case reflect(Int)
        case crop(top: Int, left: Int)
        case cropOrPad
        case resize
        case rotate(degrees: Double, Transform.Sampling)
        case flip(Transform.Axis)
        case blur(deviation: Double)
        case scaleColours([Float])
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
    public static func rotation(height: Int, width: Int, degrees: Double, sampling: Transform.Sampling = .nearest) -> TransformDraw {
        TransformDraw(.rotate(degrees: degrees, sampling), height, width, to: height, width)
    }

    /// Whether the images stay as they are.
    public var isIdentity: Bool {
        guard height == inputHeight, width == inputWidth else { return false }
        switch kind {
        case .pad, .reflect, .crop, .cropOrPad, .resize: return true
        case .rotate(let degrees, _): return degrees == 0
        case .flip: return false
        case .blur(let deviation): return deviation == 0
        case .scaleColours(let factors): return factors.allSatisfy { $0 == 1 }
        }
    }

    public var description: String {
        switch kind {
        case .pad(let pixels, _), .reflect(let pixels): return "pad \(pixels)"
        case .crop(let top, let left): return "crop \(height) x \(width) at (\(top), \(left))"
        case .cropOrPad: return "crop or pad to \(height) x \(width)"
        case .resize: return "resize to \(height) x \(width)"
        case .rotate(let degrees, _): return "rotate \(degrees) degrees"
        case .flip(let axis): return "flip \(axis)ly"
        case .blur(let deviation): return "blur by \(deviation) px"
        case .scaleColours(let factors): return "scale colours by \(factors)"
        }
    }

    /// The changed images `[batch, height, width, channels]`.
    public func apply(to images: Tensor) -> Tensor {
        require(
            images.rank == 4 && images.shape[1] == inputHeight && images.shape[2] == inputWidth,
            "\(self) takes images of \(inputHeight) x \(inputWidth) px, not shape \(images.shape)")
        return Tensor(shape: [images.shape[0], height, width, images.shape[3]]) { output in
            images.withUnsafeScalars { input in
                guard let input = input.baseAddress, let output = output.baseAddress else { return }
                forward(input, output, batch: images.shape[0], channels: images.shape[3], scratch: TransformScratch())
            }
        }
    }

    /// From gradients of the changed images to gradients of the original ones.
    public func adjoint(of gradient: Tensor) -> Tensor {
        require(
            gradient.rank == 4 && gradient.shape[1] == height && gradient.shape[2] == width,
            "\(self) gives images of \(height) x \(width) px, not shape \(gradient.shape)")
        return Tensor(shape: [gradient.shape[0], inputHeight, inputWidth, gradient.shape[3]]) { input in
            gradient.withUnsafeScalars { output in
                guard let input = input.baseAddress, let output = output.baseAddress else { return }
                backward(output, input, batch: gradient.shape[0], channels: gradient.shape[3], scratch: TransformScratch())
            }
        }
    }

    /// ``apply(to:)`` in memory that the caller has; every number of `output` is written.
    func forward(
        _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, batch: Int, channels: Int, scratch: TransformScratch
    ) {
        let images = BatchPair(draw: self, batch: batch, channels: channels)
        switch kind {
        case .pad(let border, let value): images.pad(input, output, border, value)
        case .reflect(let border): images.reflect(input, output, border)
        case .crop(let top, let left): images.crop(input, output, top, left)
        case .cropOrPad: images.cropOrPad(input, output)
        case .resize: images.resize(input, output, scratch)
        case .rotate(let degrees, .nearest): images.rotate(input, output, degrees, scratch)
        case .rotate(let degrees, .bilinear): images.rotateBilinearly(input, output, degrees)
        case .flip(let axis): images.flip(input, output, axis)
        case .blur(let deviation): images.blur(input, output, deviation, scratch)
        case .scaleColours(let factors): images.scale(input, output, factors)
        }
    }

    /// ``adjoint(of:)`` in memory that the caller has; every number of `input` is written.
    func backward(
        _ output: UnsafePointer<Float>, _ input: UnsafeMutablePointer<Float>, batch: Int, channels: Int, scratch: TransformScratch
    ) {
        let images = BatchPair(draw: self, batch: batch, channels: channels)
        switch kind {
        case .pad(let border, _): images.padAdjoint(output, input, border)
        case .reflect(let border): images.reflectAdjoint(output, input, border)
        case .crop(let top, let left): images.cropAdjoint(output, input, top, left)
        case .cropOrPad: images.cropOrPadAdjoint(output, input)
        case .resize: images.resizeAdjoint(output, input, scratch)
        case .rotate(let degrees, .nearest): images.rotateAdjoint(output, input, degrees, scratch)
        case .rotate(let degrees, .bilinear): images.rotateBilinearlyAdjoint(output, input, degrees)
        case .flip(let axis): images.flip(output, input, axis)
        case .blur(let deviation): images.blurAdjoint(output, input, deviation, scratch)
        case .scaleColours(let factors): images.scale(output, input, factors)
        }
    }
}

/// The sizes of the images that a transform takes and gives, for the loops in the files beside this one.
struct BatchPair {
    let batch, channels: Int
    /// Of the images that come in.
    let inputHeight, inputWidth: Int
    /// Of the images that go out.
    let height, width: Int

    init(draw: TransformDraw, batch: Int, channels: Int) {
        (self.batch, self.channels) = (batch, channels)
        (inputHeight, inputWidth, height, width) = (draw.inputHeight, draw.inputWidth, draw.height, draw.width)
    }

    /// Numbers of one row.
    var inputRow: Int { inputWidth * channels }
    var outputRow: Int { width * channels }
    /// Numbers of one image.
    var inputSize: Int { inputHeight * inputRow }
    var outputSize: Int { height * outputRow }
}
