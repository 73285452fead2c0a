/// What there is to know about a layer before looking inside.
public struct LayerSummary: Hashable, Sendable, CustomStringConvertible {
    /// A branch of an inception block and the channels of the block that it fills.
    public struct Branch: Hashable, Sendable {
        /// "1x1", "3x3", "5x5" or "pool_reduce".
        public let name: String
        public let channels: Range<Int>
    }

    public let name: String
    public let channels: Int
    /// Pixels of the image from one unit to the next; the whole image behind the global pooling.
    public let stride: Int
    /// Pixels of the image, on each axis, that a unit can see (not cut by the border); the whole image behind the global pooling.
    public let receptiveField: Int
    /// The branches of an inception block, in the order of its channels; empty for other layers.
    public let branches: [Branch]
    /// Weights and biases of the layer's convolutions.
    public let parameters: Int

    public var description: String {
        "\(name): \(channels) channels, stride \(stride) px, receptive field \(receptiveField) px"
    }
}
