import Foundation
import Networks
import PictureWorld
import Tensors
import Testing
import Training

@Suite struct RecipeTests {
    @Test(arguments: ["mini-inception", "mini-inception-2", "mini-inception-dense", "mini-alexnet", "mini-vgg", "mini-resnetv2"])
    func `every recipe trains, and its model is the trained network`(name: String) throws {
        var recipe = try Recipe.named(name)
        (recipe.steps, recipe.batch, recipe.pictures) = (2, 4, 80)
        let training = try ModelTraining(recipe)
        try training.trainer.train(isShown: false)
        let model = try training.model()
        #expect(model.name == name && model.classes == World.classes && model.metadata["recipe"]?.hasPrefix(recipe.network) == true)
        let images = WorldData(World.test).batch([0, 1, 2]).images
        let logits = try #require(model.details.logitsLayer)
        let folded = try model.activations(of: images, at: [logits])[logits]
        let unfolded = try trainedLogits(training, images)
        #expect(try #require(folded).shape == [3, World.classes.count])
        #expect(abs(folded! - unfolded).max() < 1e-3 * max(1, abs(unfolded).max()))

        // A file of it is the same model.
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".safetensors").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try model.save(to: path)
        let again = try Model.load(path)
        #expect(again.name == name && again.layers == model.layers)
        #expect(try again.activations(of: images, at: [logits])[logits] == folded)
    }

    /// The logits of the graph with its normalizations as layers of their own.
    func trainedLogits(_ training: ModelTraining, _ images: Tensor) throws -> Tensor {
        let details = ModelDescription(
            name: "unfolded", inputSize: training.recipe.size, layers: [], logitsLayer: training.network.trainingOutput, probabilitiesLayer: nil)
        let model = try Model(graph: training.trainer.trainedGraph(), details: details)
        return try model.activations(of: images, at: [training.network.trainingOutput])[training.network.trainingOutput]!
    }

    @Test func `the columns of mini-alexnet do not see each other in the first two layers`() throws {
        let model = try NetworkSketch.miniAlexNet(classCount: 3).untrained(seed: 1, classes: [])
        #expect(model.summary(of: "conv2")?.branches.map(\.name) == ["a", "b"])
        let image = Tensor(uniform: [64, 64, 3], in: 0..<1, seed: 3)
        let ablated = try model.editing("conv1_a", .ablating(Array(0..<16)))
        let layers = ["conv2_a", "conv2_b", "conv3"]
        let (before, after) = (try model.activations(of: image, at: layers), try ablated.activations(of: image, at: layers))
        #expect(before["conv2_b"] == after["conv2_b"] && before["conv2_a"] != after["conv2_a"] && before["conv3"] != after["conv3"])
    }

    @Test func `what is wrong with a recipe is said`() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".json").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        func failure(_ text: String) throws -> String {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            do {
                _ = try ModelTraining(Recipe.named(path))
                return "no error"
            } catch { return "\(error)" }
        }
        let good = try JSONEncoder().encode(Recipe.named("mini-vgg"))
        func changed(_ key: String, _ value: Any?) throws -> String {
            var object = try #require(JSONSerialization.jsonObject(with: good) as? [String: Any])
            object[key] = value
            return String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
        }
        #expect(try failure("[1").contains("no JSON object"))
        #expect(try failure(changed("rate", nil)).contains("'rate' is missing"))
        #expect(try failure(changed("steps", "many")).contains("'steps' is not of the right kind"))
        #expect(try failure(changed("network", "mini-vit")).contains("not 'mini-vit'"))
        #expect(try failure(changed("narrowedBy", 2)).contains("only mini-inception"))
        #expect(try failure(changed("size", 0)).contains("above 0"))
        #expect(throws: RecipeError.self) { try Recipe.named("mini-nothing") }
    }
}
