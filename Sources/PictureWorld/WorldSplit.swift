import Dispatch
import Tensors

/// A numbered set of pictures; picture `i` depends on the split and on `i` alone. Labels take turns, so every run of
/// consecutive pictures is balanced.
public struct WorldSplit: Sendable {
    /// `train`, `validation` or `test`.
    public let name: String
    /// How many pictures it has.
    public let count: Int
    private let seed: UInt64

    init(name: String, count: Int, seed: UInt64) {
        self.name = name
        self.count = count
        self.seed = seed
    }

    /// The size that pictures are drawn at unless another is asked for, in pixels.
    public static let defaultSize = 64

    /// Picture `index`, drawn at 64 by 64 pixels.
    /// - Precondition: `index` is in `0..<count`.
    public subscript(index: Int) -> WorldPicture { picture(index, size: Self.defaultSize) }

    /// Picture `index`, drawn at `size` by `size` pixels: the same scene at every size.
    /// - Precondition: `index` is in `0..<count`, and `size` is positive.
    public func picture(_ index: Int, size: Int) -> WorldPicture {
        require(size > 0, "a picture has at least one pixel, not a size of \(size)")
        let label = label(index)
        let kind = PictureClass.all[label]
        var scene = Scene(random: CounterRandom(seed: seed, stream: UInt64(index)), size: size)
        kind.draw(&scene)
        return WorldPicture(
            pixels: scene.finish(), label: label, className: kind.name, index: index, split: name,
            truth: PictureTruth(scene, size: size))
    }

    /// The class of picture `index`, as an index in `World.classes`.
    public func label(_ index: Int) -> Int {
        require(index >= 0 && index < count, "the \(name) split has pictures 0..<\(count), not \(index)")
        return index % PictureClass.all.count
    }

    /// A run of pictures as one tensor `[count, size, size, 3]`, with their labels. Drawn on all cores.
    public func batch(_ range: Range<Int>, size: Int = WorldSplit.defaultSize) -> (images: Tensor, labels: [Int]) {
        let labels = range.map(label)
        let length = size * size * 3
        let images = Tensor(shape: [range.count, size, size, 3]) { buffer in
            DispatchQueue.concurrentPerform(iterations: range.count) { offset in
                let pixels = picture(range.lowerBound + offset, size: size).pixels
                pixels.withUnsafeScalars { source in
                    // Every iteration writes its own slice.
                    _ = UnsafeMutableBufferPointer(rebasing: buffer[offset * length..<(offset + 1) * length]).update(from: source)
                }
            }
        }
        return (images, labels)
    }
}
