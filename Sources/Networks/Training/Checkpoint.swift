import Foundation
import RichDisplay
import Tensors
import WeightFiles

/// A training in a file: parameters, running averages, what the optimizer remembers, losses and the step. The random numbers of a
/// training depend on its seed and the step alone, so that these two are their state.
///
/// The file is a safetensors file with a checksum. It is written beside the old one, flushed to the disk and then renamed, so that at every
/// moment there is a whole file.
extension Trainer {
    private static let format = "training checkpoint 1"

    /// - Throws: ``SafetensorsError/unwritable(file:reason:)``.
    public func save(to path: String) throws {
        var tensors: [String: Tensor] = ["losses": Tensor(losses)]
        for entry in store.entries {
            tensors["parameters/" + entry.name] = store.tensor(entry, of: store.values)
            for (slot, values) in zip(optimizer.slots, [optimizer.first, optimizer.second]) where !values.isEmpty {
                tensors["optimizer/\(slot)/\(entry.name)"] = store.tensor(entry, of: values)
            }
        }
        for (name, average) in averages { tensors["averages/" + name] = average }
        let metadata = [
            "hooke": Self.format, "step": "\(step)", "settings": settings.fingerprint, "pictures": "\(data.count)",
            "checksum": Self.checksum(tensors, step: step),
        ]
        try AtomicFile.write(SafetensorsFile.encode(tensors, metadata: metadata), to: path)
    }

    /// Makes the remaining steps like ``run(steps:progress:)`` and saves every so many, at the end, and when it is interrupted.
    /// - Throws: as ``run(steps:progress:)`` and ``save(to:)``.
    public func run(savingTo path: String, every interval: Int = 100, progress: (TrainingProgress) throws -> Void = { _ in }) throws {
        var saved = step
        do {
            while step < settings.steps {
                try run(steps: max(1, interval - step % max(1, interval)), progress: progress)
                try save(to: path)
                saved = step
            }
        } catch let interruption as Interrupted {
            if step > saved { try save(to: path) }
            throw interruption
        }
    }

    /// Continues where the training of a file stopped. It must be one of the same network, settings and number of pictures; the bits of
    /// what follows are then those of a training that was never stopped.
    /// - Throws: ``SafetensorsError`` when the file is damaged, ``TrainingError/checkpoint(file:reason:)`` when it is another training's;
    ///   nothing has changed then.
    public func resume(from path: String) throws {
        let file = try SafetensorsFile(path: path)
        func failure(_ reason: String) -> TrainingError { .checkpoint(file: path, reason: reason) }
        guard file.metadata["hooke"] == Self.format else {
            throw failure("it is not a checkpoint (its metadata lacks 'hooke': '\(Self.format)')")
        }
        guard let step = file.metadata["step"].flatMap(Int.init), (0...settings.steps).contains(step) else {
            throw failure("it has no step in 0...\(settings.steps)")
        }
        guard file.metadata["settings"] == settings.fingerprint else {
            throw failure("its settings are '\(file.metadata["settings"] ?? "")', those of this training '\(settings.fingerprint)'")
        }
        guard file.metadata["pictures"] == "\(data.count)" else {
            throw failure("it was trained on \(file.metadata["pictures"] ?? "no") pictures, this training has \(data.count)")
        }
        var expected: [String: [Int]] = ["losses": [step]]
        for entry in store.entries {
            expected["parameters/" + entry.name] = entry.shape
            if step > 0 { for slot in optimizer.slots { expected["optimizer/\(slot)/\(entry.name)"] = entry.shape } }
        }
        for (name, average) in averages { expected["averages/" + name] = average.shape }
        if let other = Set(file.tensorNames).subtracting(expected.keys).sorted().first { throw failure("this network has no '\(other)'") }
        var tensors: [String: Tensor] = [:]
        for (name, shape) in expected.sorted(by: { $0.key < $1.key }) {
            guard let found = file.shape(of: name) else { throw failure("it lacks '\(name)'") }
            guard found == shape else { throw failure("'\(name)' has the shape \(found), expected \(shape)") }
            tensors[name] = try file.tensor(name)
        }
        guard file.metadata["checksum"] == Self.checksum(tensors, step: step) else {
            throw failure("its numbers are not those that were written: the checksum differs")
        }

        func values(_ prefix: String) -> [Float] { store.entries.flatMap { tensors[prefix + $0.name]?.scalars ?? [] } }
        store.values = values("parameters/")
        let slots = optimizer.slots.map { values("optimizer/\($0)/") }
        optimizer = Optimizer(
            optimizer, steps: step, first: slots.first ?? [], second: slots.count > 1 ? slots[1] : [])
        let saved = averages.keys.compactMap { name in tensors["averages/" + name].map { (name, $0) } }
        try restore(averages: Dictionary(uniqueKeysWithValues: saved))
        self.step = step
        losses = tensors["losses"]?.scalars ?? []
    }

    /// The running averages of all normalizations, by `<node>.mean` and `<node>.variance`.
    private var averages: [String: Tensor] {
        var result: [String: Tensor] = [:]
        for node in graph.nodes {
            guard case .layer(let layer) = node.operation, let normalization = layer as? BatchStatisticsNormalization else { continue }
            (result[node.name + ".mean"], result[node.name + ".variance"]) = (normalization.mean, normalization.variance)
        }
        return result
    }

    /// FNV-1a over the bits of all numbers, in the order of the names.
    private static func checksum(_ tensors: [String: Tensor], step: Int) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func mix(_ word: UInt64) { hash = (hash ^ word) &* 0x0000_0100_0000_01B3 }
        mix(UInt64(step))
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            for byte in name.utf8 { mix(UInt64(byte)) }
            tensor.withUnsafeScalars { for value in $0 { mix(UInt64(value.bitPattern)) } }
        }
        return String(hash, radix: 16)
    }
}
