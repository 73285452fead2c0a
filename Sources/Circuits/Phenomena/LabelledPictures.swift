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
    /// Pictures in a row, drawn on all cores.
    func drawn(_ indices: [Int], size: Int) -> [LabelledPicture] {
        [LabelledPicture?](unsafeUninitializedCapacity: indices.count) { buffer, initialized in
            guard let base = buffer.baseAddress else { return }
            // Every iteration writes its own element.
            nonisolated(unsafe) let elements = base
            DispatchQueue.concurrentPerform(iterations: indices.count) { place in
                (elements + place).initialize(to: labelledPicture(indices[place], size: size))
            }
            initialized = indices.count
        }.compactMap { $0 }
    }

    /// Pictures in batches that fit into memory.
    /// - Throws: `Interrupted`, and what the body throws.
    func forEachBatch(of indices: [Int], size: Int, _ body: ([LabelledPicture]) throws -> Void) throws {
        for start in stride(from: 0, to: indices.count, by: 64) {
            try Interruption.check()
            try body(drawn(Array(indices[start..<min(start + 64, indices.count)]), size: size))
        }
    }

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
    private(set) var values: [[Float]] = []
    private(set) var labels: [Int] = []
    private(set) var poses: [LabelledPicture.Pose?] = []
    let channels: Int

    /// Shows the first `count` pictures to the network, once for all layers.
    /// - Throws: ``ModelError``, `Interrupted`.
    static func all(
        of layers: [String], in model: Model, over pictures: some LabelledPictures, count: Int
    ) throws -> [PictureResponses] {
        var found = try layers.map { PictureResponses(channels: try model[$0].channels()) }
        try pictures.forEachBatch(of: Array(0..<min(max(count, 0), pictures.count)), size: model.inputSize) { shown in
            let activations = try model.activations(of: Tensor.stack(shown.map(\.pixels)), at: layers)
            for (place, name) in layers.enumerated() {
                guard let values = activations[name] else { continue }
                let best = values.rank == 4 ? values.max(along: [1, 2]) : values
                for picture in shown.indices { found[place].values.append(best.slice(picture).scalars) }
                found[place].labels += shown.map(\.label)
                found[place].poses += shown.map(\.pose)
            }
        }
        return found
    }

    private init(channels: Int) { self.channels = channels }

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
