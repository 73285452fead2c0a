import Networks
import Tensors
import Testing

@Suite struct ModelDigestTests {
    @Test func `one network has one digest, and any change of weights, settings or edits another`() throws {
        let model = try Model(random: .miniInception(classCount: 4), seed: 1)
        let twin = try Model(random: .miniInception(classCount: 4), seed: 1)
        #expect(model.digest.count == 64 && model.digest == twin.digest)
        var bias = try model.bias(of: "conv2d0")
        bias[3] += 1e-6
        let others = [
            try Model(random: .miniInception(classCount: 4), seed: 2), try model.replacing("conv2d0", bias: bias),
            try model.editing("mixed3a", .ablating([3])), try model.editing("mixed3a", .ablating([4])),
        ]
        #expect(Set(others.map(\.digest) + [model.digest]).count == 5)
    }

    @Test func `running a network does not change its digest`() throws {
        let model = try Model.load("handwritten-curves"), digest = model.digest
        _ = try model["mixed3b"].activations(of: Tensor(repeating: 0.4, shape: [64, 64, 3]))
        #expect(model.digest == digest)
    }
}
