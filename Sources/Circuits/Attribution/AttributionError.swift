/// Why nothing can be attributed, factored or shown.
public enum AttributionError: Error, Equatable, CustomStringConvertible, Sendable {
    /// More than one picture, or none.
    case onePicture([Int])
    /// A setting that has no meaning.
    case setting(name: String, value: String, allowed: String)
    /// The target looks at no layer of the network.
    case noLayer(target: String)
    /// A baseline of another size than the picture.
    case baseline(expected: [Int], found: [Int])
    /// Every activation of the layer is zero.
    case silent(layer: String)
    /// The attribution is zero everywhere.
    case nothing(target: String, layer: String)
    /// A group names a channel that the layer does not have.
    case groupChannel(Int, group: String, layer: String, channels: Int)
    /// A channel belongs to two groups.
    case groupOverlap(Int, groups: [String])
    /// Factors of another layer.
    case otherLayer(factors: String, layer: String)
    /// A factor that does not exist.
    case unknownFactor(Int, count: Int)

    public var description: String {
        switch self {
        case .onePicture(let shape):
            "an attribution is of one picture, of shape [height, width, channel] or [1, height, width, channel], not \(shape); "
                + "take one with .slice(0)"
        case .setting(let name, let value, let allowed): "\(name) cannot be \(value); it must be \(allowed)"
        case .noLayer(let target):
            "'\(target)' looks at no layer of the network, so nothing can be attributed to one; take a channel, neuron or logit"
        case .baseline(let expected, let found):
            "the baseline is a picture of shape \(found); the picture has \(expected), and both must be the same"
        case .silent(let layer):
            "every activation of \(layer) is zero here, so there is nothing to attribute, factor or show; "
                + "try another picture or an earlier layer"
        case .nothing(let target, let layer):
            "nothing of '\(target)' is attributed to \(layer): its gradient is zero everywhere. A silent unit has none behind its ReLU; "
                + "ask for it at <layer>_pre_relu"
        case .groupChannel(let channel, let group, let layer, let channels):
            "the group '\(group)' names the channel \(channel), but \(layer) has the channels 0 to \(channels - 1)"
        case .groupOverlap(let channel, let groups):
            "the channel \(channel) is in the groups \(groups.map { "'\($0)'" }.joined(separator: " and ")); give each channel to one group"
        case .otherLayer(let factors, let layer): "the factors are of \(factors), the attribution is at \(layer); ask for both at one layer"
        case .unknownFactor(let index, let count): "there are the factors 0 to \(count - 1), no factor \(index)"
        }
    }
}
