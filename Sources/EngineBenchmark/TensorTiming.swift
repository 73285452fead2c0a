import Foundation
import Networks
import Tensors

/// Operations on tensors, timed for Benchmarks/tensors.py: lines "OPERATION SHAPE THREADS REPETITIONS", a shape being "64x32x32x64".
enum TensorTiming {
    static let operations: [String: (Tensor) -> Any] = [
        "exp": { exp($0) }, "log": { log($0) }, "tanh": { tanh($0) }, "sigmoid": { sigmoid($0) }, "sqrt": { sqrt($0) },
        "add": { $0 + $0 }, "scale": { $0 * 1.5 }, "add-last": { $0 + $0.slices(0..<1).reshaped([-1])[0..<($0.shape.last ?? 1)] },
        "maximum": { maximum($0, $0) },
        "sum": { $0.sum() }, "sum-last": { $0.sum(along: -1) }, "sum-others": { $0.sum(along: Array(0..<$0.rank - 1)) },
        "max": { $0.max() }, "max-last": { $0.max(along: -1) }, "argmax-last": { $0.argmax(along: -1) },
        "softmax-last": { $0.softmax() },
        "rfft2": { $0.rfft2() }, "irfft2": { $0.irfft2(width: ($0.shape[$0.rank - 1] - 1) * 2) },
        "matmul": { $0.matmul($0.transposed) },
    ]

    static func serve() {
        var tensors: [String: Tensor] = [:]
        while let line = readLine() {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 4, let operation = operations[words[0]], let threads = Int(words[2]), let repetitions = Int(words[3])
            else {
                print("error: a line is OPERATION SHAPE THREADS REPETITIONS, not '\(line)'")
                continue
            }
            let shape = words[1].split(separator: "x").compactMap { Int($0) }
            let x = tensors[words[1]] ?? Tensor(uniform: shape, in: 0.1..<2, seed: 1)
            tensors[words[1]] = x
            let time = Compute.with(threads: threads) { milliseconds { for _ in 0..<repetitions { _ = operation(x) } } }
            print(time / Double(repetitions))
            fflush(stdout)
        }
    }
}
