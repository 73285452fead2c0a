import Figures
import Networks
import Tensors

/// The raw kernels of a layer that reads the image, as pictures: grey is zero, brighter colours are what the channel adds up
/// ("An Overview of Early Vision" shows conv2d0 like this).
public struct FilterSheet: Drawable, Sendable {
    public let layer: String
    /// One picture per channel, each scaled to its own largest weight.
    public let images: [Image]

    public func drawing() throws -> SVG {
        try ImageGrid(images, captions: images.indices.map(String.init), cellSize: 70, title: "\(layer), the weights of its \(images.count) channels").drawing()
    }
}

extension Layer {
    /// The layer's kernels as pictures.
    /// - Throws: ``ModelError``, ``CircuitError/notAnImageLayer(_:)``.
    public func filters() throws -> FilterSheet {
        let weights = try model.weights(of: name)
        guard weights.rank == 4, weights.shape[2] == 3 else { throw CircuitError.notAnImageLayer(name) }
        let (area, count) = (weights.shape[0] * weights.shape[1] * 3, weights.shape[3])
        let images = try (0..<count).map { channel in
            let kernel = (0..<area).map { weights.scalars[$0 * count + channel] }
            return try Image(signed: Tensor(shape: [weights.shape[0], weights.shape[1], 3], scalars: kernel))
        }
        return FilterSheet(layer: name, images: images)
    }
}
