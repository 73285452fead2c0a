import Networks
import Tensors
import Testing
import WeightFiles

/// Networks with random weights under the names of their publishers, and what PyTorch makes of them (`Tests/Peers/inception_reference.py`).
@Suite struct InceptionFilesReferenceTests {
    /// The published width in a live run, else a 32nd of it, which only a caller can know.
    static func inception(_ naming: String) throws -> Model {
        let file = try Reference.file("inceptionv1-\(naming).weights")
        if (try? Zoo.architecture(of: file))?.name == "inceptionv1" { return try Model(file: file) }
        var architecture = InceptionArchitecture.inceptionV1
        architecture.auxiliaryHeads = [.init(0, on: "mixed4a"), .init(1, on: "mixed4d")]
        architecture = architecture.narrowed(by: 32)
        architecture.classCount = 7
        return try Model(file: file, architecture: architecture)
    }

    static func check(_ model: Model, _ file: SafetensorsFile, prefix: String, images: Tensor) throws {
        let layers = NetworkReferenceTests.names(file, prefix)
        #expect(layers.count > 5)
        let found = try model.activations(of: images, at: layers)
        for layer in layers {
            #expect(try relativeError(found[layer], file.tensor(prefix + layer)) < 1e-4, "\(model.name), \(layer)")
        }
    }

    @Test(arguments: ["tensorflow", "captum"]) func `InceptionV1 and its auxiliary heads are those of the graph, from either file`(
        naming: String
    ) throws {
        let values = try Reference.file("inceptionv1-heads.values")
        let model = try Self.inception(naming)
        try Self.check(model, values, prefix: "activation/", images: NetworkReferenceTests.enlarged(values.tensor("images")))
        #expect(model.details.logitsLayer == "softmax2_pre_activation" && model.layers.last?.name == "softmax2")
    }

    @Test func `without auxiliary heads in the architecture, those of the file are left out`() throws {
        var architecture = InceptionArchitecture.inceptionV1.narrowed(by: 32)
        architecture.classCount = 7
        let file = try Reference.file("inceptionv1-tensorflow.weights")
        guard (try? Zoo.architecture(of: file)) == nil else { return }  // a live run has the full width
        let model = try Model(file: file, architecture: architecture)
        #expect(model.graph["nn0"] == nil && model.graph["mixed4d"] != nil)
        #expect(try model.parameterCount == Self.inception("tensorflow").parameterCount)
    }

    @Test func `GoogLeNet is torchvision's, with odd sizes, folded statistics and auxiliary heads`() throws {
        let values = try Reference.file("googlenet.values")
        let file = try Reference.file("googlenet.weights")
        #expect(try Zoo.architecture(of: file).name == "googlenet")
        let model = try Model(file: file)
        try Self.check(model, values, prefix: "activation/", images: values.tensor("images"))
        let images = NetworkReferenceTests.enlarged(try values.tensor("head/images"))
        try Self.check(model, values, prefix: "head/activation/", images: images)
        let result = try model.gradient(of: images, at: ["fc"]) { activations in
            var gradient = Tensor(zeros: activations["fc"]?.shape ?? [])
            gradient[0, 1] = 1
            return (0, ["fc": gradient])
        }
        let expected = try values.tensor("head/gradient")
        var pooled = Tensor(zeros: expected.shape)
        for y in 0..<images.shape[1] {
            for x in 0..<images.shape[2] { for c in 0..<3 { pooled[0, y / 8, x / 8, c] += result.gradient[0, y, x, c] } }
        }
        // At full width a few of the millions of ReLUs and maxima lie so near to their kink that rounding decides: PyTorch's own gradients
        // with 32 and with 64 bits differ by 0.3 % in length there.
        let off = pooled - expected
        let difference = (off * off).sum() / (expected * expected).sum()
        #expect(difference.squareRoot() < (model.classes.count == 1000 ? 2e-2 : 1e-4))
        let best = try model.predict(images, top: 1)[0][0].probability
        #expect(try abs(best - values.tensor("head/activation/softmax").max()) < 1e-4)
    }

    @Test func `what a file lacks of GoogLeNet, or has besides, is named`() throws {
        let file = try Reference.file("googlenet.weights")
        var tensors = Dictionary(uniqueKeysWithValues: try file.tensorNames.map { ($0, try file.tensor($0)) })
        func failure() throws -> String {
            do {
                _ = try Model(file: SafetensorsFile(data: SafetensorsFile.encode(tensors), name: "f"))
                return "no error"
            } catch { return "\(error)" }
        }
        #expect(try failure() == "no error")
        tensors["inception4c.branch2.2.conv.weight"] = Tensor(zeros: [1])
        #expect(try failure() == "f has tensors that googlenet does not have: inception4c.branch2.2.conv.weight")
        tensors["inception4c.branch2.2.conv.weight"] = nil
        tensors["inception4c.branch2.1.bn.running_var"] = nil
        #expect(try failure().contains("f lacks the tensor 'inception4c.branch2.1.bn.running_var'"))
    }
}
