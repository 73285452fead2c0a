import Tensors

/// Pictures to learn from, by number. It is asked on several threads at once, and must give the same answer to the same question.
public protocol TrainingData: Sendable {
    /// How many there are.
    var count: Int { get }

    /// Some of them: `[batch, height, width, channel]` in `0...1`, and their classes.
    func batch(_ indices: [Int]) throws -> (images: Tensor, labels: [Int])
}

/// Pictures in memory.
public struct TensorData: TrainingData {
    private let images: Tensor
    private let labels: [Int]

    /// - Parameter images: `[count, height, width, channel]` in `0...1`.
    /// - Throws: ``TrainingError/labels(_:)`` when there are not as many labels.
    public init(images: Tensor, labels: [Int]) throws {
        guard images.rank == 4, images.shape[0] == labels.count else {
            throw TrainingError.labels(
                "\(labels.count) labels do not fit images of shape \(images.shape), which are [count, height, width, channel]")
        }
        (self.images, self.labels) = (images, labels)
    }

    public var count: Int { labels.count }

    public func batch(_ indices: [Int]) -> (images: Tensor, labels: [Int]) {
        (Tensor.stack(indices.map { images.slice($0) }), indices.map { labels[$0] })
    }
}
