import Dispatch
import Networks
import PictureWorld
import Tensors

/// Pictures of Hooke's world to learn from, drawn when they are asked for.
///
///     let data = WorldData(World.train, count: 4000, size: 32)
public struct WorldData: TrainingData {
    public let split: WorldSplit
    public let count: Int
    /// Height and width of the pictures.
    public let size: Int

    /// - Parameter count: the first so many of the split; all by default, and no more than all.
    public init(_ split: WorldSplit, count: Int? = nil, size: Int = WorldSplit.defaultSize) {
        (self.split, self.size) = (split, max(size, 1))
        self.count = min(max(count ?? split.count, 0), split.count)
    }

    /// - Returns: `[batch, size, size, 3]` in `0...1`, and places in `World.classes`.
    public func batch(_ indices: [Int]) -> (images: Tensor, labels: [Int]) {
        let length = size * size * 3
        let images = Tensor(shape: [indices.count, size, size, 3]) { buffer in
            for (place, index) in indices.enumerated() {
                split.picture(index, size: size).pixels.withUnsafeScalars { pixels in
                    _ = UnsafeMutableBufferPointer(rebasing: buffer[place * length..<(place + 1) * length]).initialize(from: pixels)
                }
            }
        }
        return (images, indices.map(split.label))
    }
}
