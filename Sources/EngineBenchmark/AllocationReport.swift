import Circuits
import Foundation
import Networks
import Tensors

/// How often memory is asked for in a step of an optimization and in a gradient, once everything is warm. The counting is a small library's:
///
///     clang -shared -fPIC -O2 -o allocations.so Benchmarks/allocations.c
///     LD_PRELOAD=$PWD/allocations.so .build/release/hooke-bench allocations
func reportAllocations() throws {
    typealias Counter = @convention(c) () -> Int
    guard let symbol = dlsym(dlopen(nil, RTLD_NOW), "hooke_allocation_count") else {
        return print("nothing counts: preload Benchmarks/allocations.c, as Sources/EngineBenchmark/AllocationReport.swift says")
    }
    let counter = unsafeBitCast(symbol, to: Counter.self)
    func count(_ body: () throws -> Void) rethrows -> Int {
        let before = counter()
        try body()
        return counter() - before
    }
    let model = try Model(random: .miniInception(classCount: 12))
    let image = Tensor(repeating: 0.5, shape: [1, 128, 128, 3])
    for (name, transforms) in [("without transforms", []), ("with the standard transforms", Transform.standard)] {
        func visualize(_ steps: Int, seed: UInt64) throws -> Int {
            try count {
                _ = try model.visualize(
                    .channel("mixed4a", 7), size: 128, steps: steps, seed: seed, transforms: transforms, showProgress: false)
            }
        }
        _ = try visualize(400, seed: 1)  // every size that scales give
        let perStep = Double(try visualize(600, seed: 2) - visualize(400, seed: 2)) / 200
        print(String(format: "a step of feature visualization %@: %.1f allocations", name, perStep))
    }
    let runs = 50
    let whole = try count { for _ in 0..<runs { _ = try model.activations(of: image, at: ["mixed4a"]) } }
    let gradients = try count {
        for _ in 0..<runs { _ = try model.gradient(of: image, at: ["mixed4a"]) { activations in (0, activations) } }
    }
    print("activations of one layer: \(whole / runs) allocations; a gradient: \(gradients / runs)")
}
