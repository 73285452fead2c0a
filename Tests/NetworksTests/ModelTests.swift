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
        let result = try model.activations(of: Self.image([2, 64, 64, 3]), at: ["conv2d0", "mixed3a", "mixed3a_3x3_bottleneck", "mixed4a_pre_relu", "softmax2"])
        #expect(result["conv2d0"]?.shape == [2, 32, 32, 24])
        #expect(result["mixed3a"]?.shape == [2, 16, 16, 64])
        #expect(result["mixed3a_3x3_bottleneck"]?.shape == [2, 16, 16, 24])
        #expect(result["mixed4a_pre_relu"]?.shape == [2, 8, 8, 120])
        let probabilities = try #require(result["softmax2"])
        #expect(probabilities.shape == [2, 12] && abs(probabilities.slice(1).sum() - 1) < 1e-5)
    }
}
