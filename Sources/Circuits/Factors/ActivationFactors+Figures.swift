import Figures
import Networks
import Tensors

extension ActivationFactors: Drawable {
    /// The most pictures that a figure shows.
    private static let shownPictures = 6

    /// The colour of a factor in figures.
    static func color(_ factor: Int, of count: Int) -> Color {
        Color(hue: 360 * Double(factor) / Double(Swift.max(1, count)), saturation: 0.85, lightness: 0.45)
    }

    /// Each picture with all factors over it, and with each of them alone, in its colour.
    public func drawing() throws -> SVG { try drawing(icons: []) }

    func drawing(icons: [Image]) throws -> SVG {
        let colors = (0..<count).map { Self.color($0, of: count) }
        let percentages = shares.map { "\(Int(($0 * 100).rounded()))\u{a0}%" }          // captions of narrow cells break before it
        var groups: [ImageGrid.Group] = []
        if !icons.isEmpty {
            let captions = percentages.enumerated().map { "factor \($0), \($1)" }
            groups.append(.init(title: "What each factor looks for", images: icons, captions: captions))
        }
        for index in 0..<Swift.min(pictures.shape[0], Self.shownPictures) {
            let picture = try Attribution.image(pictures.slice(index)), map = maps.slice(index)
            // One scale for all factors of a picture, so that they can be compared.
            let largest = Swift.max(map.max(), .leastNormalMagnitude)
            let layers = (0..<count).map { (strength: map[.ellipsis, $0] / largest, color: colors[$0]) }
            let images = try [picture.resizedForFigure(), picture.overlaid(with: layers)] + layers.map { try picture.overlaid(with: [$0]) }
            groups.append(
                .init(
                    title: pictures.shape[0] > 1 ? "picture \(index)" : nil, images: images,
                    captions: ["picture", "all factors"] + percentages.enumerated().map { "factor \($0), \($1)" }))
        }
        // One row for each picture, in smaller cells if need be.
        let title = "\(layer.name) in \(count) factors"
        return try ImageGrid(groups: groups, columns: count + 2, cellSize: 110, title: title, crisp: false).drawing()
    }

    /// A feature visualization of each factor's direction, above where the factors are.
    ///
    /// - Parameters:
    ///   - size: side of each picture in pixels.
    ///   - Others: as in `Feature.visualize`.
    /// - Throws: as `Feature.visualize`.
    public func visualize(
        size: Int = 96, steps: Int = 128, seed: UInt64 = 0, cosinePower: Float = 0, showProgress: Bool = true
    ) throws -> FactorFigure {
        let settings = try VisualizationSettings(directionsOf: layer, size: size, steps: steps, seed: seed, cosinePower: cosinePower)
        return FactorFigure(factors: self, visualizations: try settings.visualizations(of: features, showProgress: showProgress))
    }
}

/// Factors with a feature visualization of each.
public struct FactorFigure: Drawable, CustomStringConvertible, Sendable {
    public let factors: ActivationFactors
    /// One per factor, in order.
    public let visualizations: [Visualization]

    public var description: String { factors.description }
    public func drawing() throws -> SVG { try factors.drawing(icons: visualizations.map { try Image($0.images[0]) }) }
}

extension VisualizationSettings {
    /// Pictures of directions of a layer, all over the picture: textures rather than one instance.
    /// - Throws: `ModelError`, ``VisualizationError``.
    init(directionsOf layer: Layer, size: Int, steps: Int, seed: UInt64, cosinePower: Float) throws {
        let model = layer.model
        self.init(
            size: try model.isHead(layer.name) ? model.inputSize : size, steps: steps, diversity: 1, diversityWeight: 0, seed: seed,
            negative: false, target: .channel, cosinePower: cosinePower, parametrization: .fourier(),
            transforms: try model.visualizationTransforms(nil, for: layer.name), rate: 0.05)
        try validate()
    }
}
