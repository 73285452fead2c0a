import Networks
import Tensors

/// What every unit of a layer answers to a sweep of stimuli, each shown once to the whole layer.
///
///     let tuning = try model["mixed3b"].tuning(over: .curves())
///     tuning.responses.shape                     // [72, 16, 120]: orientation, radius, channel
///     tuning[17]                                 // the heat map and the radial curve of one channel
///     try tuning.units(sortedBy: "orientation")  // the units of the layer by preferred orientation
public struct LayerTuning: Sendable, CustomStringConvertible {
    public let layer: Layer
    /// What was swept, in words.
    public let sweep: String
    /// The parameters of the stimuli, lengths in pixels.
    public let axes: [StimulusAxis]
    /// Where the stimuli were shown.
    public let field: StimulusField
    /// The central unit's activations, `[parameter..., channel]`, after the ReLU if the layer ends in one. In standard deviations when
    /// ``unit`` says so.
    public let responses: Tensor
    /// The same before the ReLU; nil for layers that do not end in one.
    public let preActivations: Tensor?
    /// What a response of 1 stands for: "activation" or "standard deviations".
    public let unit: String

    /// The number of channels.
    public var channels: Int { responses.shape.last ?? 0 }

    public var description: String {
        "\(layer.name), \(channels) channels over \(sweep): " + axes.map { "\($0.values.count) \($0.name)s" }.joined(separator: " x ")
    }

    /// The tuning of one channel.
    /// - Precondition: the layer has the channel.
    public subscript(channel: Int) -> Tuning {
        tuning(of: layer[channel], weights: [channel: 1])
    }

    /// The tuning of a direction of the layer, from the same responses.
    ///
    /// A direction's response is the weighted sum of its channels' activations.
    /// - Throws: ``ModelError`` when the feature is none of this layer.
    public func tuning(of feature: Feature) throws -> Tuning {
        guard feature.layer == layer.name, feature.model === layer.model else {
            throw TuningError.otherLayer(feature: feature.description, layer: layer.name)
        }
        try feature.validate()
        return tuning(of: feature, weights: feature.weights)
    }

    private func tuning(of feature: Feature, weights: [Int: Float]) -> Tuning {
        let shape = Array(responses.shape.dropLast())
        let terms = weights.sorted { $0.key < $1.key }
        func combined(_ tensor: Tensor) -> Tensor {
            let channels = channels
            return Tensor(shape: shape) { sum in
                tensor.withUnsafeScalars { values in
                    for index in sum.indices {
                        sum[index] = terms.reduce(0) { $0 + values[index * channels + $1.key] * $1.value }
                    }
                }
            }
        }
        return Tuning(
            feature: feature, sweep: sweep, axes: axes, responses: combined(responses), preActivations: preActivations.map(combined),
            unit: unit)
    }

    /// The largest response of every channel: `[channel]`.
    public var strongest: [Float] {
        let channels = channels
        var best = [Float](repeating: -.infinity, count: channels)
        responses.withUnsafeScalars { values in
            for (index, value) in values.enumerated() { best[index % channels] = Swift.max(best[index % channels], value) }
        }
        return best
    }

    /// The same responses in standard deviations of each channel.
    /// - Parameter deviations: one per channel, from ``Networks/Layer/deviations(over:)``. A channel that never varies keeps zero.
    /// - Throws: ``TuningError/deviationCount(_:channels:)``.
    public func inStandardDeviations(_ deviations: [Float]) throws -> LayerTuning {
        guard deviations.count == channels else { throw TuningError.deviationCount(deviations.count, channels: channels) }
        let scale = Tensor(deviations.map { $0 > 0 && $0.isFinite ? 1 / $0 : 0 })
        return LayerTuning(
            layer: layer, sweep: sweep, axes: axes, field: field, responses: responses * scale,
            preActivations: preActivations.map { $0 * scale }, unit: "standard deviations")
    }
}

/// Why responses to stimuli cannot be had.
public enum TuningError: Error, Equatable, CustomStringConvertible {
    case otherLayer(feature: String, layer: String)
    case deviationCount(Int, channels: Int)
    case unknownAxis(String, axes: [String])
    case noPictures

    public var description: String {
        switch self {
        case .otherLayer(let feature, let layer):
            "\(feature) is no feature of \(layer), whose responses these are; ask it for its own tuning"
        case .deviationCount(let count, let channels): "\(count) standard deviations for \(channels) channels"
        case .unknownAxis(let name, let axes):
            "the sweep has no parameter '\(name)'; it has \(axes.joined(separator: ", "))"
        case .noPictures: "standard deviations take at least one picture"
        }
    }
}
