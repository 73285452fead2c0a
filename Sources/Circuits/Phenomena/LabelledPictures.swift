import Dispatch
import Networks
import PictureWorld
import RichDisplay
import Tensors

/// Pictures with all that is known of them: what analyses of classes, poses and parts are asked over. ``PictureWorld/WorldSplit`` is one.
public protocol LabelledPictures: Sendable {
    /// For captions.
    var name: String { get }
    /// The names of the classes, in label order.
    var classes: [String] { get }
    var count: Int { get }
    /// Picture `index`, drawn at `size` by `size` pixels. May be called from several threads at once.
    func labelledPicture(_ index: Int, size: Int) -> LabelledPicture
}

/// One picture and what it shows.
public struct LabelledPicture: Sendable {
    /// A part of what is shown, and the upright box around it in pixels.
    public struct Part: Hashable, Sendable {
        public let name: String
        public let x, y, width, height: Double

        /// - Parameters: the left and upper edge and the extent, in pixels.
        public init(_ name: String, x: Double, y: Double, width: Double, height: Double) {
            (self.name, self.x, self.y, self.width, self.height) = (name, x, y, width, height)
        }
    }

    /// The side that something faces.
    public enum Pose: String, Sendable { case left, right }

    /// `[height, width, 3]` in `0...1`.
    public let pixels: Tensor
    /// The position of its class in the classes.
    public let label: Int
    /// Nil for what has no sides.
    public let pose: Pose?
    public let parts: [Part]

    public init(pixels: Tensor, label: Int, pose: Pose? = nil, parts: [Part] = []) {
        (self.pixels, self.label, self.pose, self.parts) = (pixels, label, pose, parts)
    }
}

extension WorldSplit: LabelledPictures {
    public func labelledPicture(_ index: Int, size: Int) -> LabelledPicture {
        let picture = picture(index, size: size)
        return LabelledPicture(
            pixels: picture.pixels, label: picture.label, pose: picture.truth.pose.flatMap { LabelledPicture.Pose(rawValue: $0.rawValue) },
            parts: picture.truth.parts.map { .init($0.name, x: $0.box.x, y: $0.box.y, width: $0.box.width, height: $0.box.height) })
    }
}

extension LabelledPictures {
    /// The label of a class.
    /// - Throws: ``PhenomenonError/unknownClass(_:classes:)``.
    func label(of name: String) throws -> Int {
        guard let label = classes.firstIndex(of: name) else { throw PhenomenonError.unknownClass(name, classes: classes) }
        return label
    }
}

/// Why a phenomenon cannot be looked for.
public enum PhenomenonError: Error, Equatable, CustomStringConvertible {
    case unknownClass(String, classes: [String])
    case tooFewPictures(of: String, found: Int, needed: Int)

    public var description: String {
        switch self {
        case .unknownClass(let name, let classes): "the pictures have no class '\(name)'; they have \(classes.joined(separator: ", "))"
        case .tooFewPictures(let what, let found, let needed):
            "only \(found) of the pictures show \(what), and the measure takes \(needed): look at more pictures"
        }
    }
}

/// The strongest response of every unit of a layer to each of many labelled pictures.
struct PictureResponses: Sendable {
    /// `[picture][channel]`
    let values: [[Float]]
    let labels: [Int]
    let poses: [LabelledPicture.Pose?]
    let channels: Int

    /// Shows `count` pictures to the network, in batches; `watch` sees the activations of every batch with its pictures.
    /// - Throws: ``ModelError``, `Interrupted`.
    init(
        of layer: Layer, over pictures: some LabelledPictures, count: Int,
        watch: (_ activations: Tensor, _ pictures: [LabelledPicture]) -> Void = { _, _ in }
    ) throws {
        let size = layer.model.inputSize, count = min(max(count, 0), pictures.count)
        var (values, labels, poses) = ([[Float]](), [Int](), [LabelledPicture.Pose?]())
        var channels = try layer.channels()
        for start in stride(from: 0, to: count, by: 64) {
            try Interruption.check()
            let shown = Self.drawn(pictures, start..<min(start + 64, count), size: size)
            let activations = try layer.activations(of: Tensor.stack(shown.map(\.pixels)))
            channels = activations.shape.last ?? channels
            let best = activations.rank == 4 ? activations.max(along: [1, 2]) : activations
            for picture in shown.indices { values.append(best.slice(picture).scalars) }
            labels += shown.map(\.label)
            poses += shown.map(\.pose)
            watch(activations, shown)
        }
        (self.values, self.labels, self.poses, self.channels) = (values, labels, poses, channels)
    }

    /// On all cores.
    static func drawn(_ pictures: some LabelledPictures, _ range: Range<Int>, size: Int) -> [LabelledPicture] {
        [LabelledPicture?](unsafeUninitializedCapacity: range.count) { buffer, initialized in
            guard let base = buffer.baseAddress else { return }
            // Every iteration writes its own element.
            nonisolated(unsafe) let elements = base
            DispatchQueue.concurrentPerform(iterations: range.count) { offset in
                (elements + offset).initialize(to: pictures.labelledPicture(range.lowerBound + offset, size: size))
            }
            initialized = range.count
        }.compactMap { $0 }
    }

    /// The responses of a channel to the pictures of some indices.
    func responses(_ channel: Int, to indices: [Int]) -> [Float] { indices.map { values[$0][channel] } }

    func indices(where isChosen: (_ label: Int, _ pose: LabelledPicture.Pose?) -> Bool) -> [Int] {
        labels.indices.filter { isChosen(labels[$0], poses[$0]) }
    }

    /// How far two sets of responses lie apart in their common standard deviation: d' of signal detection theory. Responses that never vary
    /// lie 0 apart when they are equal, and as far as can be when they are not.
    static func separation(_ a: [Float], _ b: [Float]) -> Double {
        func moments(_ values: [Float]) -> (mean: Double, variance: Double) {
            let mean = values.reduce(0.0) { $0 + Double($1) } / Double(max(values.count, 1))
            return (mean, values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(max(values.count, 1)))
        }
        let (first, second) = (moments(a), moments(b))
        let spread = ((first.variance + second.variance) / 2).squareRoot(), gap = first.mean - second.mean
        if spread > 1e-12 * max(abs(first.mean), abs(second.mean)) { return gap / spread }
        return gap == 0 ? 0 : gap > 0 ? 100 : -100
    }
}
