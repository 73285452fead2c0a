import Foundation
import Networks
import Tensors
import Testing

@Suite struct ComputeTests {
    /// A narrow InceptionV1 with odd widths, and its gradient from two layers.
    static func run(_ model: Model, _ images: Tensor, rules: BackwardRules = .standard) throws -> [Tensor] {
        let layers = ["mixed4b", "localresponsenorm1"]
        let result = try model.gradient(of: images, at: layers, rules: rules) { activations in
            (0, activations.mapValues { SweepTests.numbers($0.count, $0.shape) })
        }
        return layers.compactMap { result.activations[$0] } + [result.gradient]
    }

    @Test func `one thread and all threads give the same bits`() throws {
        let model = try Model(random: .inceptionV1.narrowed(by: 3), seed: 2)
        let images = ModelTests.image([3, 75, 90, 3])
        for instructions in Compute.Instructions.allCases where instructions <= Compute.availableInstructions {
            try Compute.with(instructions: instructions) {
                let alone = try Compute.with(threads: 1) { try Self.run(model, images) }
                for _ in 0..<3 { #expect(try Self.run(model, images) == alone) }
                let redirected = try Compute.with(threads: 1) { try Self.run(model, images, rules: .redirectedReLU) }
                #expect(try Self.run(model, images, rules: .redirectedReLU) == redirected)
            }
        }
    }

    @Test func `an image has the same bits alone and in any batch`() throws {
        let model = try Model(random: .inceptionV1.narrowed(by: 3), seed: 2)
        let images = ModelTests.image([5, 60, 71, 3])
        let together = try model.activations(of: images, at: ["mixed4b", "maxpool10"])
        for image in 0..<5 {
            let alone = try model.activations(of: images.slice(image), at: ["mixed4b", "maxpool10"])
            for (layer, tensor) in alone { #expect(together[layer]?.slice(image) == tensor.slice(0), "\(layer)") }
        }
    }

    @Test func `settings hold inside of their block only, on their thread only, and end with an error`() throws {
        struct Stop: Error {}
        let (threads, instructions) = (Compute.threads, Compute.instructions)
        #expect(throws: Stop.self) {
            try Compute.with(threads: 1, instructions: .portable) {
                #expect(Compute.threads == 1 && Compute.instructions == .portable)
                Compute.with(threads: 1000) { #expect(Compute.threads == Compute.availableThreads && Compute.instructions == .portable) }
                let other = Thread { #expect(Compute.threads == threads && Compute.instructions == instructions) }
                other.start()
                while !other.isFinished { usleep(100) }
                throw Stop()
            }
        }
        #expect(Compute.threads == threads && Compute.instructions == instructions)
    }

    @Test(arguments: [(1, 1, 1), (130, 70, 200), (70, 300, 129), (1000, 48, 64), (49, 2000, 40)])
    func `a matrix product has the same bits on one thread and on all`(_ m: Int, _ n: Int, _ k: Int) {
        let a = Tensor(uniform: [m, k], in: -1..<1, seed: 1), b = Tensor(uniform: [k, n], in: -1..<1, seed: 2)
        func product(_ transposeA: Bool, _ transposeB: Bool) -> Tensor {
            // A row more than needed lies between the rows of C.
            var c = Tensor(repeating: 1, shape: [m, n + 3])
            let (left, right) = (transposeA ? a.transposed : a, transposeB ? b.transposed : b)
            c.withUnsafeMutableScalars { c in
                left.withUnsafeScalars { left in
                    right.withUnsafeScalars { right in
                        matrixMultiply(
                            m: m, n: n, k: k, alpha: 2, left.baseAddress!, lda: transposeA ? m : k, transposeA: transposeA,
                            right.baseAddress!, ldb: transposeB ? k : n, transposeB: transposeB, beta: 0.5, c.baseAddress!, ldc: n + 3)
                    }
                }
            }
            return c
        }
        var exact = Tensor(repeating: 1, shape: [m, n + 3])
        for i in 0..<m {
            for j in 0..<n {
                exact[i, j] = 0.5 + Float(2 * (0..<k).reduce(0.0) { $0 + Double(a.scalars[i * k + $1]) * Double(b.scalars[$1 * n + j]) })
            }
        }
        for (transposeA, transposeB) in [(false, false), (true, false), (false, true), (true, true)] {
            let together = product(transposeA, transposeB)
            #expect(Compute.with(threads: 1) { product(transposeA, transposeB) } == together)
            #expect(abs(together - exact).max() < 1e-3)
        }
    }

    @Test func `many callers share the pool, and each gets its own answer`() throws {
        let model = try Model(random: .inceptionV1.narrowed(by: 8), seed: 2)
        let images = (0..<4).map { ModelTests.image([1, 64, 64, 3], seed: UInt64($0)) }
        let expected = try images.map { try Self.run(model, $0) }
        let wrong = LockedCount()
        let callers = images.indices.map { index in
            Thread {
                for _ in 0..<20 where (try? Self.run(model, images[index])) != expected[index] { wrong.add() }
            }
        }
        callers.forEach { $0.start() }
        while !callers.allSatisfy(\.isFinished) { usleep(1000) }
        #expect(wrong.count == 0)
    }
}

/// A count that threads add to.
private final class LockedCount: @unchecked Sendable {
    // @unchecked: only touched with the lock held.
    private let lock = NSLock()
    private var value = 0
    var count: Int { lock.withLock { value } }
    func add() { lock.withLock { value += 1 } }
}
