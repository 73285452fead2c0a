import Networks
import PictureWorld

/// The training of one of Hooke's own models on the picture world, from the first random weight.
///
///     var recipe = try Recipe.named("mini-inception")
///     (recipe.steps, recipe.size, recipe.narrowedBy) = (300, 32, 2)          // a quick trial
///     let training = try ModelTraining(recipe)
///     try training.trainer.train("mini-inception")
///     let model = try training.model()
public struct ModelTraining {
    public let recipe: Recipe
    public let network: any TrainableNetwork
    public let trainer: Trainer

    /// - Throws: ``RecipeError``, ``TrainingError``, ``LayerError`` when nothing remains of a network.
    public init(_ recipe: Recipe) throws {
        self.recipe = recipe
        network = try recipe.trainableNetwork()
        trainer = try Trainer(
            network.trainingGraph(seed: recipe.seed), output: network.trainingOutput,
            data: WorldData(World.train, count: recipe.pictures, size: recipe.size),
            settings: TrainingSettings(
                batch: recipe.batch, steps: recipe.steps, rule: .adamW(), rate: recipe.rate, schedule: .oneCycle(warmUpShare: 0.15),
                decay: recipe.decay, smoothing: recipe.smoothing, seed: recipe.seed))
    }

    /// The network as trained so far, as a model that notebooks can ask questions of.
    /// - Parameter accuracy: what the file is to say of itself.
    /// - Throws: ``LayerError`` when its averages are not finite.
    public func model(accuracy: Double? = nil) throws -> Model {
        var metadata = [
            "name": recipe.name,
            "trained_on": "Hooke's picture world, \(trainer.step) batches of \(recipe.batch) training pictures of "
                + "\(recipe.size) x \(recipe.size)",
            "recipe": "\(recipe.network), seed \(recipe.seed), steps \(recipe.steps), batch \(recipe.batch), rate \(recipe.rate), "
                + "decay \(recipe.decay), smoothing \(recipe.smoothing)",
        ]
        if let accuracy { metadata["accuracy"] = "\((accuracy * 10000).rounded() / 10000)" }
        let model = try network.model(trained: trainer.trainedGraph(), classes: World.classes, metadata: metadata)
        var details = model.details
        details.name = recipe.name
        return try Model(graph: model.graph, details: details, metadata: metadata)
    }

    /// The share of the test split's pictures that are classified rightly.
    public func testAccuracy(count: Int? = nil) throws -> Double {
        try trainer.accuracy(on: WorldData(World.test, count: count, size: recipe.size))
    }
}
