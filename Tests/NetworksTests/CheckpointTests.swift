import Foundation
import Networks
import Tensors
import Testing
import WeightFiles

@Suite struct CheckpointTests {
    /// Calls `body` with the path of a file in a folder of its own.
    static func withFile(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.appendingPathComponent("training.checkpoint").path)
    }

    @Test func `a training that was stopped anywhere ends with the bits of one that was not`() throws {
        for rule in [Optimizer.Rule.adamW(), .sgd(momentum: 0.9, nesterov: true), .sgd()] {
            let settings = TrainerTests.settings(rule: rule)
            let whole = try TrainerTests.trainer(settings)
            try whole.run()
            for stop in [0, 1, 7, 12] {
                try Self.withFile { path in
                    let first = try TrainerTests.trainer(settings)
                    try first.run(steps: stop)
                    try first.save(to: path)
                    let second = try TrainerTests.trainer(settings)
                    try second.resume(from: path)
                    #expect(second.step == stop && second.losses == first.losses)
                    try second.run()
                    #expect(second.losses == whole.losses && second.parameters == whole.parameters, "\(rule), stopped after \(stop)")
                    let data = SmallNetwork.Pictures()
                    #expect(try second.accuracy(on: data) == whole.accuracy(on: data))
                }
            }
        }
    }

    @Test func `checkpoints are saved as often as asked, and at the end`() throws {
        try Self.withFile { path in
            let trainer = try TrainerTests.trainer()
            var saved: [Int] = []
            try trainer.run(savingTo: path, every: 5) { _ in
                if let step = try? SafetensorsFile(path: path).metadata["step"].flatMap(Int.init), saved.last != step { saved.append(step) }
            }
            #expect(saved == [5, 10])
            #expect(try SafetensorsFile(path: path).metadata["step"] == "12")
            let folder = (path as NSString).deletingLastPathComponent
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["training.checkpoint"])
        }
    }

    @Test func `a file that cannot be written leaves the good one`() throws {
        try Self.withFile { path in
            let trainer = try TrainerTests.trainer()
            try trainer.run(steps: 2)
            try trainer.save(to: path)
            let good = try Data(contentsOf: URL(fileURLWithPath: path))
            // What a killed process leaves behind is a partial file beside it.
            try good.prefix(1000).write(to: URL(fileURLWithPath: path + ".1.partial"))
            try TrainerTests.trainer().resume(from: path)
            #expect(throws: SafetensorsError.self) { try trainer.save(to: path + "/inside") }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == good)
        }
    }

    @Test func `a damaged checkpoint is refused with what is wrong, and changes nothing`() throws {
        try Self.withFile { path in
            let trainer = try TrainerTests.trainer()
            try trainer.run(steps: 2)
            try trainer.save(to: path)
            let good = try Data(contentsOf: URL(fileURLWithPath: path)), url = URL(fileURLWithPath: path)
            let other = try TrainerTests.trainer()
            let before = other.parameters
            func refused(_ data: Data, _ words: String) throws {
                try data.write(to: url)
                do {
                    try other.resume(from: path)
                    Issue.record("accepted in spite of: \(words)")
                } catch {
                    #expect("\(error)".contains(words), "\(error)")
                    #expect("\(error)".contains(path))
                }
                #expect(other.step == 0 && other.parameters == before)
            }
            try refused(good.prefix(good.count - 100), "outside of the")
            try refused(Data(), "0 bytes")
            var flipped = good
            flipped[good.count - 1000] ^= 1
            try refused(flipped, "checksum")
            try refused(SafetensorsFile.encode(["losses": Tensor([1])]), "not a checkpoint")
        }
    }

    @Test func `the checkpoint of another training is refused`() throws {
        try Self.withFile { path in
            let trainer = try TrainerTests.trainer()
            try trainer.run(steps: 1)
            try trainer.save(to: path)
            func reason(_ other: Trainer) -> String {
                do { try other.resume(from: path) } catch { return "\(error)" }
                return "accepted"
            }
            #expect(reason(try TrainerTests.trainer(TrainerTests.settings(seed: 9))).contains("seed 5"))
            #expect(reason(try TrainerTests.trainer(pictures: 41)).contains("40 pictures"))
            let small = try Trainer(SmallNetwork.graph(), output: "logits", data: SmallNetwork.Pictures(), settings: TrainerTests.settings())
            #expect(reason(small).contains("this network has no"))
            #expect(throws: SafetensorsError.self) { try trainer.resume(from: path + "-missing") }
        }
    }
}
