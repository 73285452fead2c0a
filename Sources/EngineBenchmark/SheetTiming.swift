import Circuits
import Foundation
import Networks

/// A sheet of 64 channels rendered in batches beside the same pictures one by one, in alternating rounds.
func reportSheet(rounds: Int = 3, steps: Int = 32) throws {
    for (name, layer, size) in [("mini-inception", "mixed3a", 64), ("mini-inception", "mixed4a", 64), ("inceptionv1", "mixed3a", 64)] {
        let model = name == "inceptionv1" ? try Model(random: .inceptionV1, seed: 1) : try Model.load(name)
        let count = 64
        func together(_ seed: UInt64) throws {
            _ = try model[layer].visualize(channels: 0..<count, size: size, steps: steps, seed: seed, showProgress: false)
        }
        func alone(_ seed: UInt64) throws {
            for channel in 0..<count {
                _ = try model[layer][channel].visualize(size: size, steps: steps, seed: seed, showProgress: false)
            }
        }
        _ = try model[layer].visualize(channels: 0..<2, size: size, steps: 2, showProgress: false)
        var ratios: [Double] = []
        for round in 0..<rounds {
            let batched = try milliseconds { try together(UInt64(round)) }
            ratios.append(try milliseconds { try alone(UInt64(round)) } / batched)
        }
        ratios.sort()
        print(
            String(
                format: "%@ %@, %d channels at %dx%d, %d threads: batched %.2f times as fast as one by one (%.2f to %.2f)", name, layer,
                count, size, size, Compute.threads, ratios[ratios.count / 2], ratios[0], ratios[ratios.count - 1]))
    }
}
