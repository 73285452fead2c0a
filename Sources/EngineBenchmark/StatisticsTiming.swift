import Circuits
import Foundation
import Networks
import PictureWorld

/// The time of one pass of pictures of the world through all mixed layers of mini-inception, and of its parts: drawing alone, drawing and
/// the network, and all with the counting. Nothing is kept in files, and nothing comes from them.
func reportStatistics(count: Int = 10_000) throws {
    let model = try Model.load("mini-inception"), size = model.inputSize
    let layers = model.layers.map(\.name).filter { $0.hasPrefix("mixed") }
    let nodes = layers.map { $0 + "_pre_relu" }, source = World.train
    let part = max(count / 4, 64)
    // What is made once is made before anything is timed.
    try source.forEachBatch(of: 64, limit: 128, size: size) { _ = try model.activations(of: $0.images, at: nodes) }
    let drawing = try milliseconds { try source.forEachBatch(of: 64, limit: part, size: size) { _ in } }
    let running = try milliseconds {
        try source.forEachBatch(of: 64, limit: part, size: size) { _ = try model.activations(of: $0.images, at: nodes) }
    }
    var units = 0
    let whole = try milliseconds {
        let statistics = try model.statistics(of: layers, over: source, limit: count, cache: StatisticsCache(folder: nil))
        units = statistics.reduce(0) { $0 + $1.channels }
    }
    let share = Double(count) / Double(part)
    print(
        String(
            format: "statistics of %d pictures at %dx%d through %d layers (%d channels) of mini-inception, %d threads: %.1f s", count, size,
            size, layers.count, units, Compute.threads, whole / 1000))
    print(
        String(
            format: "    drawing %.1f s, network %.1f s, counting %.1f s (the first two from %d pictures)", drawing * share / 1000,
            (running - drawing) * share / 1000, (whole - running * share) / 1000, part))
}
