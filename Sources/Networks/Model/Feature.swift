import Tensors

/// What the interpretability tools look at: a channel of a layer, or any direction in the space of its channels, everywhere or at
/// one position ("neuron").
public struct Feature: Sendable, CustomStringConvertible {
    /// Which direction.
    public enum Direction: Hashable, Sendable {
        case channel(Int)
        /// The weight of each channel; others are zero.
        case weights([Int: Float])
    }

    /// A column and a row of the layer's positions.
    public struct Position: Hashable, Sendable {
        public let x: Int
        public let y: Int
        public init(x: Int, y: Int) { (self.x, self.y) = (x, y) }
    }

    public let model: Model
    /// The layer's name.
    public let layer: String
    public let direction: Direction
    /// One position, or everywhere if nil.
    public let position: Position?

    public init(model: Model, layer: String, direction: Direction, position: Position? = nil) {
        (self.model, self.layer, self.direction, self.position) = (model, model.nodeName(layer), direction, position)
    }

    /// The same direction at one position of the layer.
    public func at(x: Int, y: Int) -> Feature {
        Feature(model: model, layer: layer, direction: direction, position: Position(x: x, y: y))
    }

    /// The channel, when the feature is a single one.
    // Inlined into a closure that captures a feature, this stops the compiler (Swift 6.3, "Found ownership error").
    @inline(never)
    public var channel: Int? { if case .channel(let channel) = direction { channel } else { nil } }

    /// The weight of every channel that takes part.
    public var weights: [Int: Float] {
        switch direction {
        case .channel(let channel): [channel: 1]
        case .weights(let weights): weights
        }
    }

    /// Checks that the layer and the channels exist; a position is checked where the image is known.
    /// - Throws: ``ModelError``.
    public func validate() throws {
        let channels = try model.channels(of: layer)
        let weights = weights
        if let bad = weights.keys.sorted().first(where: { !(0..<channels).contains($0) }) {
            throw ModelError.channelOutOfRange(bad, layer: layer, channels: channels)
        }
        guard weights.values.allSatisfy(\.isFinite), weights.values.contains(where: { $0 != 0 }) else {
            throw ModelError.emptyDirection(layer: layer)
        }
    }

    /// The direction as a vector: `[channel]`.
    /// - Throws: ``ModelError``.
    public func vector() throws -> Tensor {
        try validate()
        var vector = Tensor(zeros: [try model.channels(of: layer)])
        for (channel, weight) in weights { vector[channel] = weight }
        return vector
    }

    /// How much of the direction there is at each position: `[batch, height, width]`, or `[batch]` behind the global pooling and for
    /// a feature at one position.
    /// - Throws: ``ModelError``.
    public func activations(of images: Tensor) throws -> Tensor {
        let vector = try vector()
        let asked = position.map { Positions.at(x: $0.x, y: $0.y) }
        let isSpatial = try model.shape(of: layer, imageHeight: model.inputSize, imageWidth: model.inputSize).isSpatial
        guard let activations = try model.activations(of: images, at: [layer: isSpatial ? asked ?? .all : .all])[layer] else {
            throw GraphError.unknownNode(layer)
        }
        let values = activations.reshaped([-1, vector.count]).matmul(vector.reshaped([vector.count, 1]))
        return values.reshaped(asked == nil ? Array(activations.shape.dropLast()) : [activations.shape[0]])
    }

    /// Terms of a direction that its description spells out.
    private static let namedTerms = 6

    public var description: String {
        let place = position.map { "@\($0.x),\($0.y)" } ?? ""
        switch direction {
        case .channel(let channel): return "\(layer):\(channel)\(place)"
        case .weights(let weights):
            // A direction of hundreds of channels is named by its largest ones.
            let largest = weights.sorted { (abs($0.value), $1.key) > (abs($1.value), $0.key) }.prefix(Self.namedTerms)
            let terms = largest.sorted { $0.key < $1.key }.map { "\($0.value)*\($0.key)" }
            let rest = weights.count > terms.count ? " + \(weights.count - terms.count) more" : ""
            return "\(layer):[\(terms.joined(separator: " + "))\(rest)]\(place)"
        }
    }
}

extension Feature: Hashable {
    public static func == (a: Feature, b: Feature) -> Bool {
        a.model === b.model && a.layer == b.layer && a.direction == b.direction && a.position == b.position
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(ObjectIdentifier(model))
        hasher.combine(layer)
        hasher.combine(direction)
        hasher.combine(position)
    }
}
