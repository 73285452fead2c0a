import Tensors

/// The address of a layer in a model. The name is checked when the layer is used.
///
///     let layer = model["mixed4a"]
///     layer[12]                                 // a Feature: one channel
///     layer.direction([12: 1, 40: -0.5])        // a Feature: a direction in activation space
public struct Layer: Sendable, CustomStringConvertible {
    public let model: Model
    public let name: String

    /// One channel.
    public subscript(channel: Int) -> Feature { Feature(model: model, layer: name, direction: .channel(channel)) }

    /// A weighted sum of channels.
    public func direction(_ weights: [Int: Float]) -> Feature {
        Feature(model: model, layer: name, direction: .weights(weights))
    }

    /// The number of channels.
    /// - Throws: ``ModelError/unknownLayer(_:model:suggestion:layers:)``.
    public func channels() throws -> Int { try model.channels(of: name) }

    /// Every channel as a feature.
    /// - Throws: ``ModelError/unknownLayer(_:model:suggestion:layers:)``.
    public func features() throws -> [Feature] { try (0..<channels()).map { self[$0] } }

    /// Channels, stride, receptive field and branches; nil for a step inside or between the canonical layers.
    /// - Throws: ``ModelError/unknownLayer(_:model:suggestion:layers:)``.
    public func summary() throws -> LayerSummary? {
        _ = try model.node(name)
        return model.summary(of: name)
    }

    /// The layer's activations: `[batch, height, width, channel]`.
    /// - Throws: ``ModelError``.
    public func activations(of images: Tensor) throws -> Tensor {
        guard let result = try model.activations(of: images, at: [name])[name] else { throw GraphError.unknownNode(name) }
        return result
    }

    public var description: String {
        guard let channels = try? channels() else { return "\(model.name) has no layer '\(name)'" }
        return model.summary(of: name)?.description ?? "\(name): \(channels) channels"
    }
}
