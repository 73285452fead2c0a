import Foundation
import Networks
import Tensors
import Testing

@Suite struct MemoryTests {
    /// `VmHWM` of /proc/self/status: the most that was resident, in bytes.
    static func peak() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(separator: " ").dropFirst().first).flatMap { Int($0) }.map { $0 << 10 } ?? 0
    }

    static func seeds(_ activations: [String: Tensor]) -> (value: Float, gradients: [String: Tensor]) {
        (0, activations.mapValues { Tensor(repeating: 1, shape: $0.shape) })
    }

    @Test func `a forecast grows with the batch, and with a gradient, and is small for one position`() throws {
        let model = try Model(random: .miniInception(classCount: 4))
        func bytes(_ images: Int, _ positions: Positions = .all, gradient: Bool = false) throws -> Int {
            try model.memoryForecast(images: images, height: 128, width: 128, at: ["mixed3b": positions], gradient: gradient).bytes
        }
        // Scratch memory does not grow with the batch.
        let some = try bytes(20), many = try bytes(40)
        #expect(many > some + some / 2 && many <= 2 * some)
        #expect(try bytes(40, gradient: true) > 2 * many)
        #expect(try bytes(40, .centre) < many / 2)
        let all = try model.activations(of: ModelTests.image([40, 128, 128, 3]), at: ["mixed3b": .all])["mixed3b"]!
        let forecast = try model.memoryForecast(images: 40, height: 128, width: 128, at: ["mixed3b": .all])
        #expect(forecast.results == 4 * all.count)
    }

    @Test func `the forecast is what a gradient takes`() async {
        await #expect(processExitsWith: .success) {
            let model = try Model(random: .miniInception(classCount: 4))
            let images = ModelTests.image([12, 256, 256, 3])
            // Packed weights and the pool's threads are there already.
            _ = try model.gradient(of: images.slice(0), at: ["mixed3b"], objective: MemoryTests.seeds)
            let before = MemoryTests.peak()
            let forecast = try model.memoryForecast(images: 12, height: 256, width: 256, at: ["mixed3b": .all], gradient: true).bytes
            _ = try model.gradient(of: images, at: ["mixed3b"], objective: MemoryTests.seeds)
            let taken = MemoryTests.peak() - before
            precondition(forecast > 100 << 20, "\(forecast)")
            precondition(taken < forecast + forecast / 8 + 16 << 20 && taken > forecast / 2, "\(taken) of \(forecast)")
        }
    }

    @Test func `a gradient that does not fit is refused with the figure, and activations are made in smaller pieces`() async {
        await #expect(processExitsWith: .success) {
            let model = try Model(random: .miniInception(classCount: 4))
            let images = ModelTests.image([30, 256, 256, 3])
            _ = try model.activations(of: images.slice(0), at: ["mixed3b"])
            setenv("HOOKE_MEMORY_LIMIT", "\(MemoryTests.peak() + 160 << 20)", 1)
            let gradient = try model.memoryForecast(images: 30, height: 256, width: 256, at: ["mixed3b": .all], gradient: true)
            let activations = try model.memoryForecast(images: 30, height: 256, width: 256, at: ["mixed3b": .all])
            precondition(gradient.bytes > 200 << 20 && activations.bytes > 100 << 20, "\(gradient), \(activations)")
            do {
                _ = try model.gradient(of: images, at: ["mixed3b"], objective: MemoryTests.seeds)
                preconditionFailure("not refused")
            } catch ModelError.memory(let needed, let available) {
                precondition(needed == gradient.bytes && available < 200 << 20)
            }
            let pieces = try model.activations(of: images, at: ["mixed3b"])["mixed3b"]!
            unsetenv("HOOKE_MEMORY_LIMIT")
            let together = try model.activations(of: images, at: ["mixed3b"])["mixed3b"]!
            precondition(pieces == together)
        }
    }
}
