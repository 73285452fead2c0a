import COpenBLAS
import Foundation
import Networks
import Tensors

let pairs = 15
for (name, model, size) in [("InceptionV1", try Model(random: .inceptionV1), 224), ("mini-inception", try Model(random: .miniInception(classCount: 12)), 128)] {
    var random = CounterRandom(seed: 1)
    let images = Tensor(shape: [1, size, size, 3], scalars: (0..<size * size * 3).map { _ in Float(random.uniform()) })
    let layer = model.layers.map(\.name).last { $0.hasPrefix("mixed") }!
    var products = try BareProducts(model, batch: 1, height: size, width: size, upTo: layer)
    let seed = Tensor(repeating: 0.01, shape: try model.activations(of: images, at: [layer])[layer]!.shape)
    for threads in [1, 2] {
        openblas_set_num_threads(Int32(threads))
        Compute.threads = threads
        var forward: [Double] = [], both: [Double] = [], bare: [Double] = [], bareForward: [Double] = []
        for _ in 0..<pairs {
            forward.append(try milliseconds { _ = try model.activations(of: images, at: [layer]) })
            both.append(try milliseconds { _ = try model.gradient(of: images, at: [layer]) { _ in (0, [layer: seed]) } })
            bareForward.append(milliseconds { products.run(products.forward, transposed: false) })
            bare.append(bareForward.last! + milliseconds { products.run(products.backward, transposed: true) })
        }
        var times: [String: [Double]] = [:]
        for _ in 0..<pairs { for (kind, time) in try model.profile(of: images, at: layer) { times[kind, default: []].append(time) } }
        for (kind, time) in times.mapValues(median).sorted(by: { $0.value > $1.value }) { print("   \(kind) \(time)") }
        print("\(name) \(size) threads \(threads): forward \(median(forward)) ms, + gradient \(median(both)) ms, bare \(median(bareForward)) \(median(bare)) ratio \(median(both) / median(bare))")
    }
}
