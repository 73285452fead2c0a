/// What there is to know about a layer before looking inside.
public struct LayerSummary: Hashable, Sendable, CustomStringConvertible {
    /// A branch of a block and the channels of the block that it fills.
    public struct Branch: Hashable, Sendable {
        /// "1x1", "3x3", "5x5" or "pool_reduce" in InceptionV1.
        public let name: String
        public let channels: Range<Int>

        public init(name: String, channels: Range<Int>) { (self.name, self.channels) = (name, channels) }
    }

    public let name: String
    public let channels: Int
    /// Pixels of the image from one unit to the next; the whole image where there are no positions any more.
    public let stride: Int
    /// Pixels of the image, on each axis, that a unit can see (not cut by the border); the whole image where there are no positions.
    public let receptiveField: Int
    /// The branches of a block, in the order of its channels; empty for other layers.
    public let branches: [Branch]
    /// Weights and biases of the layer, the steps between the layer before and this one included.
    public let parameters: Int
    /// How deep the layer is: 0 at the input, 1 at the logits. Layers of different networks are compared by it.
    public let depth: Double

    public var description: String {
        "\(name): \(channels) channels, stride \(stride) px, receptive field \(receptiveField) px"
    }
}
