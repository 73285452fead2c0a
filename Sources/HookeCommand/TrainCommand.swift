import ArgumentParser
import Foundation
import Hooke

/// `hooke train`: mini-inception from scratch on the picture world.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train the embedded model's network from scratch on the picture world.",
        discussion: """
            Everything follows from the options: the same ones give the same file, bit by bit, on one machine. With a checkpoint \
            the training can be stopped (Ctrl-C) and started again at any time, without a difference in the result.
            """)

    @Option(help: "Batches in all.")
    var steps = 3750
    @Option(help: "Pictures in a batch.")
    var batch = 64
    @Option(help: "The largest rate of learning.")
    var rate = 3e-3
    @Option(help: "Weight decay.")
    var decay = 0.3
    @Option(help: "The seed of the weights, the order of the pictures and dropout.")
    var seed: UInt64 = 1
    @Option(help: "Height and width of the pictures.")
    var size = WorldSplit.defaultSize
    @Option(help: "How many training pictures (default: all).")
    var count: Int?
    @Option(help: "Divide the width of every layer by this; the result is a network for trials.")
    var narrow = 1
    @Option(help: "A file to save the training to, and to go on from if it exists.")
    var checkpoint: String?
    @Option(help: "Save after every so many steps.")
    var every = 100
    @Option(help: "Test pictures to measure with at the end.")
    var test = 4000
    @Option(help: "The file to write the model to.")
    var out = "mini-inception.safetensors"

    func validate() throws {
        // What cannot be written is better known before than after the training.
        for path in [out] + (checkpoint.map { [$0] } ?? []) {
            let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
                throw ValidationError("\(path) is a folder; name a file.")
            }
            guard access(folder, W_OK) == 0 else { throw ValidationError("Nothing can be written to the folder \(folder) of \(path).") }
        }
        guard test >= 0, every > 0 else { throw ValidationError("--test is at least 0 and --every at least 1.") }
    }

    func run() throws {
        setvbuf(stdout, nil, _IOLBF, 0)
        let training = try InceptionTraining(
            steps: steps, batch: batch, rate: rate, decay: decay, seed: seed, size: size, narrowedBy: narrow, count: count)
        let trainer = training.trainer
        let signals = StopSignals(watchesParent: false) { Interruption.request() }
        let start = Date()
        var done = 0
        do {
            try trainer.train(checkpoint: checkpoint, every: every, isShown: false) { progress in
                done += 1
                guard progress.step % 50 == 0 || progress.step == progress.steps else { return }
                let rate = Double(done * batch) / max(Date().timeIntervalSince(start), 1e-9)
                print("\(progress), \(Int(rate)) pictures/s")
            }
        } catch is Interrupted {
            print("stopped after step \(trainer.step)" + (checkpoint.map { "; the same command goes on from \($0)" } ?? ""))
            throw ExitCode(signals.exitStatus)
        }
        guard test > 0 else {
            try training.model().save(to: out)
            return print(out)
        }
        let accuracy = try training.testAccuracy(count: test)
        try training.model(accuracy: accuracy).save(to: out)
        print("\(out): \((1000 * accuracy).rounded() / 10) % of \(min(test, World.test.count)) test pictures right")
    }
}
