import Figures
import Networks
import Tensors

/// The activations of pictures as sums of a few directions, each in some places: groups of neurons that fire together ("The Building Blocks
/// of Interpretability").
///
///     let factors = try model["mixed4a"].factors(of: picture, count: 4)
///     try factors[0]                              // a Feature: the direction of the strongest factor
///     try factors.visualize()                     // where each factor is, and what it looks for
///     try model.attribution(of: picture, to: .logit("car"), at: "mixed4a").byFactor(factors)
///
/// Maps are never negative, and directions are not either where activations are not: activation = Σ map · direction, nearly.
public struct ActivationFactors: Sendable, CustomStringConvertible {
    public let layer: Layer
    /// The pictures, `[picture, height, width, 3]` in `0...1`.
    public let pictures: Tensor
    /// `[factor, channel]`, each of length 1; the factor that explains most comes first.
    public let directions: Tensor
    /// Where and how much: `[picture, height, width, factor]`.
    public let maps: Tensor
    /// What the factors leave over, as a share of the activations' Euclidean norm.
    public let relativeError: Float

    public var count: Int { directions.shape[0] }

    /// The direction of a factor: an address for visualizations, objectives, tuning curves and attributions.
    /// - Throws: ``AttributionError/unknownFactor(_:count:)``.
    public subscript(factor: Int) -> Feature {
        get throws {
            guard (0..<count).contains(factor) else { throw AttributionError.unknownFactor(factor, count: count) }
            return features[factor]
        }
    }

    /// The directions as features.
    public var features: [Feature] {
        (0..<count).map { factor in layer.direction(directions.slice(factor).reshaped([1, 1, -1]).vector(x: 0, y: 0)) }
    }

    /// Where one factor is: `[picture, height, width]`.
    /// - Throws: ``AttributionError/unknownFactor(_:count:)``.
    public func map(of factor: Int) throws -> Tensor {
        guard (0..<count).contains(factor) else { throw AttributionError.unknownFactor(factor, count: count) }
        return maps[.ellipsis, factor]
    }

    /// How much of all maps is each factor's: `[factor]`, in `0...1`.
    public var shares: [Float] {
        let sums = maps.sum(along: [0, 1, 2]), all = sums.sum()
        return sums.scalars.map { all > 0 ? $0 / all : 0 }
    }

    /// Where and how much the same factors are in other pictures: `[picture, height, width, factor]`.
    /// - Parameter images: `[picture, height, width, 3]` or `[height, width, 3]`.
    /// - Throws: `ModelError`, `Interrupted`.
    public func maps(of images: Tensor) throws -> Tensor { try Self.maps(of: try layer.activations(of: images), directions: directions) }

    public var description: String {
        let parts = shares.enumerated().map { "\($0) (\(Int(($1 * 100).rounded())) %)" }.joined(separator: ", ")
        return "\(layer.name), \(count) factors that leave \(Visualization.short(100 * relativeError)) % over: \(parts)"
    }
}
