import Figures
import Networks
import RichDisplay
import Tensors

/// A picture made from what a layer computes of another one, beside that one: what `Layer.inversion` and `Layer.caricature` return.
public struct LayerReconstruction: Displayable, CustomStringConvertible, Sendable {
    /// "inversion" or "caricature".
    public let kind: String
    public let layer: String
    /// What it was made from, `[height, width, 3]` in 0...1.
    public let source: Tensor
    /// The picture, and how it was made.
    public let visualization: Visualization
    /// The cosine between the activations of the two pictures.
    public let cosine: Float
    /// `‖x - a‖² / ‖a‖²`: 0 when the layer sees no difference, 1 for a picture that excites nothing.
    public let difference: Float

    /// The picture, `[height, width, 3]` in 0...1.
    public var image: Tensor { visualization.images[0] }

    public var description: String {
        let numbers = "cosine of the activations \(Visualization.short(cosine)), difference \(Visualization.short(difference))"
        return "\(kind) at \(layer), \(visualization.settings.steps) steps, seed \(visualization.seed): \(numbers)"
    }

    /// The source, and the picture at its right.
    public func mimeBundle() throws -> MimeBundle {
        let row = Visualization.sideBySide([source, image])
        let picture = try Image(row).scaled(by: Swift.max(1, 256 / Swift.max(1, row.shape[0])))
        return MimeBundle(plain: description).adding("image/png", data: try picture.pngData())
    }
}

extension Layer {
    /// Feature inversion: a picture that the layer cannot tell from another one, with as little detail as possible besides (Mahendran &
    /// Vedaldi 2015, "Understanding Deep Image Representations by Inverting Them"). What is lost in it, the layer does not keep.
    ///
    ///     try model["mixed3a"].inversion(of: World.test.batch(0..<1).images.slice(0))
    ///
    /// - Parameters:
    ///   - image: `[size, size, 3]` in 0...1; the model's own size for layers behind the global pooling.
    ///   - totalVariation: how much the mean difference between neighbouring pixels counts.
    ///   - rate: the optimizer's step size; four times that of a visualization by default, since there is one picture to reach.
    /// - Throws: as `Model.visualize`.
    public func inversion(
        of image: Tensor, steps: Int = 256, seed: UInt64 = 0, totalVariation: Float = 0.5, rate: Double? = nil,
        parametrization: ImageParametrization = .fourier(), showProgress: Bool = true
    ) throws -> LayerReconstruction {
        let rate = rate ?? 4 * parametrization.defaultRate
        return try reconstruction("inversion", of: image, steps, seed, totalVariation, rate, parametrization, showProgress) { activations in
            -.activationDifference(name, from: activations)
        }
    }

    /// A caricature: a picture with more of everything that the layer sees in another one (Lucid's recipe; Olah et al. 2018).
    ///
    ///     try model["mixed4a"].caricature(of: World.test.batch(0..<1).images.slice(0))
    ///
    /// - Parameters:
    ///   - image: as in ``inversion(of:steps:seed:totalVariation:rate:parametrization:showProgress:)``.
    ///   - cosinePower: 0 asks for more, higher powers for more of the same mixture.
    ///   - totalVariation: how much the mean difference between neighbouring pixels counts.
    /// - Throws: as ``inversion(of:steps:seed:totalVariation:rate:parametrization:showProgress:)``.
    public func caricature(
        of image: Tensor, cosinePower: Float = 1, steps: Int = 256, seed: UInt64 = 0, totalVariation: Float = 0.5, rate: Double? = nil,
        parametrization: ImageParametrization = .fourier(), showProgress: Bool = true
    ) throws -> LayerReconstruction {
        try reconstruction("caricature", of: image, steps, seed, totalVariation, rate, parametrization, showProgress) { activations in
            // 1 for the picture itself, whatever the size of its activations.
            let square = activations.scalars.reduce(0) { $0 + $1 * $1 }
            return 1 / Swift.max(square, .leastNormalMagnitude) * .caricature(name, of: activations, cosinePower: cosinePower)
        }
    }

    private func reconstruction(
        _ kind: String, of image: Tensor, _ steps: Int, _ seed: UInt64, _ totalVariation: Float, _ rate: Double?,
        _ parametrization: ImageParametrization, _ showProgress: Bool, objective: (Tensor) -> Objective
    ) throws -> LayerReconstruction {
        guard image.rank == 3, image.shape[0] == image.shape[1], image.shape[2] == 3, image.count > 0 else {
            throw VisualizationError.setting(name: "the picture's shape", value: "\(image.shape)", allowed: "[size, size, 3]")
        }
        guard totalVariation.isFinite, totalVariation >= 0 else {
            throw VisualizationError.setting(name: "totalVariation", value: "\(totalVariation)", allowed: "a number from 0")
        }
        let target = try activations(of: image).slice(0)
        guard target.scalars.contains(where: { $0 != 0 }) else {
            throw VisualizationError.setting(name: "the picture", value: "one that excites nothing in \(name)", allowed: "one that does")
        }
        let wanted = objective(target) - totalVariation / Float(image.count) * .totalVariation()
        let made = try model.visualize(
            wanted.described(as: "\(kind) at \(name)"), size: image.shape[0], steps: steps, seed: seed, transforms: [],
            parametrization: parametrization, rate: rate, showProgress: showProgress)
        let found = try activations(of: made.images[0]).slice(0)
        var (dot, own, square, distance) = (0.0, 0.0, 0.0, 0.0)
        for (x, a) in zip(found.scalars, target.scalars) {
            dot += Double(x) * Double(a)
            own += Double(x) * Double(x)
            square += Double(a) * Double(a)
            distance += Double(x - a) * Double(x - a)
        }
        return LayerReconstruction(
            kind: kind, layer: name, source: image, visualization: made, cosine: own > 0 ? Float(dot / (own * square).squareRoot()) : 0,
            difference: Float(distance / square))
    }
}
