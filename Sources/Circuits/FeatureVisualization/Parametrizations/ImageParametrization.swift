import Tensors

/// What the optimizer moves instead of pixels: the choice decides which pictures are easy to reach.
///
///     ImageParametrization.fourier()                 // Lucid's default: spectrum, decorrelated colour, logistic
///     ImageParametrization.pixels()                  // pixels: the same optimum, noisier pictures
///
/// After Olah, Mordvintsev and Schubert, "Feature Visualization" (Distill, 2017), section "Preconditioning and Parameterization".
public struct ImageParametrization: Hashable, Sendable, CustomStringConvertible {
    /// What the three planes of an image are made of.
    public enum Basis: Hashable, Sendable {
        /// Scaled Fourier coefficients; their energy falls as `1 / frequency^decay`.
        case fourier(decay: Double)
        /// The pixels themselves.
        case pixels
    }

    /// What the planes are made of.
    public var basis: Basis
    /// The standard deviation of the normal noise that the parameters start from.
    public var deviation: Double
    /// Whether the planes are decorrelated colours rather than red, green and blue.
    public var decorrelatesColour: Bool

    /// Lucid's default parametrization, `param.image(fft=True, decorrelate=True)`.
    public static func fourier(deviation: Double = 0.01, decay: Double = 1, decorrelatesColour: Bool = true) -> Self {
        Self(basis: .fourier(decay: decay), deviation: deviation, decorrelatesColour: decorrelatesColour)
    }

    /// Lucid's `param.image(fft=False)`.
    public static func pixels(deviation: Double = 0.01, decorrelatesColour: Bool = true) -> Self {
        Self(basis: .pixels, deviation: deviation, decorrelatesColour: decorrelatesColour)
    }

    /// The parametrization of images of one size.
    public func canvas(height: Int, width: Int) -> ImageCanvas { ImageCanvas(self, height: height, width: width) }

    public var description: String {
        let colour = decorrelatesColour ? "decorrelated colour" : "plain colour"
        switch basis {
        case .fourier(let decay): return "Fourier (decay \(decay), deviation \(deviation), \(colour))"
        case .pixels: return "pixels (deviation \(deviation), \(colour))"
        }
    }
}

/// An ``ImageParametrization`` of images of one size: the map from parameters to images and its adjoint.
public struct ImageCanvas: Sendable {
    /// The settings.
    public let parametrization: ImageParametrization
    /// Rows of an image.
    public let height: Int
    /// Columns of an image.
    public let width: Int
    private let fourier: FourierBasis?
    private let colour: ColourMap

    /// - Precondition: height and width are at least 1.
    init(_ parametrization: ImageParametrization, height: Int, width: Int) {
        require(height > 0 && width > 0, "an image of \(height) x \(width) pixels has no pixels to optimize")
        self.parametrization = parametrization
        self.height = height
        self.width = width
        if case .fourier(let decay) = parametrization.basis {
            fourier = FourierBasis(height: height, width: width, decay: decay)
        } else {
            fourier = nil
        }
        colour = parametrization.decorrelatesColour ? .decorrelated : .plain
    }

    /// The shape of the parameters of a batch: `[height, 2, batch * 3, frequencies]` (real and imaginary parts; the planes of
    /// all images side by side, so that one matrix product transforms them all) or `[height, batch * 3, width]`.
    public func parameterShape(batch: Int) -> [Int] {
        if let fourier { return [height, 2, batch * 3, fourier.frequencies] }
        return [height, batch * 3, width]
    }

    /// Normal noise of the parametrization's deviation. An entry's noise depends on the seed and on its number in `entries`
    /// alone, so it does not change with the size of the batch; entries of one number start alike.
    public func initialParameters(seed: UInt64, entries: [Int]) -> Tensor {
        let shape = parameterShape(batch: entries.count)
        let row = shape[shape.count - 1]
        let rows = shape.dropLast(2).reduce(1, *)
        var parameters = Tensor(zeros: shape)
        parameters.withUnsafeMutableScalars { parameters in
            for (position, entry) in entries.enumerated() {
                var random = CounterRandom(seed: seed, stream: UInt64(entry))
                for outer in 0..<rows {
                    let start = (outer * entries.count + position) * 3 * row
                    for i in 0..<3 * row { parameters[start + i] = Float(random.normal() * parametrization.deviation) }
                }
            }
        }
        return parameters
    }

    /// The images `[batch, height, width, 3]` in 0...1 that the parameters stand for.
    public func images(of parameters: Tensor) -> Tensor {
        let planes = fourier?.inverse(parameters) ?? parameters
        return colour.images(of: planes, batch: planes.shape[1] / 3)
    }

    /// The gradient of the parameters, from the gradient of the images `[batch, height, width, 3]` at the images themselves.
    public func adjoint(of gradient: Tensor, at images: Tensor) -> Tensor {
        let planes = colour.adjoint(of: gradient, at: images)
        return fourier?.adjoint(planes) ?? planes
    }
}
