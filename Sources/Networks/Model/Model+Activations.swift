import RichDisplay
import Tensors

extension Model {
    /// The activations of images at several layers; the network runs only as deep as the deepest of them.
    /// - Parameters:
    ///   - images: `[batch, height, width, 3]` or `[height, width, 3]` in `0...1`, of any size for layers with positions.
    ///   - layers: names of layers.
    /// - Returns: by layer, `[batch, height, width, channel]`, or `[batch, channel]` where there are no positions any more; one image is
    ///   a batch of one.
    /// - Throws: ``ModelError`` for unknown layers and for images that are not images; `Interrupted`.
    public func activations(of images: Tensor, at layers: [String]) throws -> [String: Tensor] {
        try activations(of: images, at: Dictionary(layers.map { ($0, .all) }, uniquingKeysWith: { first, _ in first }))
    }

    /// The activations of images at some positions of layers; of every layer before them only what those positions see is computed, so
    /// that a single neuron costs a fraction of the whole layer. They are the values of ``activations(of:at:)`` within rounding.
    ///
    ///     try model.activations(of: image, at: ["mixed4a": .centre])["mixed4a"]!.shape             // [1, 1, 1, 120]
    ///     try model.activations(of: image, at: ["mixed3a": .window(rows: 0..<3, columns: 4..<8)])
    /// - Parameters:
    ///   - images: `[batch, height, width, 3]` or `[height, width, 3]` in `0...1`.
    ///   - positions: by layer; layers behind the global pooling have one position.
    /// - Returns: by layer, `[batch, rows, columns, channel]`, or `[batch, channel]` behind the global pooling.
    /// - Throws: ``ModelError`` for unknown layers, positions that they do not have, and images that are not images; `Interrupted`.
    public func activations(of images: Tensor, at positions: [String: Positions]) throws -> [String: Tensor] {
        let layers = Array(positions.keys)
        let nodes = try layers.map(node)
        let images = try checkedImages(images, for: nodes)
        let wanted = Array(Set(nodes)).sorted()
        let (batch, height, width) = (images.shape[0], images.shape[1], images.shape[2])
        let windows = try windows(positions, height: height, width: width)
        var parts: [Int: [Tensor]] = [:]
        // About 32 images of 224x224 at once: more would not be faster, and memory stays bounded.
        let most = max(1, min(256, 32 * 224 * 224 / (height * width)))
        var request = PlanRequest(batch: min(most, batch), height: height, width: width, wanted: wanted, windows: windows)
        request = try runner.fitting(request)
        let step = max(request.batch, 1)
        var first = 0
        repeat {
            try Interruption.check()
            request.batch = min(step, batch - first)
            let part = request.batch == batch ? images : images.rows(first..<first + request.batch)
            for (node, tensor) in try runner.run(request, images: part).activations { parts[node, default: []].append(tensor) }
            first += step
        } while first < batch
        var result: [String: Tensor] = [:]
        for (layer, node) in zip(layers, nodes) { result[layer] = parts[node].map(Tensor.joined) }
        return result
    }

    /// The outputs before the softmax: `[batch, class]`.
    /// - Throws: ``ModelError`` for a model that does not classify, and for images that do not have its input size.
    public func logits(of images: Tensor) throws -> Tensor {
        guard let layer = details.logitsLayer else { throw ModelError.noHead(model: name) }
        return try self[layer].activations(of: images)
    }
}

extension Tensor {
    /// Some of the slices along the first axis.
    fileprivate func rows(_ range: Range<Int>) -> Tensor {
        let size = shape[0] == 0 ? 0 : count / shape[0]
        return Tensor(
            shape: [range.count] + shape.dropFirst(), scalars: Array(scalars[range.lowerBound * size..<range.upperBound * size]))
    }

    /// Tensors one after the other along the first axis.
    fileprivate static func joined(_ parts: [Tensor]) -> Tensor {
        if parts.count == 1 { return parts[0] }
        let rows = parts.reduce(0) { $0 + $1.shape[0] }
        return Tensor(shape: [rows] + parts[0].shape.dropFirst(), scalars: Array(parts.map(\.scalars).joined()))
    }
}
