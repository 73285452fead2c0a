import Networks
import PictureWorld

/// The training of Hooke's own model, mini-inception, on the picture world, from the first random weight; the recipe of
/// `Training/train_mini_inception.py`, in Swift.
///
///     let training = try InceptionTraining(steps: 300, size: 32, narrowedBy: 2)
///     try training.trainer.train("mini-inception")
///     let model = try training.model()
public struct InceptionTraining {
    public let architecture: InceptionArchitecture
    public let trainer: Trainer
    public let size: Int

    /// - Parameters:
    ///   - steps: batches in all; the recipe's six epochs are 3750 batches of 64.
    ///   - size: height and width of the pictures.
    ///   - divisor: of every layer's width, for quick trials.
    ///   - count: the first so many pictures of the training split; all by default.
    /// - Throws: ``TrainingError``, ``LayerError`` when nothing remains of a network.
    public init(
        steps: Int = 3750, batch: Int = 64, rate: Double = 3e-3, decay: Double = 0.3, seed: UInt64 = 1,
        size: Int = WorldSplit.defaultSize, narrowedBy divisor: Int = 1, count: Int? = nil
    ) throws {
        guard size > 0, divisor > 0 else { throw TrainingError.settings("a size and a divisor are above 0, not \(size) and \(divisor)") }
        var architecture = InceptionArchitecture.miniInception(classCount: World.classes.count)
        if divisor > 1 {
            architecture = architecture.narrowed(by: divisor)
            architecture.name += " narrowed by \(divisor)"  // Files of it do not pass for the network's own.
        }
        architecture.inputSize = size
        self.architecture = architecture
        self.size = size
        trainer = try Trainer(
            architecture.trainingGraph(seed: seed), output: InceptionArchitecture.trainingOutput,
            data: WorldData(World.train, count: count, size: size),
            settings: TrainingSettings(
                batch: batch, steps: steps, rule: .adamW(), rate: rate, schedule: .oneCycle(warmUpShare: 0.15), decay: decay,
                smoothing: 0.05, seed: seed))
    }

    /// The network as trained so far, as a model that notebooks can ask questions of.
    /// - Throws: ``LayerError`` when its averages are not finite.
    public func model(name: String = "mini-inception", accuracy: Double? = nil) throws -> Model {
        let settings = trainer.settings
        var metadata = [
            "trained_on": "Hooke's picture world, \(trainer.step) batches of \(settings.batch) training pictures of \(size) x \(size)",
            "recipe": "hooke train --steps \(settings.steps) --batch \(settings.batch) --rate \(settings.rate) --decay \(settings.decay) "
                + "--seed \(settings.seed) --size \(size)",
        ]
        if let accuracy { metadata["accuracy"] = "\((accuracy * 10000).rounded() / 10000)" }
        return try Model(
            trained: trainer.trainedGraph(), architecture: architecture, name: name, classes: World.classes, metadata: metadata)
    }

    /// The share of the test split's pictures that are classified rightly.
    public func testAccuracy(count: Int? = nil) throws -> Double {
        try trainer.accuracy(on: WorldData(World.test, count: count, size: size))
    }
}
