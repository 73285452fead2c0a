import Dispatch
import Foundation
import Networks
import RichDisplay
import Synchronization
import Tensors

/// Optimizations that have nothing to do with each other, side by side: each lane has one thread, and takes the next one when it is done.
///
/// One picture alone does not keep several threads busy: a network's small layers are not worth sharing, and what lies between two layers is
/// done by one thread while the others wait. Lanes never wait, and what a picture needs stays in the cache of its processor. The
/// pictures are those that the optimizations would give one by one, bit for bit.
struct OptimizationLanes {
    /// What is optimized, for the line that stays.
    let title: String
    let optimizations: [ImageOptimization]

    /// What all lanes know.
    private struct State {
        var next = 0
        var outcomes: [ImageOptimization.Outcome?]
        /// The first error; the other lanes end at their next step.
        var failure: (any Error)?

        var done: [ImageOptimization.Outcome] { outcomes.compactMap(\.self) }

        mutating func take(before end: Int) -> Int? {
            guard failure == nil, next < end else { return nil }
            next += 1
            return next - 1
        }
    }

    /// What is known of the optimizations, and what the others give.
    /// - Returns: one outcome for each optimization, in order.
    /// - Throws: as ``ImageOptimization/run(on:progress:)``; the error of the first that failed.
    func run(on model: Model, cache: VisualizationCache?, showProgress: Bool) throws -> [ImageOptimization.Outcome] {
        let keys = optimizations.map { cache == nil ? nil : $0.cacheKey(on: model) }
        var known = zip(optimizations, keys).map { optimization, key in key.flatMap { cache?.outcome(of: optimization, key: $0) } }
        let missing = known.indices.filter { known[$0] == nil }
        let display = try VisualizationProgress(title, steps: missing.count, of: "picture", isShown: showProgress)
        // Each is kept when it is done, so that a sheet that was stopped goes on from there.
        let made = try Self.run(missing.map { optimizations[$0] }, on: model, title: title, display: display) { index, outcome in
            if let key = keys[missing[index]] { cache?.keep(outcome, for: key) }
        }
        for (index, outcome) in zip(missing, made) { known[index] = outcome }
        try display.finish("\(title), \(known.count) picture\(known.count == 1 ? "" : "s")")
        return known.compactMap(\.self)
    }

    private static func run(
        _ optimizations: [ImageOptimization], on model: Model, title: String, display: VisualizationProgress,
        keep: (_ index: Int, ImageOptimization.Outcome) -> Void
    ) throws -> [ImageOptimization.Outcome] {
        let lanes = Compute.threads, count = optimizations.count
        // Each of those that do not fill all lanes has all threads to itself.
        let together = lanes > 1 ? count - count % lanes : 0
        try optimizations.first?.checkMemory(on: model, lanes: together > 0 ? lanes : 1)
        let state = Mutex(State(outcomes: Array(repeating: nil, count: count)))

        func optimize(_ index: Int, isShown: Bool) throws {
            let outcome = try optimizations[index].run(
                on: { try model.gradient(of: $0, at: $1, rules: $2, objective: $3).gradient },
                progress: { _, images in
                    if state.withLock({ $0.failure != nil }) { throw Interrupted() }
                    guard isShown else { return }
                    let done = state.withLock(\.done)
                    let pictures = done.suffix(VisualizationProgress.largestRow - 1).map(\.images) + [images]
                    try display.update(step: done.count, images: .concatenated(pictures, along: 0))
                })
            keep(index, outcome)
            state.withLock { $0.outcomes[index] = outcome }
        }
        do {
            let instructions = Compute.instructions, caller = Thread.current
            DispatchQueue.concurrentPerform(iterations: together > 0 ? lanes : 0) { _ in
                // The caller's own lane draws the progress of all.
                let isCaller = Thread.current === caller
                Compute.with(threads: 1, instructions: instructions) {
                    while let index = state.withLock({ $0.take(before: together) }) {
                        do {
                            try optimize(index, isShown: isCaller)
                        } catch {
                            state.withLock { $0.failure = $0.failure ?? error }
                        }
                    }
                }
            }
            if let failure = state.withLock({ $0.failure }) { throw failure }
            for index in together..<count { try optimize(index, isShown: true) }
        } catch {
            try display.finish("\(title), stopped after \(state.withLock { $0.done.count }) of \(count) pictures")
            throw error
        }
        return state.withLock { $0.done }
    }
}
