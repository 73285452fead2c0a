import Tensors

/// What lies behind a transparent picture when the network sees it.
public enum Background: Hashable, Encodable, Sendable, CustomStringConvertible {
    /// A random picture with the spectrum of natural ones, another one for every image and step: what the picture leaves transparent must
    /// not matter. Lucid's `collapse_alpha_random`.
    case noise(deviation: Double = 0.5)
    /// One grey, 0...1.
    case grey(Float)

    public var description: String {
        switch self {
        case .noise(let deviation): return "noise (deviation \(deviation))"
        case .grey(let value): return "grey \(value)"
        }
    }
}

/// Puts transparent pictures before their ``Background``.
final class Compositor {
    private let background: Background
    private let seed: UInt64
    /// Draws the noise, `[batch, height, width, 3]`.
    private let renderer: ImageRenderer?
    private var parameters = Tensor(zeros: [0])
    private(set) var backgrounds: Tensor
    /// Streams of random numbers for backgrounds start here, beyond those of images and transforms.
    private static let stream: UInt64 = 1 << 40

    init(_ background: Background, batch: Int, height: Int, width: Int, seed: UInt64) {
        (self.background, self.seed) = (background, seed)
        switch background {
        case .noise(let deviation):
            let noise = ImageParametrization.fourier(deviation: deviation)
            let renderer = ImageRenderer(noise.canvas(height: height, width: width), batch: batch)
            self.renderer = renderer
            parameters = Tensor(zeros: renderer.canvas.parameterShape(batch: batch))
            backgrounds = Tensor(zeros: [batch, height, width, 3])
        case .grey(let value):
            renderer = nil
            backgrounds = Tensor(repeating: value, shape: [batch, height, width, 3])
        }
    }

    /// Makes the backgrounds of a step.
    func draw(step: Int) {
        guard let renderer else { return }
        let batch = renderer.batch
        renderer.canvas.fill(&parameters, seed: seed, streams: (0..<batch).map { Self.stream + UInt64(step * batch + $0) })
        renderer.render(parameters, into: &backgrounds)
    }

    /// From images with opacity `[..., 4]` to images before the backgrounds `[..., 3]`.
    func composite(_ images: Tensor, into result: inout Tensor) {
        result.withUnsafeMutableScalars { result in
            images.withUnsafeScalars { images in
                backgrounds.withUnsafeScalars { backgrounds in
                    for pixel in 0..<result.count / 3 {
                        let opacity = images[4 * pixel + 3]
                        for c in 0..<3 {
                            result[3 * pixel + c] = opacity * images[4 * pixel + c] + (1 - opacity) * backgrounds[3 * pixel + c]
                        }
                    }
                }
            }
        }
    }

    /// From the gradient for what ``composite(_:into:)`` gave to that for the images with opacity.
    func adjoint(of gradient: UnsafePointer<Float>, at images: Tensor, into result: inout Tensor) {
        result.withUnsafeMutableScalars { result in
            images.withUnsafeScalars { images in
                backgrounds.withUnsafeScalars { backgrounds in
                    for pixel in 0..<result.count / 4 {
                        var opacity: Float = 0
                        for c in 0..<3 {
                            let slope = gradient[3 * pixel + c]
                            result[4 * pixel + c] = images[4 * pixel + 3] * slope
                            opacity += slope * (images[4 * pixel + c] - backgrounds[3 * pixel + c])
                        }
                        result[4 * pixel + 3] = opacity
                    }
                }
            }
        }
    }
}
