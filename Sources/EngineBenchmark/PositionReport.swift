import Foundation
import Networks
import Tensors

/// The gradient of the middle neuron of a layer, computed where that sees anything, beside the same gradient by way of the whole layer.
func reportPositions(rounds: Int = 15) throws {
    print("\nInceptionV1, forward and gradient of the middle neuron, \(Compute.threads) threads")
    let model = try Model(random: .inceptionV1)
    for (layer, size) in [("conv2d2", 224), ("mixed3a", 224), ("mixed3b", 128), ("mixed3b", 224), ("mixed4a", 224), ("mixed4c", 224), ("mixed4a", 512)] {
        var random = CounterRandom(seed: 1)
        let image = Tensor(shape: [1, size, size, 3], scalars: (0..<size * size * 3).map { _ in Float(random.uniform()) })
        func gradient(_ positions: Positions) throws -> Double {
            try milliseconds {
                _ = try model.gradient(of: image, at: [layer: positions]) { activations in
                    var seed = activations[layer].map { Tensor(zeros: $0.shape) } ?? Tensor(0)
                    seed[0, seed.shape[1] / 2, seed.shape[2] / 2, 0] = 1
                    return (0, [layer: seed])
                }
            }
        }
        var whole: [Double] = [], part: [Double] = []
        for round in 0..<rounds + 1 {
            let times = (try gradient(.all), try gradient(.centre))
            if round > 0 {
                whole.append(times.0)
                part.append(times.1)
            }
        }
        let (all, some) = (median(whole), median(part))
        print(String(format: "  %-8@ %3d px  %7.2f ms whole  %7.2f ms  %5.1f times as fast", layer as NSString, size, all, some, all / some))
    }
}
