import Foundation
import Networks
import Synchronization
import Tensors
import WeightFiles

/// Pictures that were optimized before, so that nothing is rendered twice: the newest in memory, and in a notebook all in files.
///
/// A file's name is a hash of everything that decides what the pictures look like: the network's weights, the objective, every setting, the
/// processor's instructions, and the program itself, since another version may render otherwise. Objectives with functions of a user's own are
/// not kept. A damaged file counts as none. Beyond 1 GB the files that were not used for longest are removed.
///
///     VisualizationCache.shared.folder                    // where the kernel keeps them
///     VisualizationCache.shared.folder = nil              // from now on everything is rendered anew, but for icons
public final class VisualizationCache: Sendable {
    /// The cache of the process. The kernel and `hooke run` give it its folder, ``standardFolder``.
    public static let shared = VisualizationCache()

    /// `visualizations` in `HOOKE_CACHE`, or else in `hooke` in `XDG_CACHE_HOME` or `~/.cache`.
    public static var standardFolder: String { CacheFolder.standardPath("visualizations") }

    private struct Contents {
        var folder: String?
        var outcomes: [String: ImageOptimization.Outcome] = [:]
        var order: [String] = []
        var scalars = 0
    }

    private static let largestCount = 1 << 24, largestFolder = 1 << 30
    private let contents: Mutex<Contents>

    /// - Parameter folder: is made when it is needed; nil for none.
    public init(folder: String? = nil) { contents = Mutex(Contents(folder: folder)) }

    /// The folder of the files. Without one, the default outside notebooks, only the icons of diagrams are kept, in memory.
    public var folder: String? {
        get { contents.withLock(\.folder) }
        set { contents.withLock { $0.folder = newValue } }
    }

    /// Forgets what is in memory, not the files.
    public func removeAll() { contents.withLock { $0 = Contents(folder: $0.folder) } }

    /// How many results are in memory.
    public var count: Int { contents.withLock { $0.outcomes.count } }

    private var files: CacheFolder? {
        folder.map { CacheFolder(path: $0, suffixes: [".visualization"], largest: Self.largestFolder) }
    }

    /// The outcome of an optimization that was made before.
    func outcome(of optimization: ImageOptimization, key: String) -> ImageOptimization.Outcome? {
        if let known = contents.withLock({ $0.outcomes[key] }) { return known }
        guard let files, let data = files.read(key + ".visualization"), let outcome = optimization.outcome(from: data, key: key) else { return nil }
        files.touch(key + ".visualization")
        insert(outcome, for: key)
        return outcome
    }

    /// Keeps an outcome. A full disk or a folder that cannot be written costs the file, nothing else.
    func keep(_ outcome: ImageOptimization.Outcome, for key: String) {
        insert(outcome, for: key)
        if let files, let data = try? outcome.encoded(key: key) { files.write(data, to: key + ".visualization") }
    }

    private func insert(_ outcome: ImageOptimization.Outcome, for key: String) {
        contents.withLock { contents in
            guard contents.outcomes.updateValue(outcome, forKey: key) == nil else { return }
            contents.order.append(key)
            contents.scalars += outcome.scalars
            while contents.scalars > Self.largestCount, contents.order.count > 1 {
                guard let oldest = contents.outcomes.removeValue(forKey: contents.order.removeFirst()) else { continue }
                contents.scalars -= oldest.scalars
            }
        }
    }
}

extension ImageOptimization.Outcome {
    /// Numbers that it holds.
    fileprivate var scalars: Int { images.count * (1 + snapshots.count) + history.reduce(0) { $0 + $1.count } + final.count }

    /// The bytes of its file: safetensors, with the key in the metadata.
    /// - Throws: `SafetensorsError`.
    fileprivate func encoded(key: String) throws -> Data {
        let steps = history.first?.count ?? 0
        var tensors = [
            "images": images, "history": Tensor(shape: [history.count, steps], scalars: history.flatMap { $0 }),
            "final": Tensor(shape: [final.count], scalars: final),
        ]
        for snapshot in snapshots { tensors["snapshot \(snapshot.step)"] = snapshot.images }
        return try SafetensorsFile.encode(tensors, metadata: ["key": key])
    }
}

extension ImageOptimization {
    /// The outcome in a file; nil when the file is damaged, or of something else.
    fileprivate func outcome(from data: Data, key: String) -> Outcome? {
        guard let file = try? SafetensorsFile(data: data, name: key), file.metadata["key"] == key else { return nil }
        func tensor(_ name: String, _ shape: [Int]) -> Tensor? {
            guard file.shape(of: name) == shape, file.type(of: name) == .float32, let tensor = try? file.tensor(name),
                tensor.firstNonFinite == nil
            else { return nil }
            return tensor
        }
        let shape = [entries.count, canvas.height, canvas.width, canvas.channels]
        guard let images = tensor("images", shape), let history = tensor("history", [objectives.count, steps]),
            let final = tensor("final", [objectives.count])
        else { return nil }
        let kept = Set(thresholds).sorted().map { ($0, tensor("snapshot \($0)", shape)) }
        let snapshots = kept.compactMap { step, images in images.map { (step: step, images: $0) } }
        guard snapshots.count == kept.count else { return nil }
        return Outcome(
            images: images, history: objectives.indices.map { history.slice($0).scalars }, final: final.scalars, snapshots: snapshots)
    }
}
