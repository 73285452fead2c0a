import Foundation
import Networks
import Tensors
import Testing
import WeightFiles

@Suite struct WeightFileTests {
    static func temporaryPath() -> String {
        NSTemporaryDirectory() + "hooke-\(UUID().uuidString).safetensors"
    }

    /// The tensors of a file of mini-inception, and its metadata.
    static func contents() throws -> (tensors: [String: Tensor], metadata: [String: String]) {
        let path = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Model(random: .miniInception(classCount: 3), seed: 2, classes: ["cat", "dog", "fish"]).save(to: path)
        let file = try SafetensorsFile(path: path)
        return (Dictionary(uniqueKeysWithValues: try file.tensorNames.map { ($0, try file.tensor($0)) }), file.metadata)
    }

    static func failure(_ tensors: [String: Tensor], _ metadata: [String: String]) throws -> String {
        do {
            _ = try Model(file: SafetensorsFile(data: SafetensorsFile.encode(tensors, metadata: metadata), name: "f"))
            return "no error"
        } catch { return "\(error)" }
    }

    @Test func `a saved model computes the same when it is loaded, and its file has the published names and shapes`() throws {
        let path = Self.temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let model = try Model(random: .miniInception(classCount: 3), seed: 2, classes: ["cat", "dog", "fish"])
        try model.save(to: path)
        let loaded = try Model.load(path)
        let image = ModelTests.image([2, 64, 64, 3])
        #expect(try loaded.logits(of: image) == model.logits(of: image))
        #expect(loaded.classes == ["cat", "dog", "fish"] && loaded.details == model.details)
        let file = try SafetensorsFile(path: path)
        #expect(file.shape(of: "conv2d0_pre_relu_conv.weight") == [24, 3, 7, 7])
        #expect(file.shape(of: "mixed3a_3x3_bottleneck_pre_relu_conv.weight") == [24, 48, 1, 1])
        #expect(file.shape(of: "mixed3a_pool_reduce_pre_relu_conv.bias") == [8])
        #expect(file.shape(of: "softmax2_pre_activation_matmul.weight") == [3, 208])
        #expect(file.tensorNames.count == 2 * (3 + 6 * 6 + 1))
    }

    @Test func `InceptionV1 has the tensors and the number of parameters of Lucent's file`() throws {
        let model = try Model(random: .inceptionV1)
        #expect(model.parameterCount == 7_066_380)
        #expect(model.layers.map(\.channels) == [64, 64, 192, 256, 480, 508, 512, 512, 528, 832, 832, 1024, 1008, 1008])
        #expect(try model.weights(of: "mixed4a_3x3").shape == [3, 3, 96, 204])
    }

    @Test func `a missing, superfluous, misshapen or broken tensor is named`() throws {
        let (tensors, metadata) = try Self.contents()
        #expect(try Self.failure(tensors, metadata) == "no error")
        let key = "mixed4b_5x5_pre_relu_conv.weight"
        var wrong = tensors
        wrong[key] = nil
        #expect(try Self.failure(wrong, metadata) == "f lacks the tensor '\(key)' of shape [16, 12, 5, 5]")
        wrong[key] = Tensor(zeros: [16, 12, 3, 3])
        #expect(try Self.failure(wrong, metadata) == "f: the tensor '\(key)' has the shape [16, 12, 3, 3], expected [16, 12, 5, 5]")
        wrong[key] = Tensor(repeating: .nan, shape: [16, 12, 5, 5])
        #expect(try Self.failure(wrong, metadata).contains("'\(key)' holds a number that is not finite"))
        wrong = tensors
        wrong["aux.weight"] = Tensor(zeros: [1])
        #expect(try Self.failure(wrong, metadata).contains("aux.weight"))
        wrong = tensors
        wrong["softmax2_pre_activation_matmul.weight"] = Tensor(zeros: [1 << 40, 0])
        #expect(try Self.failure(wrong, ["architecture": "mini-inception"]).contains("softmax2_pre_activation_matmul"))
    }

    @Test func `metadata that does not fit is an error`() throws {
        let (tensors, metadata) = try Self.contents()
        let known = Zoo.architectures.map(\.name).joined(separator: ", ")
        #expect(try Self.failure(tensors, ["architecture": "resnet"]).contains("'resnet'; Hooke knows \(known)"))
        #expect(try Self.failure(tensors, [:]).contains("does not say its architecture"))
        #expect(try Self.failure(tensors, metadata.merging(["classes": "[\"a\"]"]) { $1 }).contains("1 class names for 3 outputs"))
        #expect(try Self.failure(tensors, metadata.merging(["classes": "cat"]) { $1 }).contains("not a JSON array"))
    }

    @Test func `a name that is no model suggests one, and a network that is not here says where it is published`() {
        #expect { try Model.load("mini-inseption") } throws: { error in
            guard case .unknownModel("mini-inseption", let suggestion, let known)? = error as? ModelError else { return false }
            return suggestion == "mini-inception" && known.contains("vgg19")
        }
        #expect("\(ModelError.unknownModel("minni", suggestion: nil, known: ["a", "b"]))".contains("There are a, b. The path"))
        #expect { try Model.load("/no/such/model.safetensors") } throws: { "\($0)".contains("/no/such/model.safetensors") }
        let missing = ModelFileError.notInstalled(
            name: "vgg19", publication: Publication(url: "https://host/vgg19.pth"), folders: ["/cache"])
        #expect("\(missing)".contains("hooke models fetch vgg19") && "\(missing)".contains("https://host/vgg19.pth and put it into /cache"))
    }
}
