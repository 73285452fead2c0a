import ArgumentParser
import Foundation
import Hooke

/// `hooke train`: one of Hooke's own models from scratch on the picture world.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train one of Hooke's models from scratch on the picture world.",
        discussion: """
            A recipe is the name of a model that comes with Hooke (\(Recipe.all.map(\.name).joined(separator: ", "))) or a JSON file like \
            theirs; the options change its numbers for trials. The same recipe gives the same file, bit by bit, on one machine. With a \
            checkpoint the training can be stopped (Ctrl-C) and started again at any time, without a difference in the result.
            """)

    @Argument(help: "A recipe's name or file.")
    var recipe = "mini-inception"
    @Option(help: "Batches in all.")
    var steps: Int?
    @Option(help: "Pictures in a batch.")
    var batch: Int?
    @Option(help: "The largest rate of learning.")
    var rate: Double?
    @Option(help: "Weight decay.")
    var decay: Double?
    @Option(help: "The seed of the weights, the order of the pictures and dropout.")
    var seed: UInt64?
    @Option(help: "Height and width of the pictures.")
    var size: Int?
    @Option(help: "How many training pictures.")
    var count: Int?
    @Option(help: "Divide the width of every layer of mini-inception by this; the result is a network for trials.")
    var narrow: Int?
    @Option(help: "A file to save the training to, and to go on from if it exists.")
    var checkpoint: String?
    @Option(help: "Save after every so many steps.")
    var every = 100
    @Option(help: "Test pictures to measure with at the end (default: all).")
    var test: Int?
    @Option(help: "The file to write the model to (default: the recipe's name).")
    var out: String?

    /// The recipe with the options' numbers.
    private func changedRecipe() throws -> Recipe {
        var changed = try Recipe.named(recipe)
        changed.steps = steps ?? changed.steps
        changed.batch = batch ?? changed.batch
        changed.rate = rate ?? changed.rate
        changed.decay = decay ?? changed.decay
        changed.seed = seed ?? changed.seed
        changed.size = size ?? changed.size
        changed.pictures = count ?? changed.pictures
        changed.narrowedBy = narrow ?? changed.narrowedBy
        return changed
    }

    func validate() throws {
        // What cannot be written is better known before than after the training.
        for path in (out.map { [$0] } ?? []) + (checkpoint.map { [$0] } ?? []) {
            let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
                throw ValidationError("\(path) is a folder; name a file.")
            }
            guard access(folder, W_OK) == 0 else { throw ValidationError("Nothing can be written to the folder \(folder) of \(path).") }
        }
        guard test ?? 0 >= 0, every > 0 else { throw ValidationError("--test is at least 0 and --every at least 1.") }
    }

    func run() throws {
        setvbuf(stdout, nil, _IOLBF, 0)
        let recipe = try changedRecipe()
        let training = try ModelTraining(recipe), out = out ?? recipe.name + ".safetensors"
        let trainer = training.trainer
        let signals = StopSignals(watchesParent: false) { Interruption.request() }
        let start = Date()
        var done = 0
        do {
            try trainer.train(checkpoint: checkpoint, every: every, isShown: false) { progress in
                done += 1
                guard progress.step % 50 == 0 || progress.step == progress.steps else { return }
                let rate = Double(done * recipe.batch) / max(Date().timeIntervalSince(start), 1e-9)
                print("\(progress), \(Int(rate)) pictures/s")
            }
        } catch is Interrupted {
            print("stopped after step \(trainer.step)" + (checkpoint.map { "; the same command goes on from \($0)" } ?? ""))
            throw ExitCode(signals.exitStatus)
        }
        // The file is measured, not the weights before they were rounded.
        try training.model().save(to: out, precision: .half)
        guard test != 0 else { return print(out) }
        let report = try Model.load(out.contains("/") ? out : "./" + out).evaluate(over: World.test, count: test)
        try training.model(accuracy: report.accuracy).save(to: out, precision: .half)
        print("\(out): \(report)")
    }
}
