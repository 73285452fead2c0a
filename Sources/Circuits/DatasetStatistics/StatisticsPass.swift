import Foundation
import Networks
import PictureWorld
import RichDisplay
import Tensors

/// One pass over the pictures of a data set, for several layers at once.
struct StatisticsPass {
    let model: Model
    let targets: [StatisticsTarget]
    let count: Int
    let seed: UInt64

    /// Pictures in a batch: enough to keep all cores busy, few enough for the activations of many layers at once. Checkpoints lie between
    /// batches, so that a run that goes on sees the same batches.
    private var batch: Int { max(4, min(64, (1 << 18) / max(model.inputSize * model.inputSize, 1))) }
    /// A quick pass shows no progress.
    private static let quickCount = 1000

    /// Shows the network all pictures that the tallies have not seen.
    /// - Parameters:
    ///   - tallies: one for each target; each goes on where it stopped.
    ///   - save: called from time to time, and when the pass is interrupted.
    /// - Throws: ``ModelError``, what the source throws, `Interrupted`.
    func run(over source: some PictureSource, into tallies: [UnitTally], save: () -> Void) throws {
        guard let first = tallies.map(\.next).min() else { return }
        let names = targets.count > 3 ? "\(targets.count) layers" : targets.map(\.layer.name).joined(separator: ", ")
        let title = "\(names) over \(source.title)"
        let progress = try VisualizationProgress(title, steps: count, isShown: count - first > Self.quickCount)
        var saved = Date()
        do {
            for start in stride(from: first - first % batch, to: count, by: batch) {
                try Interruption.check()
                let end = min(start + batch, count)
                let waiting = targets.indices.filter { tallies[$0].next <= start }
                guard !waiting.isEmpty else { continue }
                let pictures = try source.pictures(in: start..<end, size: model.inputSize)
                try add(pictures, to: waiting.map { (targets[$0], tallies[$0]) })
                for index in waiting {
                    tallies[index].next = end
                    tallies[index].skipped += pictures.skipped.count
                    let room = UnitTally.namedSkips - tallies[index].skippedExamples.count
                    tallies[index].skippedExamples += pictures.skipped.prefix(max(room, 0)).map { String("\($0)".prefix(400)) }
                }
                if !pictures.indices.isEmpty {
                    try progress.update(step: end, images: pictures.images.slices(0..<min(8, pictures.indices.count)))
                }
                if Date().timeIntervalSince(saved) > 20 {
                    save()
                    saved = Date()
                }
            }
        } catch {
            save()
            throw error
        }
        try progress.finish("\(names): \(tallies.first?.looked ?? 0) pictures of \(source.title)")
    }

    private func add(_ pictures: PictureBatch, to waiting: [(target: StatisticsTarget, tally: UnitTally)]) throws {
        guard !pictures.indices.isEmpty else { return }
        let asked = Dictionary(waiting.map { ($0.target.node, $0.target.asked) }, uniquingKeysWith: { first, _ in first })
        let activations = try model.activations(of: pictures.images, at: asked)
        for (target, tally) in waiting {
            guard let found = activations[target.node] else { throw GraphError.unknownNode(target.node) }
            let draws = pictures.indices.map { index -> (UInt32, [UInt32]) in
                var random = CounterRandom(seed: seed, stream: UInt64(index))
                let first = UInt32(truncatingIfNeeded: random.next() >> 32)
                return (first, (0..<target.places.count).map { _ in UInt32(truncatingIfNeeded: random.next() >> 32) })
            }
            let parts = pictures.parts.count == pictures.indices.count ? pictures.parts : []
            tally.add(
                target.values(found),
                TallyBatch(
                    indices: pictures.indices, labels: pictures.labels,
                    parts: parts.isEmpty ? [] : parts.map { self.parts($0, seenBy: target, tally) }, pictureDraws: draws.map(\.0),
                    placeDraws: draws.flatMap(\.1)))
        }
    }

    /// The parts of one picture by name, with the positions whose receptive fields have their middle in a box of that name.
    private func parts(_ parts: [PicturePart], seenBy target: StatisticsTarget, _ tally: UnitTally) -> [(part: Int, places: [Int])] {
        var result: [(part: Int, places: [Int])] = []
        for name in Set(parts.map(\.name)).sorted() {
            let boxes = parts.filter { $0.name == name }.map(\.relativeBox)
            let inside = target.centres.indices.filter { place in
                let (x, y) = target.centres[place]
                return boxes.contains { x >= $0.x && x < $0.x + $0.width && y >= $0.y && y < $0.y + $0.height }
            }
            let known = tally.parts.firstIndex(of: name)
            guard known != nil || tally.parts.count < UnitTally.mostParts else { continue }
            if known == nil { tally.parts.append(name) }
            result.append((known ?? tally.parts.count - 1, inside))
        }
        return result
    }
}
