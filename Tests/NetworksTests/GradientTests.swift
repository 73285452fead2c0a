import Networks
import Tensors
import Testing

@Suite struct GradientTests {
    /// A narrow network, its objective `sum of seed * activation` at several layers, and images.
    static func problem() throws -> (Model, Tensor, [String: Tensor]) {
        let model = try Model(random: .miniInception(classCount: 4).narrowed(by: 6), seed: 3)
        let images = ModelTests.image([2, 40, 33, 3], seed: 8)
        var random = CounterRandom(seed: 9)
        var seeds: [String: Tensor] = [:]
        for layer in ["mixed3a_pre_relu", "mixed3b", "mixed4a_3x3", "conv2d1"] {
            let shape = try model.shape(of: layer, imageHeight: 40, imageWidth: 33)
            seeds[layer] = Tensor(normal: shape.tensorShape(batch: 2), using: &random)
        }
        return (model, images, seeds)
    }

    static func value(_ activations: [String: Tensor], _ seeds: [String: Tensor]) -> Double {
        seeds.reduce(0) { sum, seed in
            sum + zip(activations[seed.key]?.scalars ?? [], seed.value.scalars).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
    }

    @Test func `the gradient to the images agrees with finite differences`() throws {
        let (model, images, seeds) = try Self.problem()
        let layers = Array(seeds.keys)
        let result = try model.gradient(of: images, at: layers) { (Float(Self.value($0, seeds)), seeds) }
        #expect(abs(Double(result.value) - Self.value(result.activations, seeds)) < 1e-2)
        var random = CounterRandom(seed: 10)
        for _ in 0..<5 {
            let direction = Tensor(normal: images.shape, using: &random)
            let step: Float = 2e-5
            let up = try Self.value(model.activations(of: images + step * direction, at: layers), seeds)
            let down = try Self.value(model.activations(of: images - step * direction, at: layers), seeds)
            let expected = (up - down) / Double(2 * step)
            let found = zip(result.gradient.scalars, direction.scalars).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
            #expect(abs(found - expected) < 0.02 * max(abs(expected), Double(result.gradient.norm())), "\(found), \(expected)")
        }
    }

    @Test func `a batch gives every image the gradient that it has alone, under all rules`() throws {
        let (model, images, seeds) = try Self.problem()
        for rules in [BackwardRules.standard, .redirectedReLU, .guidedReLU, .linearized] {
            let layers = Array(seeds.keys)
            let together = try model.gradient(of: images, at: layers, rules: rules) { _ in (0, seeds) }
            for image in 0..<2 {
                let own = seeds.mapValues { Tensor.stack([$0.slice(image)]) }
                let alone = try model.gradient(of: images.slice(image), at: layers, rules: rules) { _ in (0, own) }
                #expect(relativeError(alone.gradient.slice(0), together.gradient.slice(image)) < 1e-4)
            }
        }
    }

    @Test func `a dead unit has no standard gradient, and a redirected one that awakens it`() throws {
        let model = try Model(random: .miniInception(classCount: 4), seed: 4)
        let bias = try model.bias(of: "mixed4a_1x1")
        let dead = try model.replacing("mixed4a_1x1", bias: bias - 1000)
        let image = ModelTests.image([1, 64, 64, 3])
        func gradient(_ rules: BackwardRules) throws -> Tensor {
            try dead.gradient(of: image, at: ["mixed4a"], rules: rules) { activations in
                var seed = Tensor(zeros: activations["mixed4a"]?.shape ?? [])
                seed[0, 4, 4, 3] = 1
                return (0, ["mixed4a": seed])
            }.gradient
        }
        #expect(try dead.activations(of: image, at: ["mixed4a_1x1"])["mixed4a_1x1"]?.max() == 0)
        #expect(try gradient(.standard).norm() == 0)
        let step = try gradient(.redirectedReLU)
        #expect(step.norm() > 0)
        let moved = try dead.activations(of: image + (0.01 / step.norm()) * step, at: ["mixed4a_1x1_pre_relu"])
        let before = try dead.activations(of: image, at: ["mixed4a_1x1_pre_relu"])
        let (new, old) = (try #require(moved["mixed4a_1x1_pre_relu"]), try #require(before["mixed4a_1x1_pre_relu"]))
        #expect(new[0, 4, 4, 3] > old[0, 4, 4, 3])
    }

    @Test func `guided, a positive gradient passes an active unit, and nothing else passes`() throws {
        let input = Tensor(shape: [1, 6], scalars: [-1, 2, 2, 0, 7, 7]), gradient = Tensor(shape: [1, 6], scalars: [1, 3, -3, 1, 5, -5])
        #expect(try ReLU().inputGradient(ofOutput: gradient, at: input, rules: .guidedReLU).scalars == [0, 3, 0, 0, 5, 0])
        #expect(try ReLU6().inputGradient(ofOutput: gradient, at: input, rules: .guidedReLU).scalars == [0, 3, 0, 0, 0, 0])
    }

    @Test func `a layer without a gradient counts as zero, and a wrong one is an error`() throws {
        let (model, images, seeds) = try Self.problem()
        let both = try model.gradient(of: images, at: ["mixed3b", "conv2d1"]) { _ in (1, ["mixed3b": seeds["mixed3b"]!]) }
        let one = try model.gradient(of: images, at: ["mixed3b"]) { _ in (1, ["mixed3b": seeds["mixed3b"]!]) }
        #expect(both.gradient == one.gradient && both.value == 1)
        let none = try model.gradient(of: images, at: ["mixed3b"]) { _ in (1, [:]) }
        #expect(none.gradient.shape == images.shape && none.gradient.norm() == 0)
        #expect(throws: ModelError.gradientShape(layer: "mixed3b", expected: seeds["mixed3b"]!.shape, found: [1])) {
            try model.gradient(of: images, at: ["mixed3b"]) { _ in (1, ["mixed3b": Tensor([0])]) }
        }
        #expect(throws: ModelError.gradientOfOtherLayer("mixed3a", layers: ["mixed3b"])) {
            try model.gradient(of: images, at: ["mixed3b"]) { _ in (1, ["mixed3a": Tensor([0])]) }
        }
        #expect(throws: ModelError.noPath(from: "mixed4a", to: "mixed3a")) {
            try model.gradient(of: images, at: ["mixed3a"], to: "mixed4a") { _ in (1, [:]) }
        }
    }
}
