import Tensors

/// A class and how probable the model holds it.
public struct Prediction: Hashable, Sendable, CustomStringConvertible {
    /// The position in ``Model/classes``.
    public let index: Int
    public let className: String
    /// In `0...1`.
    public let probability: Float

    public var description: String { "\(className) \((probability * 1000).rounded() / 10) %" }
}

extension Model {
    /// The most probable classes of every image, most probable first.
    /// - Parameters:
    ///   - images: `[batch, size, size, 3]` or `[size, size, 3]` in `0...1`, `size` being ``inputSize``.
    ///   - count: how many classes; all if nil.
    /// - Throws: ``ModelError``.
    public func predict(_ images: Tensor, top count: Int? = nil) throws -> [[Prediction]] {
        let probabilities =
            if let layer = details.probabilitiesLayer { try self[layer].activations(of: images) } else { try logits(of: images).softmax() }
        return (0..<probabilities.shape[0]).map { image in
            let sorted = probabilities.slice(image).scalars.enumerated()
                .sorted { ($1.element, $0.offset) < ($0.element, $1.offset) }
            return sorted.prefix(max(0, count ?? classes.count)).map { index, probability in
                Prediction(index: index, className: classes[index], probability: probability)
            }
        }
    }

    /// The share of images whose most probable class is their label.
    /// - Parameter labels: positions in ``classes``, one for each image.
    /// - Throws: ``ModelError`` for labels that do not fit, and as ``logits(of:)``.
    public func accuracy(images: Tensor, labels: [Int]) throws -> Float {
        let logits = try logits(of: images)
        guard logits.shape[0] == labels.count else { throw ModelError.labelCount(labels: labels.count, images: logits.shape[0]) }
        if let bad = labels.first(where: { !classes.indices.contains($0) }) {
            throw ModelError.labelOutOfRange(bad, classes: classes.count)
        }
        guard !labels.isEmpty else { return 0 }
        let width = logits.shape[1]
        var right = 0
        for (image, label) in labels.enumerated() {
            let row = logits.scalars[image * width..<(image + 1) * width]
            if let best = row.indices.max(by: { row[$0] < row[$1] }), best - image * width == label { right += 1 }
        }
        return Float(right) / Float(labels.count)
    }
}
