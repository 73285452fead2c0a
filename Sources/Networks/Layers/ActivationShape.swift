/// The shape of one node's activations for one image: `[height, width, channels]`, or `[channels]` behind the global pooling.
public struct ActivationShape: Hashable, Sendable, CustomStringConvertible {
    public var height: Int
    public var width: Int
    public var channels: Int
    /// Whether there are two spatial axes; without them height and width are 1.
    public var isSpatial: Bool

    /// A map of `height` times `width` positions.
    public init(height: Int, width: Int, channels: Int) {
        (self.height, self.width, self.channels, isSpatial) = (height, width, channels, true)
    }

    /// A vector.
    public init(channels: Int) {
        (height, width, self.channels, isSpatial) = (1, 1, channels, false)
    }

    /// Floats for one image.
    public var count: Int { height * width * channels }

    /// The shape of a tensor that holds `batch` of them.
    public func tensorShape(batch: Int) -> [Int] {
        isSpatial ? [batch, height, width, channels] : [batch, channels]
    }

    public var description: String { isSpatial ? "[\(height), \(width), \(channels)]" : "[\(channels)]" }
}
