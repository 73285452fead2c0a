import Tensors

/// What the optimizer moves instead of pixels: the choice decides which pictures are easy to reach.
///
///     ImageParametrization.fourier()                     // Lucid's default: spectrum, decorrelated colour, logistic
///     ImageParametrization.pixels()                      // pixels: the same optimum, noisier pictures
///     ImageParametrization.laplacianPyramid()            // pixels at four resolutions
///     ImageParametrization.cppn()                        // a small network that paints from coordinates
///     ImageParametrization.fourier().transparent()       // with opacity
///     ImageParametrization.fourier().grey()              // without colours
///     ImageParametrization.fourier().shared()            // a batch of images with parts in common
///     ImageParametrization.fourier().starting(from: picture)
///
/// After Olah, Mordvintsev and Schubert, "Feature Visualization" (Distill, 2017), section "Preconditioning and Parameterization", and
/// Mordvintsev, Pezzotti, Schubert and Olah, "Differentiable Image Parameterizations" (Distill, 2018).
public struct ImageParametrization: Hashable, Encodable, Sendable, CustomStringConvertible {
    /// What the planes of an image are made of.
    public enum Basis: Hashable, Encodable, Sendable {
        /// Scaled Fourier coefficients; their energy falls as `1 / frequency^decay`.
        case fourier(decay: Double)
        /// The pixels themselves.
        case pixels
        /// The sum of pixels at 1/1, 1/2, 1/4, ... of the resolution.
        case laplacianPyramid(levels: Int)
        /// The weights of a compositional pattern-producing network.
        case cppn(layers: Int, neurons: Int)
    }

    /// What the planes are made of.
    public var basis: Basis
    /// The standard deviation of the normal noise that the parameters start from; a CPPN has its own start.
    public var deviation: Double
    /// Whether the planes are decorrelated colours rather than red, green and blue.
    public var decorrelatesColour: Bool
    /// Whether images have shades of grey and no colours.
    public private(set) var isGrey = false
    /// What lies behind transparent images; nothing when images have no opacity.
    public private(set) var background: Background?
    /// What images of a batch have in common.
    public private(set) var sharedLevels: [SharedLevel] = []
    /// What an optimization starts from, besides noise.
    public private(set) var start: StartingPicture?

    init(basis: Basis, deviation: Double, decorrelatesColour: Bool) {
        (self.basis, self.deviation, self.decorrelatesColour) = (basis, deviation, decorrelatesColour)
    }

    /// Lucid's default parametrization, `param.image(fft=True, decorrelate=True)`.
    public static func fourier(deviation: Double = 0.01, decay: Double = 1, decorrelatesColour: Bool = true) -> Self {
        Self(basis: .fourier(decay: decay), deviation: deviation, decorrelatesColour: decorrelatesColour)
    }

    /// Lucid's `param.image(fft=False)`.
    public static func pixels(deviation: Double = 0.01, decorrelatesColour: Bool = true) -> Self {
        Self(basis: .pixels, deviation: deviation, decorrelatesColour: decorrelatesColour)
    }

    /// Lucid's `laplacian_pyramid_image`: four levels, each with half the resolution of the one before, enlarged bilinearly.
    public static func laplacianPyramid(levels: Int = 4, deviation: Double = 0.01, decorrelatesColour: Bool = true) -> Self {
        Self(basis: .laplacianPyramid(levels: levels), deviation: deviation, decorrelatesColour: decorrelatesColour)
    }

    /// Lucid's `cppn`: eight hidden layers of 24 neurons; smooth pictures without a resolution of their own. Takes a rate of 0.005.
    public static func cppn(layers: Int = 8, neurons: Int = 24) -> Self {
        Self(basis: .cppn(layers: layers, neurons: neurons), deviation: 0, decorrelatesColour: false)
    }

    /// The same in shades of grey: images still have three equal channels. The saliency figures of "Curve Detectors" are grey and
    /// transparent.
    public func grey() -> Self {
        var result = self
        result.isGrey = true
        return result
    }

    /// The same with opacity: images have a fourth channel, and the network sees them before the background.
    public func transparent(over background: Background = .noise()) -> Self {
        var result = self
        result.background = background
        return result
    }

    /// The same with low-resolution parts that images of a batch have in common, Lucid's by default: for series of pictures that should
    /// be aligned.
    public func shared(_ levels: [SharedLevel] = SharedLevel.standard) -> Self {
        var result = self
        result.sharedLevels = levels
        return result
    }

    /// The same, starting from a picture `[height, width, 3]` in 0...1 plus the usual noise. A picture of another size is resized.
    public func starting(from picture: Tensor) -> Self {
        var result = self
        result.start = StartingPicture(picture)
        return result
    }

    /// 3, or 4 with opacity.
    public var channels: Int { background == nil ? 3 : 4 }

    /// Adam's step size where nothing else is asked for: 0.05 as in Lucid, and 0.005 for the weights of a CPPN.
    public var defaultRate: Double {
        if case .cppn = basis { return 0.005 }
        return 0.05
    }

    /// The parametrization of images of one size.
    public func canvas(height: Int, width: Int) -> ImageCanvas { ImageCanvas(self, height: height, width: width) }

    public var description: String {
        let colour = isGrey ? "grey" : decorrelatesColour ? "decorrelated colour" : "plain colour"
        var text: String
        switch basis {
        case .fourier(let decay): text = "Fourier (decay \(decay), deviation \(deviation), \(colour))"
        case .pixels: text = "pixels (deviation \(deviation), \(colour))"
        case .laplacianPyramid(let levels): text = "Laplacian pyramid (\(levels) levels, deviation \(deviation), \(colour))"
        case .cppn(let layers, let neurons): text = "CPPN (\(layers) layers of \(neurons) neurons, \(colour))"
        }
        if let background { text += ", transparent over \(background)" }
        if !sharedLevels.isEmpty { text += ", shared at " + sharedLevels.map(\.description).joined(separator: ", ") }
        if let start { text += ", from a picture of \(start.picture.shape)" }
        return text
    }
}
