import Dispatch
import Tensors

/// A numbered set of pictures; picture `i` depends on the split and on `i` alone. Labels take turns, so every run of
/// consecutive pictures is balanced.
public struct WorldSplit: Sendable {
    /// `train`, `validation` or `test`.
    public let name: String
    /// How many pictures it has.
    public let count: Int
    /// The names of its classes, in label order.
    public var classes: [String] { kinds.map { all[$0].name } }

    private let seed: UInt64
    /// The classes of the world that it belongs to, and its own as indices in them.
    private let all: [PictureClass]
    private let kinds: [Int]

    var isRestricted: Bool { kinds != Array(all.indices) }

    init(name: String, count: Int, seed: UInt64, kinds: [PictureClass]) {
        self.init(name: name, count: count, seed: seed, all: kinds, kinds: Array(kinds.indices))
    }

    private init(name: String, count: Int, seed: UInt64, all: [PictureClass], kinds: [Int]) {
        (self.name, self.count, self.seed, self.all, self.kinds) = (name, count, seed, all, kinds)
    }

    /// The size that pictures are drawn at unless another is asked for, in pixels.
    public static let defaultSize = 64

    /// The pictures of this split that show the given classes, labelled by their order.
    ///
    ///     let pets = try World.test.restricted(to: ["dog", "cat"])
    ///     pets.label(1)          // 1, a cat
    ///     pets[1].index          // its index in World.test
    ///
    /// - Throws: ``WorldError`` for a name that is no class of this split, a name given twice, or no name.
    public func restricted(to names: [String]) throws -> WorldSplit {
        guard !names.isEmpty else { throw WorldError.noClasses }
        let own = classes
        var chosen: [Int] = []
        for name in names {
            guard let place = own.firstIndex(of: name) else { throw WorldError.unknownClass(name, known: own) }
            guard !chosen.contains(kinds[place]) else { throw WorldError.repeatedClass(name) }
            chosen.append(kinds[place])
        }
        return WorldSplit(name: name, count: count / kinds.count * chosen.count, seed: seed, all: all, kinds: chosen)
    }

    /// The first pictures of the split, under the same numbers: for networks that take long over one.
    ///
    ///     World.test.first(1000)
    ///
    /// - Precondition: `count` is positive.
    public func first(_ count: Int) -> WorldSplit {
        require(count > 0, "a split has at least one picture, not \(count)")
        return WorldSplit(name: name, count: min(count, self.count), seed: seed, all: all, kinds: kinds)
    }

    /// Picture `index`, drawn at 64 by 64 pixels.
    /// - Precondition: `index` is in `0..<count`.
    public subscript(index: Int) -> WorldPicture { picture(index, size: Self.defaultSize) }

    /// Picture `index`, drawn at `size` by `size` pixels: the same scene at every size.
    /// - Precondition: `index` is in `0..<count`, and `size` is positive.
    public func picture(_ index: Int, size: Int) -> WorldPicture {
        require(size > 0, "a picture has at least one pixel, not a size of \(size)")
        let label = label(index), number = number(index)
        let kind = all[kinds[label]]
        let (pixels, truth) = kind.render(CounterRandom(seed: seed, stream: UInt64(number)), size)
        return WorldPicture(
            pixels: pixels, label: label, className: kind.name, index: number, split: name, truth: PictureTruth(truth, size: size))
    }

    /// The class of picture `index`, as an index in `classes`.
    public func label(_ index: Int) -> Int {
        require(index >= 0 && index < count, "the \(name) split has pictures 0..<\(count), not \(index)")
        return index % kinds.count
    }

    /// The index of a picture among those of all classes of the world.
    private func number(_ index: Int) -> Int { index / kinds.count * all.count + kinds[index % kinds.count] }

    /// A run of pictures as one tensor `[count, size, size, 3]`, with their labels. Drawn on all cores.
    public func batch(_ range: Range<Int>, size: Int = WorldSplit.defaultSize) -> (images: Tensor, labels: [Int]) {
        let (images, labels, _) = drawn(range, size: size)
        return (images, labels)
    }

    /// The same, and the parts of what each picture shows.
    func drawn(_ range: Range<Int>, size: Int) -> (images: Tensor, labels: [Int], parts: [[PicturePart]]) {
        let labels = range.map(label)
        let length = size * size * 3
        var parts = [[PicturePart]](repeating: [], count: range.count)
        let images = Tensor(shape: [range.count, size, size, 3]) { buffer in
            parts.withUnsafeMutableBufferPointer { parts in
                // Every iteration writes its own slice and its own list.
                nonisolated(unsafe) let (pixels, lists) = (buffer, parts)
                DispatchQueue.concurrentPerform(iterations: range.count) { offset in
                    let picture = picture(range.lowerBound + offset, size: size)
                    picture.pixels.withUnsafeScalars { source in
                        _ = UnsafeMutableBufferPointer(rebasing: pixels[offset * length..<(offset + 1) * length]).update(from: source)
                    }
                    lists[offset] = picture.truth.parts
                }
            }
        }
        return (images, labels, parts)
    }
}

/// Why a split cannot be restricted.
public enum WorldError: Error, Equatable, CustomStringConvertible {
    /// The name is none of the split's classes.
    case unknownClass(String, known: [String])
    /// The name was given twice.
    case repeatedClass(String)
    /// The list of names was empty.
    case noClasses

    public var description: String {
        switch self {
        case .unknownClass(let name, let known): "the world has no class '\(name)'; it has \(known.joined(separator: ", "))"
        case .repeatedClass(let name): "the class '\(name)' is named twice; name each class once"
        case .noClasses: "a restricted split needs at least one class"
        }
    }
}
