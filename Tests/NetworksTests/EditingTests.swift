import Networks
import Tensors
import Testing

@Suite struct EditingTests {
    static func network() throws -> (Model, Tensor) {
        (try Model(random: .miniInception(classCount: 4).narrowed(by: 4), seed: 3), ModelTests.image([2, 64, 64, 3], seed: 8))
    }

    @Test func `an ablated channel is one whose weights in the next layer are zero`() throws {
        let (model, images) = try Self.network()
        let edited = try model.editing("conv2d1", .ablating([2, 5]))
        // The same by hand: conv2d2 alone reads conv2d1.
        var weights = try model.weights(of: "conv2d2")
        weights[0..., 0..., 2..<3, 0...] = Tensor(0)
        weights[0..., 0..., 5..<6, 0...] = Tensor(0)
        let planted = try model.replacing("conv2d2", weights: weights)
        let found = try edited.logits(of: images), expected = try planted.logits(of: images)
        #expect(relativeError(found, expected) < 1e-5)
        #expect(relativeError(found, try model.logits(of: images)) > 1e-3)
        let seen = try edited.activations(of: images, at: ["conv2d1", "conv2d1_unedited"])
        #expect(seen["conv2d1"]?[0..., 0..., 0..., 2].max() == 0)
        #expect(relativeError(seen["conv2d1_unedited"]!, try model.activations(of: images, at: ["conv2d1"])["conv2d1"]!) < 1e-6)
    }

    @Test func `adding to a layer before its ReLU is a change of its bias`() throws {
        let (model, images) = try Self.network()
        let edited = try model.editing("mixed3a_3x3_pre_relu", .adding([0: 0.7, 3: -0.2]))
        var bias = try model.bias(of: "mixed3a_3x3")
        bias[0] += 0.7
        bias[3] -= 0.2
        let expected = try model.replacing("mixed3a_3x3", bias: bias).logits(of: images)
        #expect(relativeError(try edited.logits(of: images), expected) < 1e-5)
    }

    @Test func `patching an image with another's activations gives the other's outputs, and with its own changes nothing`() throws {
        let (model, images) = try Self.network()
        let layer = "mixed3b"
        let whole = try model.activations(of: images, at: [layer])[layer]!
        let other = Tensor.stack([whole.slice(1)])
        let logits = try model.logits(of: images)
        #expect(try model.editing("mixed3b_1x1", .ablating([0])).weights(of: "mixed3b_1x1") == model.weights(of: "mixed3b_1x1"))
        let own = try model.editing(layer, .replacing(with: whole)).logits(of: images)
        #expect(relativeError(own, logits) < 1e-6)
        let patched = try model.editing(layer, .replacing(with: other)).logits(of: images)
        for image in 0..<2 { #expect(relativeError(patched.slice(image), logits.slice(1)) < 1e-5) }
        let some = try model.editing(layer, .replacing(with: other, channels: 0..<3)).activations(of: images, at: [layer])[layer]!
        #expect(some.slice(0)[0..., 0..., ..<3] == whole.slice(1)[0..., 0..., ..<3])
        #expect(some.slice(0)[0..., 0..., 3...] == whole.slice(0)[0..., 0..., 3...])
    }

    @Test func `gradients pass edits: scaled by a factor, none through what was set`() throws {
        let (model, images) = try Self.network()
        var random = CounterRandom(seed: 4)
        let seed = Tensor(normal: try model.activations(of: images, at: ["mixed3b"])["mixed3b"]!.shape, using: &random)
        func gradient(_ model: Model, to layer: String) throws -> Tensor {
            try model.gradient(of: images, at: ["mixed3b"], to: layer) { _ in (0, ["mixed3b": seed]) }.gradient
        }
        let edited = try model.editing("conv2d1", .scaling([1: 3])).editing("conv2d1", .setting([0: 0.4]))
        let behind = try gradient(edited, to: "conv2d1"), before = try gradient(edited, to: "conv2d1_unedited")
        #expect(before[0..., 0..., 0..., 0].max() == 0 && before[0..., 0..., 0..., 0].min() == 0)
        #expect(relativeError(before[0..., 0..., 0..., 1], behind[0..., 0..., 0..., 1] * 3) < 1e-6)
        #expect(relativeError(before[0..., 0..., 0..., 2...], behind[0..., 0..., 0..., 2...]) < 1e-6)
    }

    @Test func `what does not fit is refused by name`() throws {
        let (model, images) = try Self.network()
        #expect(throws: ModelError.self) { try model.editing("mixed3x", .ablating([0])) }
        #expect(throws: ModelError.self) { try model.editing("conv2d1", .ablating([10_000])) }
        let wrong = try model.editing("conv2d1", .replacing(with: Tensor(zeros: [1, 3, 3, 2])))
        #expect(throws: GraphError.self) { try wrong.logits(of: images) }
    }
}
