import Tensors

/// A numbered set of labelled pictures: a split of the world, or a folder of photographs.
///
///     try feature.examples(in: World.test)
///     try feature.examples(in: ImageFolder("imagenet/val"))
public protocol PictureSource: Sendable {
    /// What it is called in captions; two sources with one title and the same classes have the same pictures.
    var title: String { get }
    /// How many pictures it has.
    var count: Int { get }
    /// The names of its classes, in label order.
    var classes: [String] { get }
    /// The class of picture `index`, as an index in `classes`.
    func label(_ index: Int) -> Int
    /// Picture `index` as a model expects it: `[size, size, 3]`, red green blue in 0...1.
    /// - Throws: what is wrong with the file of that picture.
    func pixels(_ index: Int, size: Int) throws -> Tensor
    /// A run of pictures as one tensor. Those that cannot be read are left out and named.
    func pictures(in range: Range<Int>, size: Int) throws -> PictureBatch
    /// What tells its pictures from those of any other source, as far as that can be known without looking at all of them: results that
    /// are kept belong to it.
    var identity: String { get }
}

/// A run of pictures from a ``PictureSource``.
public struct PictureBatch: Sendable {
    /// `[picture, size, size, 3]`.
    public let images: Tensor
    /// The class of each picture.
    public let labels: [Int]
    /// The index of each picture in its source.
    public let indices: [Int]
    /// The pictures of the run that could not be read, and why.
    public let skipped: [SkippedPicture]
    /// The parts of what each picture shows; empty where nothing is known of parts.
    public let parts: [[PicturePart]]

    /// - Parameter parts: one list for each image, or none at all.
    public init(images: Tensor, labels: [Int], indices: [Int], skipped: [SkippedPicture] = [], parts: [[PicturePart]] = []) {
        (self.images, self.labels, self.indices, self.skipped, self.parts) = (images, labels, indices, skipped, parts)
    }
}

/// A picture that could not be read.
public struct SkippedPicture: Sendable, Equatable, CustomStringConvertible {
    /// Its file.
    public let path: String
    /// Why it cannot be read.
    public let reason: String

    public init(path: String, reason: String) { (self.path, self.reason) = (path, reason) }

    public var description: String { "\(path): \(reason)" }
}

extension PictureSource {
    /// The title, the classes and the number of pictures.
    public var identity: String { ([title, "\(count)"] + classes).joined(separator: "\n") }

    /// Walks over the pictures in runs, so that memory does not grow with their number.
    ///
    ///     try World.test.forEachBatch(of: 50, size: 64) { batch in … }
    ///
    /// - Parameters:
    ///   - limit: how many pictures to look at, from the first on; nil looks at all.
    ///   - body: is given each run; runs of which nothing could be read are left out.
    public func forEachBatch(of length: Int = 50, limit: Int? = nil, size: Int, _ body: (PictureBatch) throws -> Void) throws {
        let end = min(max(limit ?? count, 0), count)
        for start in stride(from: 0, to: end, by: max(length, 1)) {
            let batch = try pictures(in: start..<min(start + max(length, 1), end), size: size)
            if !batch.indices.isEmpty { try body(batch) }
        }
    }
}

extension WorldSplit: PictureSource {
    /// `World.test`, with the classes when it is restricted to some.
    public var title: String {
        guard isRestricted else { return "World.\(name)" }
        // A figure has no room for many names.
        return "World.\(name) (\(classes.count > 4 ? "\(classes.count) classes" : classes.joined(separator: ", ")))"
    }

    public func pixels(_ index: Int, size: Int) -> Tensor { picture(index, size: size).pixels }

    public func pictures(in range: Range<Int>, size: Int) -> PictureBatch {
        let (images, labels, parts) = drawn(range, size: size)
        return PictureBatch(images: images, labels: labels, indices: Array(range), parts: parts)
    }
}
