import Foundation
import Networks
import PictureWorld
import Synchronization
import Tensors

/// Where the statistics of layers over data sets are kept: the newest in memory, all in files, so that a question that was asked before, in
/// this session or an earlier one, is answered without showing a picture.
///
/// A file's name is a hash of what its numbers depend on: the network's weights, the layer, the pictures and the settings. A damaged file,
/// or one of something else, counts as none. A pass that was interrupted leaves a file from which the next one goes on. Beyond 2 GB the
/// files that were not used for longest are removed.
///
///     let statistics = try model["mixed3b"].statistics(over: World.test, cache: StatisticsCache(folder: "scratch"))
public final class StatisticsCache: Sendable {
    /// The cache of the process, with files in `HOOKE_CACHE`, or else `hooke/statistics` in `XDG_CACHE_HOME` or `~/.cache`.
    public static let shared = StatisticsCache(folder: CacheFolder.standardPath("statistics"))

    /// The folder of the files; nil keeps nothing beyond the process.
    public let folder: String?

    private struct Key: Hashable {
        let model: ObjectIdentifier
        let target: String
        let source: String
        let count: Int
        let seed: UInt64
    }

    private struct Contents {
        var known: [Key: (model: Model, dataset: String, tally: UnitTally)] = [:]
        var order: [Key] = []
    }

    private let contents = Mutex(Contents())
    private static let capacity = 48, largestFolder = 2 << 30

    /// - Parameter folder: is made when it is needed.
    public init(folder: String?) { self.folder = folder }

    /// Forgets what is in memory, not the files.
    public func removeAll() { contents.withLock { $0 = Contents() } }

    /// The tallies of targets of one model, complete; those that are missing are made in one pass.
    func tallies(
        of targets: [StatisticsTarget], in model: Model, over source: some PictureSource, count: Int, seed: UInt64
    ) throws -> [UnitTally] {
        let identity = source.identity
        let keys = targets.map {
            Key(model: ObjectIdentifier(model), target: $0.identity, source: identity, count: count, seed: seed)
        }
        var found = contents.withLock { contents in keys.map { contents.known[$0]?.tally } }
        let missing = targets.indices.filter { found[$0] == nil }
        guard !missing.isEmpty else { return found.compactMap { $0 } }

        let common = try folder.map { _ in try Self.identity(of: model, source, identity: identity, count: count, seed: seed) }
        let names = missing.map { index in common.map { FileDigest.sha256(of: $0 + "\n" + targets[index].identity) } ?? "" }
        let classes = source.classes.count
        let tallies = zip(missing, names).map { index, name in
            stored(targets[index], classes: classes, file: name, count: count) ?? UnitTally(targets[index], classes: classes)
        }
        let wasWhole = tallies.map { $0.next == count }
        let pass = StatisticsPass(model: model, targets: missing.map { targets[$0] }, count: count, seed: seed)
        try pass.run(over: source, into: tallies) {
            for (tally, name) in zip(tallies, names) where tally.next > 0 && tally.next < count { write(tally, to: name, isWhole: false) }
        }
        for (index, (tally, (name, isStored))) in zip(missing, zip(tallies, zip(names, wasWhole))) {
            if !isStored { write(tally, to: name, isWhole: true) }
            found[index] = tally
            insert(tally, of: model, over: source.title, for: keys[index])
        }
        return found.compactMap { $0 }
    }

    private func insert(_ tally: UnitTally, of model: Model, over dataset: String, for key: Key) {
        contents.withLock { contents in
            // The model is kept beside its numbers: a freed model's identity could be given to another one.
            if contents.known.updateValue((model, dataset, tally), forKey: key) == nil { contents.order.append(key) }
            if contents.order.count > Self.capacity { contents.known[contents.order.removeFirst()] = nil }
        }
    }

    /// What the units of a layer answered at most over the largest data set that the layer was shown in this process; nil when it was shown
    /// none.
    func peaks(of layer: Layer) -> (dataset: String, looked: Int, peaks: [Float])? {
        let ofModel = contents.withLock { contents in contents.known.filter { $0.key.model == ObjectIdentifier(layer.model) } }
        // Mostly the model was shown nothing, and then its layers need not be measured out.
        guard !ofModel.isEmpty, let target = try? StatisticsTarget(layer).identity else { return nil }
        let known = ofModel.filter { $0.key.target == target }.map { ($0.key.seed, $0.value) }
        let largest = known.max { ($0.1.tally.looked, $0.1.dataset, $0.0) < ($1.1.tally.looked, $1.1.dataset, $1.0) }
        return largest.map { ($0.1.dataset, $0.1.tally.looked, $0.1.tally.strongest) }
    }

    // MARK: - Files

    private var files: CacheFolder? {
        folder.map { CacheFolder(path: $0, suffixes: [".statistics", ".partial"], largest: Self.largestFolder) }
    }

    /// What a file holds, complete or in part; nil when there is none, or it is damaged.
    private func stored(_ target: StatisticsTarget, classes: Int, file name: String, count: Int) -> UnitTally? {
        guard let files else { return nil }
        for suffix in [".statistics", ".partial"] {
            guard let data = files.read(name + suffix) else { continue }
            let read = UnitTally(target, classes: classes)
            guard read.restore(data, key: name, pictures: count), suffix == ".partial" || read.next == count else { continue }
            files.touch(name + suffix)
            return read
        }
        return nil
    }

    private func write(_ tally: UnitTally, to name: String, isWhole: Bool) {
        guard let files else { return }
        files.write(tally.encoded(key: name), to: name + (isWhole ? ".statistics" : ".partial"))
        if isWhole { files.remove(name + ".partial") }
    }

    /// What all results of one pass depend on. A few of the pictures themselves belong to it: another version of what draws or reads them
    /// may give others under the same name.
    private static func identity(
        of model: Model, _ source: some PictureSource, identity: String, count: Int, seed: UInt64
    ) throws -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in Set((0..<8).map { $0 * (count - 1) / 7 }).sorted() {
            let batch = try source.pictures(in: index..<index + 1, size: min(model.inputSize, 64))
            batch.images.withUnsafeScalars { for value in $0 { hash = (hash ^ UInt64(value.bitPattern)) &* 0x0000_0100_0000_01B3 } }
        }
        return [model.digest, identity, String(hash, radix: 16), "\(count)", "\(seed)"].joined(separator: "\n")
    }
}
