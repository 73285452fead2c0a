import Tensors

/// A map from numbers to colours.
///
///     ColorMap.weights(-1).hex       // "#0571B0"
///     ColorMap.turbo(0.5)
public struct ColorMap: Sendable {
    /// The numbers that the map tells apart; others saturate.
    public let domain: ClosedRange<Float>
    private let color: @Sendable (Float) -> Color

    /// A map over `domain`; `color` is only asked about numbers inside it.
    public init(domain: ClosedRange<Float>, color: @escaping @Sendable (Float) -> Color) {
        self.domain = domain
        self.color = color
    }

    /// A map that interpolates linearly between colours spaced evenly over `domain`.
    /// - Precondition: at least two anchors.
    public init(anchors: [Color], domain: ClosedRange<Float>) {
        require(anchors.count >= 2, "a colour map needs at least two anchors")
        self.init(domain: domain) { value in
            let extent = domain.upperBound - domain.lowerBound
            let position = extent > 0 ? (value - domain.lowerBound) / extent * Float(anchors.count - 1) : 0
            let index = Swift.min(Int(position), anchors.count - 2)
            return anchors[index].mixed(with: anchors[index + 1], position - Float(index))
        }
    }

    /// The colour of a number. Numbers outside the domain saturate; NaN takes the colour of the domain's middle.
    public func callAsFunction(_ value: Float) -> Color {
        guard !value.isNaN else { return color((domain.lowerBound + domain.upperBound) / 2) }
        return color(Swift.min(Swift.max(value, domain.lowerBound), domain.upperBound))
    }

    /// Weights over `-1...1`: blue for inhibition, red for excitation, through near-white at 0; the five anchors that the
    /// weight figures of the Circuits thread use.
    public static let weights = ColorMap(
        anchors: [Color(0x0571B0), Color(0x92C5DE), Color(0xF7F7F7), Color(0xF4A582), Color(0xCA0020)], domain: -1...1)

    /// Black to white over `0...1`.
    public static let gray = ColorMap(anchors: [.black, .white], domain: 0...1)

    /// The turbo map over `0...1`, for tuning heat maps (Mikhailov, "Turbo, an improved rainbow colormap", 2019), by the
    /// fifth-degree polynomials published with it.
    public static let turbo = ColorMap(domain: 0...1) { x in
        func polynomial(_ coefficients: [Float]) -> Float { coefficients.reversed().reduce(0) { $0 * x + $1 } }
        return Color(
            red: polynomial([0.13572138, 4.61539260, -42.66032258, 132.13108234, -152.94239396, 59.28637943]),
            green: polynomial([0.09140261, 2.19418839, 4.84296658, -14.18503333, 4.27729857, 2.82956604]),
            blue: polynomial([0.10667330, 12.64194608, -60.58204836, 110.36276771, -89.90310912, 27.34824973]))
    }
}

extension Image {
    /// A matrix as a heat map, one pixel per element.
    /// - Parameters:
    ///   - matrix: `[height, width]`.
    ///   - range: the numbers that take the colours at the two ends of the map; the map's own domain when absent.
    /// - Throws: ``ImageError`` when the tensor is not a matrix.
    public init(_ matrix: Tensor, colorMap: ColorMap, range: ClosedRange<Float>? = nil) throws(ImageError) {
        guard matrix.rank == 2, matrix.count > 0 else { throw .notAMatrix(shape: matrix.shape) }
        let (domain, range) = (colorMap.domain, range ?? colorMap.domain)
        let extent = range.upperBound - range.lowerBound
        let factor = extent > 0 ? (domain.upperBound - domain.lowerBound) / extent : 0
        var scalars: [Float] = []
        scalars.reserveCapacity(matrix.count * 3)
        for value in matrix.scalars {
            let color = colorMap(domain.lowerBound + (value - range.lowerBound) * factor)
            scalars += [color.red, color.green, color.blue]
        }
        try self.init(Tensor(shape: matrix.shape + [3], scalars: scalars))
    }
}
