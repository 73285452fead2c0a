import Figures
import Networks
import Tensors

/// How much of a number is due to each activation of a layer, for one picture ("attribution": why, beside activations, what, and weights,
/// how).
///
///     let attribution = try model.attribution(of: picture, to: .logit("car"), at: "mixed4a")
///     attribution.channels                        // [channel], summed over positions
///     attribution.spatial                         // [height, width], summed over channels
///     try attribution.byGroup(["wheels": [12, 40]])
///
/// It shows the picture, the positions over it (red speaks for the target, blue against it) and the channels with the largest sums.
public struct Attribution: Sendable, CustomStringConvertible {
    public let model: Model
    /// `[height, width, channel]` in `0...1`.
    public let picture: Tensor
    /// The layer that is attributed to; ``Objective/images`` for the picture itself.
    public let layer: String
    /// What is explained, in words.
    public let target: String
    public let method: AttributionMethod
    /// The layer's activations less those of the baseline, `[height, width, channel]`; one position behind the global pooling.
    public let activations: Tensor
    /// What each of them is multiplied by, of the same shape: the gradient, its mean on the way from the baseline, or expanded weights.
    public let gradient: Tensor
    /// Their product, `[height, width, channel]`.
    public let values: Tensor
    /// The target's value for the picture, and at the baseline where there is one.
    public let value: Float, baselineValue: Float?

    /// All of it.
    public var total: Float { values.sum() }

    /// What the sum of the attributions is more than the target's value less its value at the baseline (Captum's convergence delta): the
    /// error of the integration. Nil for methods that promise no sum.
    public var completenessDelta: Float? { baselineValue.map { total - (value - $0) } }

    /// By channel, summed over positions: `[channel]`.
    public var channels: Tensor { values.sum(along: [0, 1]) }

    /// By position, summed over channels: `[height, width]`.
    public var spatial: Tensor { values.sum(along: [2]) }

    /// The channels with the sums of largest magnitude, largest first.
    public func topChannels(_ count: Int) -> [(feature: Feature, value: Float)] {
        let sums = channels.scalars
        return sums.indices.sorted { (abs(sums[$0]), $1) > (abs(sums[$1]), $0) }.prefix(Swift.max(0, count))
            .filter { sums[$0] != 0 }.map { (model[layer][$0], sums[$0]) }
    }

    /// By groups of channels, largest magnitude first; channels of no group are "other".
    /// - Throws: ``AttributionError`` for channels that do not exist or are in two groups.
    public func byGroup(_ groups: [String: [Int]]) throws -> [GroupPart] {
        try ChannelGroups(groups, layer: layer, channels: values.shape[2]).parts(of: channels)
    }

    /// The attribution vector at one position as a direction of the layer, to be visualized.
    /// - Throws: ``ModelError/positionOutOfRange(x:y:layer:width:height:)``.
    public func direction(x: Int, y: Int) throws -> Feature {
        let (height, width) = (values.shape[0], values.shape[1])
        guard (0..<width).contains(x), (0..<height).contains(y) else {
            throw ModelError.positionOutOfRange(x: x, y: y, layer: layer, width: width, height: height)
        }
        return model[layer].direction(values.vector(x: x, y: y))
    }

    public var description: String {
        let delta = completenessDelta.map { ", completeness delta \(Visualization.short($0))" } ?? ""
        return "\(target) = \(Visualization.short(value)): \(Visualization.short(total)) attributed to \(placeName)\(delta)"
    }

    /// "the picture" or the layer's name.
    var placeName: String { layer == Objective.images ? "the picture" : layer }
}

extension Tensor {
    /// The channels of `[height, width, channel]` at one position, those that are not zero.
    func vector(x: Int, y: Int) -> [Int: Float] {
        let start = (y * shape[1] + x) * shape[2]
        return withUnsafeScalars { scalars in
            (0..<shape[2]).reduce(into: [:]) { result, channel in
                if scalars[start + channel] != 0 { result[channel] = scalars[start + channel] }
            }
        }
    }
}
