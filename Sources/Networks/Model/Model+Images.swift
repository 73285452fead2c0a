import Tensors

extension Model {
    /// The largest height or width of an image.
    static let imageLimit = 8192

    /// The images as `[batch, height, width, channel]`, checked.
    /// - Throws: ``ModelError`` for a wrong rank, size or channel count, and for numbers that are not finite.
    func checkedImages(_ images: Tensor, for nodes: [Int]) throws -> Tensor {
        let shape = images.shape
        guard (shape.count == 3 || shape.count == 4), shape.last == inputChannels, shape.suffix(3).allSatisfy({ $0 > 0 }) else {
            throw ModelError.imageShape(shape, channels: inputChannels)
        }
        let batch = shape.count == 3 ? images.reshaped([1] + shape) : images
        let (height, width) = (batch.shape[1], batch.shape[2])
        guard max(height, width) <= Self.imageLimit else { throw ModelError.imageTooLarge(shape, limit: Self.imageLimit) }
        try checkSize(height: height, width: width, for: nodes)
        if let bad = images.firstNonfinite {
            var index: [Int] = [], rest = bad
            for length in shape.reversed() {
                index.insert(rest % length, at: 0)
                rest /= length
            }
            throw ModelError.imageValue(images.scalars[bad], index: index)
        }
        return batch
    }

    /// Nodes without positions (behind a global pooling or a dense layer) take images of one size.
    func checkSize(height: Int, width: Int, for nodes: [Int]) throws {
        guard (height, width) != (inputSize, inputSize) else { return }
        if let node = nodes.first(where: { head.contains(graph.nodes[$0].name) }) {
            throw ModelError.imageSize(height: height, width: width, layer: graph.nodes[node].name, expected: inputSize)
        }
    }
}

extension Tensor {
    /// The position of the first NaN or infinity.
    var firstNonfinite: Int? {
        withUnsafeScalars { scalars in
            // Infinity and NaN are the largest bit patterns without the sign: one vectorized pass in the usual case.
            var largest: UInt32 = 0
            for value in scalars { largest = Swift.max(largest, value.bitPattern & 0x7FFF_FFFF) }
            return largest < Float.infinity.bitPattern ? nil : scalars.firstIndex { !$0.isFinite }
        }
    }
}
