import Foundation
import Networks
import PictureWorld
import RichDisplay
import Tensors
import Testing
import Training
import WeightFiles

/// mini-inception's recipe with other numbers.
func trial(steps: Int, batch: Int, rate: Double = 0.003, size: Int, narrowedBy divisor: Int, pictures: Int? = nil) throws -> ModelTraining {
    var recipe = try Recipe.named("mini-inception")
    (recipe.steps, recipe.batch, recipe.rate, recipe.size) = (steps, batch, rate, size)
    (recipe.narrowedBy, recipe.pictures) = (divisor, pictures)
    return try ModelTraining(recipe)
}

@Suite struct ModelTrainingTests {
    @Test func `300 steps on small pictures tell forty classes apart far better than chance`() throws {
        let training = try trial(steps: 300, batch: 32, rate: 0.006, size: 32, narrowedBy: 3)
        try training.trainer.train(isShown: false)
        let accuracy = try training.testAccuracy(count: 400)
        #expect(accuracy > 0.2, "chance is 0.025; it reached \(accuracy)")
        // The model in a file is the one that was trained.
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".safetensors").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try training.model(accuracy: accuracy).save(to: path)
        let model = try Model(file: SafetensorsFile(path: path), architecture: training.network as? InceptionArchitecture)
        #expect(model.classes == World.classes)
        let batch = WorldData(World.test, count: 100, size: 32).batch(Array(0..<100))
        let logits = try #require(model.activations(of: batch.images, at: ["softmax2_pre_activation"])["softmax2_pre_activation"])
        let right = try CrossEntropy()(logits, labels: batch.labels).correct
        let expected = try training.trainer.accuracy(on: WorldData(World.test, count: 100, size: 32)) * 100
        // Folding rounds the weights: at most a picture on the border may change sides.
        #expect(abs(Double(right) - expected) <= 1)
    }

    @Test func `pictures of the world are those that the split draws`() {
        let data = WorldData(World.validation, count: 50, size: 16)
        #expect(data.count == 50)
        let (images, labels) = data.batch([3, 49, 3])
        #expect(images.shape == [3, 16, 16, 3])
        #expect(images.slice(0) == World.validation.picture(3, size: 16).pixels && images.slice(2) == images.slice(0))
        #expect(images.slice(1) == World.validation.picture(49, size: 16).pixels)
        #expect(labels == [3, 49 % World.classes.count, 3])
    }

    @Test func `a stopped cell keeps its steps in the checkpoint, and starting it again goes on`() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        func training() throws -> Trainer { try trial(steps: 8, batch: 4, size: 16, narrowedBy: 8, pictures: 40).trainer }
        let whole = try training()
        try whole.train(isShown: false)
        #expect(throws: Interrupted.self) {
            try training().train(checkpoint: path, isShown: false) { if $0.step == 3 { throw Interrupted() } }
        }
        #expect(try SafetensorsFile(path: path).metadata["step"] == "3")
        let again = try training()
        var steps: [Int] = []
        try again.train(checkpoint: path, isShown: false) { steps.append($0.step) }
        #expect(steps == [4, 5, 6, 7, 8])
        #expect(again.parameters == whole.parameters && again.losses == whole.losses)
    }

    @Test func `a loss curve draws every loss, or their means when there are many`() throws {
        let few = try LossCurve([3, 2.5, 2], title: "three").drawing()
        #expect(few.markup.contains("three") && few.markup.contains("cross entropy"))
        let many = try LossCurve((0..<20_000).map { 3 / (1 + Float($0)) }).drawing()
        #expect(many.markup.utf8.count < 60_000)
        #expect(try LossCurve([]).drawing().markup.contains("no data"))
    }
}

/// Displays go to one place in the whole process: these tests take turns, and leave aside what other tests show meanwhile.
@Suite(.serialized) struct LiveLossCurveTests {
    private static let title = "a trial that is watched"

    /// A notebook that keeps what the trial shows it.
    final class Notebook: DisplaySink, @unchecked Sendable {
        let canUpdate: Bool
        private let lock = NSLock()
        private var seen: [MimeBundle] = []
        private(set) var shows = 0

        init(canUpdate: Bool) { self.canUpdate = canUpdate }

        var bundles: [MimeBundle] { lock.withLock { seen } }
        func show(_ bundle: MimeBundle, id: String?) { keep(bundle, isNew: true) }
        func update(_ bundle: MimeBundle, id: String) { keep(bundle, isNew: false) }

        private func keep(_ bundle: MimeBundle, isNew: Bool) {
            guard bundle.plain.contains(LiveLossCurveTests.title) else { return }
            lock.withLock {
                seen.append(bundle)
                shows += isNew ? 1 : 0
            }
        }

        func clear(wait: Bool) {}
    }

    static func train(in notebook: Notebook, isShown: Bool) throws {
        let before = DisplayRouter.sink
        DisplayRouter.sink = notebook
        defer { DisplayRouter.sink = before }
        try trial(steps: 6, batch: 4, size: 16, narrowedBy: 8, pictures: 40).trainer.train(Self.title, isShown: isShown)
    }

    @Test func `a notebook shows one figure, which ends with the last step`() throws {
        let notebook = Notebook(canUpdate: true)
        try Self.train(in: notebook, isShown: true)
        #expect(notebook.shows == 1 && notebook.bundles.count >= 2)
        #expect(notebook.bundles.last?.plain.contains("\(Self.title): step 6 of 6") == true)
    }

    @Test func `nothing is shown where figures would pile up, or where nobody asked`() throws {
        for (notebook, isShown) in [(Notebook(canUpdate: false), true), (Notebook(canUpdate: true), false)] {
            try Self.train(in: notebook, isShown: isShown)
            #expect(notebook.bundles.isEmpty)
        }
    }
}
