import Dispatch
import RichDisplay
import Tensors

/// Prepares the batches of the next steps on other threads. Which pictures a step sees depends on the seed and the step alone: every
/// epoch has an order of its own, and what is left at its end after the last whole batch is left out.
final class BatchLoader {
    typealias Batch = (images: Tensor, labels: [Int])

    let data: any TrainingData
    let batch: Int
    let seed: UInt64
    private var prepared: [Int: Prepared] = [:]
    private var order: (epoch: Int, indices: [Int]) = (-1, [])
    /// Steps that are prepared ahead.
    private static let ahead = 3

    init(_ data: any TrainingData, batch: Int, seed: UInt64) { (self.data, self.batch, self.seed) = (data, batch, seed) }

    var stepsPerEpoch: Int { data.count / batch }

    /// - Throws: what the data throws, and `Interrupted`.
    func batch(of step: Int, last: Int) throws -> Batch {
        for next in step..<min(step + Self.ahead, max(last, step + 1)) where prepared[next] == nil {
            prepared[next] = Prepared(data, indices(of: next))
        }
        defer { prepared[step] = nil }
        guard let result = try prepared[step]?.result() else { return try data.batch(indices(of: step)) }
        return try result.get()
    }

    private func indices(of step: Int) -> [Int] {
        let epoch = step / stepsPerEpoch, place = step % stepsPerEpoch
        if order.epoch != epoch {
            var random = CounterRandom(seed: seed, stream: UInt64(epoch))
            order = (epoch, random.permutation(of: data.count))
        }
        return Array(order.indices[place * batch..<(place + 1) * batch])
    }

    /// @unchecked Sendable: the result is written before the group is left, and read after that.
    private final class Prepared: @unchecked Sendable {
        private let group = DispatchGroup()
        private var made: Result<Batch, Error>?

        init(_ data: any TrainingData, _ indices: [Int]) {
            DispatchQueue.global(qos: .userInitiated).async(group: group) { [self] in made = Result { try data.batch(indices) } }
        }

        func result() throws -> Result<Batch, Error>? {
            while group.wait(timeout: .now() + .milliseconds(100)) == .timedOut { try Interruption.check() }
            return made
        }
    }
}
