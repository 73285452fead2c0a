import Networks

/// What an attribution explains: a number that the network computes from a picture.
///
///     try model.attribution(of: picture, to: .logit("car"), at: "mixed4a")
///     try model.attribution(of: picture, to: .neuron("mixed4a", 12, x: 3, y: 4), at: "mixed3b")
///     try model.attribution(of: picture, to: .feature(factors[2]), at: "mixed3b")
///
/// Names are looked up when the target meets a model. A unit behind a ReLU that is silent has no gradient; its `<layer>_pre_relu` has.
public struct AttributionTarget: Sendable {
    /// The number as an objective.
    let objective: @Sendable (Model) throws -> Objective

    /// The logit of a class by the name that the model has for it.
    public static func logit(_ name: String) -> AttributionTarget {
        AttributionTarget { model in
            guard model.details.logitsLayer != nil else { throw ModelError.noHead(model: model.name) }
            return try .logit(name, of: model)
        }
    }

    /// The logit of a class by number.
    public static func logit(_ index: Int) -> AttributionTarget {
        AttributionTarget { model in
            guard let layer = model.details.logitsLayer else { throw ModelError.noHead(model: model.name) }
            guard model.classes.indices.contains(index) else {
                throw ModelError.labelOutOfRange(index, classes: model.classes.count)
            }
            return .logit(index, layer: layer).described(as: "logit '\(model.classes[index])'")
        }
    }

    /// The mean of a channel over all positions.
    public static func channel(_ layer: String, _ channel: Int) -> AttributionTarget { .of { $0[layer][channel] } }

    /// A channel at one position.
    /// - Parameters:
    ///   - x, y: column and row.
    public static func neuron(_ layer: String, _ channel: Int, x: Int, y: Int) -> AttributionTarget {
        .of { $0[layer][channel].at(x: x, y: y) }
    }

    /// The mean of a direction over all positions, `weights · activations`.
    public static func direction(_ layer: String, _ weights: [Int: Float]) -> AttributionTarget { .of { $0[layer].direction(weights) } }

    /// A channel, a direction or a factor: its mean over all positions, or its value at its own one.
    public static func feature(_ feature: Feature) -> AttributionTarget {
        // The address counts: a model with edits has the same ones.
        .of { Feature(model: $0, layer: feature.layer, direction: feature.direction, position: feature.position) }
    }

    /// Any objective.
    public static func objective(_ objective: Objective) -> AttributionTarget { AttributionTarget { _ in objective } }

    private static func of(_ feature: @escaping @Sendable (Model) -> Feature) -> AttributionTarget {
        AttributionTarget { model in
            let feature = feature(model)
            try feature.validate()
            let name = feature.description
            if let channel = feature.channel {
                guard let position = feature.position else { return .channel(feature.layer, channel).described(as: name) }
                return .neuron(feature.layer, channel, at: position).described(as: name)
            }
            let vector = try feature.vector().scalars
            guard let position = feature.position else { return .direction(feature.layer, vector).described(as: name) }
            return .directionNeuron(feature.layer, vector, at: position).described(as: name)
        }
    }
}
