import Networks
import Tensors
import Testing

@Suite struct ExpandedWeightsTests {
    static let model = try? Model(random: .miniInception(classCount: 4), seed: 6)

    @Test func `one convolution's expanded weights are its weights`() throws {
        let model = try #require(Self.model)
        let kernel = try model.weights(of: "conv2d2")
        let expanded = try model.expandedWeights(from: "conv2d1", to: "conv2d2", channel: 7)
        #expect(expanded.shape == [3, 3, 24])
        for y in 0..<3 {
            for x in 0..<3 { for c in 0..<24 { #expect(abs(expanded[y, x, c] - kernel[y, x, c, 7]) < 1e-6) } }
        }
        let first = try model.expandedWeights(from: "input", to: "conv2d0", channel: 2)
        let pixels = try model.weights(of: "conv2d0")
        #expect(first.shape == [7, 7, 3] && abs(first[1, 4, 2] - pixels[1, 4, 2, 2]) < 1e-6)
    }

    @Test func `from one block to the next they are 5x5: products of the branches' kernels, the pool branch averaged`() throws {
        let model = try #require(Self.model)
        let bottleneck = try model.weights(of: "mixed3b_3x3_bottleneck"), kernel = try model.weights(of: "mixed3b_3x3")
        let expanded = try model.expandedWeights(from: "mixed3a", to: "mixed3b", channels: [32 + 9, 104 + 3])
        #expect(expanded.shape == [2, 5, 5, 64])
        var expected: Float = 0
        for i in 0..<32 { expected += bottleneck[0, 0, 11, i] * kernel[2, 0, i, 9] }
        #expect(abs(expanded[0, 3, 1, 11] - expected) < 1e-5)
        #expect(expanded[0, 0, 0, 11] == 0)
        let pool = try model.weights(of: "mixed3b_pool_reduce")
        for y in 1..<4 { for x in 1..<4 { #expect(abs(expanded[1, y, x, 20] - pool[0, 0, 20, 3] / 9) < 1e-6) } }
        #expect(expanded[1, 0, 2, 20] == 0)
    }

    @Test func `layers in the wrong order, and the classifier, are errors`() throws {
        let model = try #require(Self.model)
        #expect(throws: ModelError.noPath(from: "mixed3b", to: "mixed3a")) {
            try model.expandedWeights(from: "mixed3b", to: "mixed3a", channel: 0)
        }
        #expect(throws: ModelError.notSpatial(layer: "softmax2_pre_activation")) {
            try model.expandedWeights(from: "mixed3b", to: "softmax2_pre_activation", channel: 0)
        }
        #expect(throws: ModelError.channelOutOfRange(64, layer: "mixed3a", channels: 64)) {
            try model.expandedWeights(from: "conv2d2", to: "mixed3a", channel: 64)
        }
    }
}
