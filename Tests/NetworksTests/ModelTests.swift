import Networks
import Tensors
import Testing

@Suite struct ModelTests {
    static let model = try? Model(random: .miniInception(classCount: 12), seed: 1)

    static func image(_ shape: [Int], seed: UInt64 = 5) -> Tensor {
        var random = CounterRandom(seed: seed)
        return Tensor(shape: shape, scalars: (0..<shape.reduce(1, *)).map { _ in Float(random.uniform()) })
    }

    @Test func `mini-inception has the published layers, widths and strides`() throws {
        let model = try #require(Self.model)
        #expect(model.layers.map(\.name) == [
            "conv2d0", "conv2d1", "conv2d2", "mixed3a", "mixed3b", "mixed4a", "mixed4b", "mixed4c", "mixed5a",
            "softmax2_pre_activation", "softmax2",
        ])
        #expect(model.layers.map(\.channels) == [24, 24, 48, 64, 120, 120, 128, 128, 208, 12, 12])
        #expect(model.layers.map(\.stride) == [2, 2, 2, 4, 4, 8, 8, 8, 16, 64, 64])
        #expect(model.summary(of: "mixed3b")?.branches.map(\.channels) == [0..<32, 32..<80, 80..<104, 104..<120])
    }

    @Test func `activations at several layers have the shapes of their layers`() throws {
        let model = try #require(Self.model)
        let layers = ["conv2d0", "mixed3a", "mixed3a_3x3_bottleneck", "mixed4a_pre_relu", "softmax2"]
        let result = try model.activations(of: Self.image([2, 64, 64, 3]), at: layers)
        #expect(result["conv2d0"]?.shape == [2, 32, 32, 24])
        #expect(result["mixed3a"]?.shape == [2, 16, 16, 64])
        #expect(result["mixed3a_3x3_bottleneck"]?.shape == [2, 16, 16, 24])
        #expect(result["mixed4a_pre_relu"]?.shape == [2, 8, 8, 120])
        let probabilities = try #require(result["softmax2"])
        #expect(probabilities.shape == [2, 12] && abs(probabilities.slice(1).sum() - 1) < 1e-5)
    }

    @Test func `a large batch gives every image what it gets alone`() throws {
        let model = try Model(random: .miniInception(classCount: 4).narrowed(by: 8), seed: 1)
        let images = Self.image([300, 64, 64, 3])
        let all = try model.activations(of: images, at: ["mixed3a", "softmax2_pre_activation"])
        #expect(all["mixed3a"]?.shape == [300, 16, 16, 8])
        for image in [0, 255, 256, 299] {
            let alone = try model.logits(of: images.slice(image)).slice(0)
            #expect(relativeError(all["softmax2_pre_activation"]?.slice(image), alone) < 1e-4)
        }
        let empty = try model.activations(of: Tensor(zeros: [0, 64, 64, 3]), at: ["mixed3a", "softmax2"])
        #expect(empty["mixed3a"]?.shape == [0, 16, 16, 8] && empty["softmax2"]?.shape == [0, 4])
    }

    @Test func `predictions are sorted, add up to one, and accuracy counts the first`() throws {
        let model = try #require(Self.model)
        let images = Self.image([5, 64, 64, 3])
        let predictions = try model.predict(images)
        #expect(predictions.count == 5 && predictions.allSatisfy { $0.count == 12 })
        for prediction in predictions {
            #expect(abs(prediction.reduce(0) { $0 + $1.probability } - 1) < 1e-5)
            #expect(zip(prediction, prediction.dropFirst()).allSatisfy { $0.probability >= $1.probability })
            #expect(prediction[0].className == "class \(prediction[0].index)")
        }
        let best = predictions.map { $0[0].index }
        #expect(try model.accuracy(images: images, labels: best) == 1)
        #expect(try model.accuracy(images: images, labels: [(best[0] + 1) % 12] + best.dropFirst()) == 0.8)
        #expect(throws: ModelError.labelCount(labels: 1, images: 5)) { try model.accuracy(images: images, labels: [0]) }
        #expect(throws: ModelError.labelOutOfRange(12, classes: 12)) { try model.accuracy(images: images, labels: [12, 0, 0, 0, 0]) }
    }

    @Test func `what is not an image is refused with what was expected`() throws {
        let model = try #require(Self.model)
        for shape in [[64, 64], [1, 64, 64, 4], [64, 64, 1], [1, 1, 64, 64, 3], [1, 0, 64, 3], []] {
            #expect(throws: ModelError.imageShape(shape)) { try model.activations(of: Tensor(zeros: shape), at: ["conv2d0"]) }
        }
        var image = Self.image([1, 64, 64, 3])
        image[0, 3, 60, 1] = .nan
        #expect { try model.activations(of: image, at: ["conv2d0"]) } throws: { "\($0)".contains("nan at [0, 3, 60, 1]") }
        image[0, 3, 60, 1] = .infinity
        #expect { try model.logits(of: image) } throws: { "\($0)".contains("inf at [0, 3, 60, 1]") }
        let wide = Self.image([64, 96, 3])
        #expect(throws: ModelError.imageSize(height: 64, width: 96, layer: "softmax2_pre_activation", expected: 64)) {
            try model.logits(of: wide)
        }
        #expect(try model.activations(of: wide, at: ["mixed5a"])["mixed5a"]?.shape == [1, 4, 6, 208])
        #expect(try model.activations(of: Self.image([1, 1, 3]), at: ["mixed5a"])["mixed5a"]?.shape == [1, 1, 1, 208])
    }

    @Test func `an unknown layer is refused with what exists and what is near`() throws {
        let model = try #require(Self.model)
        #expect { try model.activations(of: Self.image([64, 64, 3]), at: ["mixed3c"]) } throws: {
            "\($0)".contains("no layer 'mixed3c'; did you mean 'mixed3") && "\($0)".contains("conv2d0, conv2d1, conv2d2, mixed3a")
        }
        #expect { try model["Mixed4a"].channels() } throws: { "\($0)".contains("did you mean 'mixed4a'?") }
        #expect { try model["banana"][3].validate() } throws: { !"\($0)".contains("did you mean") }
        #expect(throws: ModelError.self) { try model.weights(of: "nothing") }
        #expect(throws: ModelError.noWeights(layer: "mixed3a", model: model.name)) { try model.weights(of: "mixed3a") }
    }

    @Test func `features are addressed by channel, direction and position`() throws {
        let model = try #require(Self.model)
        let channel = model["mixed3b"][17]
        #expect("\(channel)" == "mixed3b:17" && "\(channel.at(x: 2, y: 3))" == "mixed3b:17@2,3")
        let direction = model["mixed3b"].direction([40: -0.5, 12: 1])
        #expect("\(direction)" == "mixed3b:[1.0*12 + -0.5*40]")
        let vector = try direction.vector()
        #expect(vector.shape == [120] && vector[12] == 1 && vector[40] == -0.5 && vector.sum() == 0.5)
        #expect(throws: ModelError.channelOutOfRange(120, layer: "mixed3b", channels: 120)) { try model["mixed3b"][120].validate() }
        #expect(throws: ModelError.channelOutOfRange(-1, layer: "mixed3b", channels: 120)) { try model["mixed3b"][-1].validate() }
        #expect(throws: ModelError.emptyDirection(layer: "mixed3b")) { try model["mixed3b"].direction([:]).validate() }
        let images = Self.image([2, 64, 64, 3])
        let all = try model["mixed3b"].activations(of: images)
        #expect(try channel.activations(of: images).shape == [2, 16, 16])
        let one = try direction.at(x: 2, y: 3).activations(of: images)
        #expect(one.shape == [2] && abs(one[1] - (all[1, 3, 2, 12] - 0.5 * all[1, 3, 2, 40])) < 1e-4 * all.max())
        #expect(throws: ModelError.positionOutOfRange(x: 16, y: 0, layer: "mixed3b", width: 16, height: 16)) {
            try channel.at(x: 16, y: 0).activations(of: images)
        }
    }

    @Test func `a model of one seed is the same model, of another seed another`() throws {
        let again = try Model(random: .miniInception(classCount: 12), seed: 1), other = try Model(random: .miniInception(classCount: 12), seed: 2)
        let image = Self.image([64, 64, 3])
        let logits = try #require(Self.model).logits(of: image)
        #expect(try again.logits(of: image) == logits && other.logits(of: image) != logits)
    }

    @Test func `one model answers several threads at once as it answers one`() async throws {
        let model = try #require(Self.model)
        let images = (0..<8).map { Self.image([40 + 8 * $0, 48, 3], seed: UInt64($0)) }
        @Sendable func answer(_ image: Tensor) throws -> Tensor {
            try model.gradient(of: image, at: ["mixed4a"]) { activations in (0, activations) }.gradient
        }
        let expected = try images.map(answer)
        let found = try await withThrowingTaskGroup(of: (Int, Tensor).self) { group in
            for round in 0..<4 {
                for (index, image) in images.enumerated() where (index + round) % 2 == 0 || round < 2 {
                    group.addTask { (index, try answer(image)) }
                }
            }
            return try await group.reduce(into: [(Int, Tensor)]()) { $0.append($1) }
        }
        for (index, gradient) in found { #expect(relativeError(gradient, expected[index]) < 1e-4) }
    }
}
