import Foundation
import Networks
import PictureWorld
import RichDisplay
import Tensors

/// The strongest response of every channel of a layer to each picture of a data set, and where it was.
struct LayerMaxima: Sendable {
    /// `[picture, channel]`.
    let values: Tensor
    /// Row times width plus column of the layer's positions, in the order of `values`.
    let positions: [Int32]
    /// The index of each picture in its source; those that could not be read are left out.
    let indices: [Int]
    /// Positions per row.
    let width: Int
    let channels: Int

    /// Shows the network `count` pictures, in batches of bounded memory.
    /// - Throws: ``ModelError``, and ``Interrupted`` when the user stops it.
    init(of layer: String, in model: Model, over source: some PictureSource, count: Int) throws {
        var values: [Float] = [], positions: [Int32] = [], indices: [Int] = []
        var width = 1, channels = 0
        try source.forEachBatch(limit: count, size: model.inputSize) { batch in
            try Interruption.check()
            guard let activations = try model.activations(of: batch.images, at: [layer])[layer] else { return }
            indices += batch.indices
            let shape = activations.shape
            channels = shape[shape.count - 1]
            let places = shape.count == 4 ? shape[1] * shape[2] : 1
            width = shape.count == 4 ? shape[2] : 1
            activations.withUnsafeScalars { scalars in
                for picture in 0..<shape[0] {
                    var best = Array(scalars[picture * places * channels..<picture * places * channels + channels])
                    var where_ = [Int32](repeating: 0, count: channels)
                    for place in 1..<max(places, 1) {
                        let row = (picture * places + place) * channels
                        for channel in 0..<channels where scalars[row + channel] > best[channel] {
                            best[channel] = scalars[row + channel]
                            where_[channel] = Int32(place)
                        }
                    }
                    values += best
                    positions += where_
                }
            }
        }
        self.values = Tensor(shape: [indices.count, channels], scalars: values)
        self.indices = indices
        self.positions = positions
        (self.width, self.channels) = (width, channels)
    }
}

/// The maxima of layers seen in this process, so that many channels of a layer cost one pass over the data.
///
/// It is safe to share: everything mutable is touched under `lock`.
final class LayerMaximaCache: @unchecked Sendable {
    static let shared = LayerMaximaCache()

    private struct Key: Hashable {
        let model: ObjectIdentifier
        let layer: String
        let source: String
        let classes: [String]
        let count: Int
    }

    private let lock = NSLock()
    private var known: [Key: (model: Model, maxima: LayerMaxima)] = [:]
    private var order: [Key] = []
    private static let capacity = 24

    func maxima(of layer: String, in model: Model, over source: some PictureSource, count: Int) throws -> LayerMaxima {
        let key = Key(model: ObjectIdentifier(model), layer: layer, source: source.title, classes: source.classes, count: count)
        if let found = lock.withLock({ known[key] }) { return found.maxima }
        let made = try LayerMaxima(of: layer, in: model, over: source, count: count)
        lock.withLock {
            // The model is kept beside its numbers: a freed model's identity could be given to another one.
            if known.updateValue((model, made), forKey: key) == nil { order.append(key) }
            if order.count > Self.capacity { known[order.removeFirst()] = nil }
        }
        return made
    }
}
