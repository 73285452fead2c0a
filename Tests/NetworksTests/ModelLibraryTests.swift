import Foundation
import Networks
import Tensors
import Testing
import WeightFiles

/// What is found by path, and what is made of files. The folders, which follow the environment, are tested with the command
/// (`Tests/Notebooks/test_models_command.py`).
@Suite struct ModelLibraryTests {
    static let googlenet = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Reference/googlenet.weights.safetensors").path

    static func temporaryFile(_ suffix: String) -> String { NSTemporaryDirectory() + "hooke-\(UUID().uuidString)." + suffix }

    @Test func `a path and a file address open the same model, whatever the file is called`() throws {
        let path = Self.temporaryFile("pth")
        defer { try? FileManager.default.removeItem(atPath: path) }
        try FileManager.default.copyItem(atPath: Self.googlenet, toPath: path)
        let model = try Model.load(path)
        #expect(model.name == "googlenet" && model.classes.first == "class 0")
        #expect(try Model.load("file://" + path).details == model.details)
        #expect(throws: ModelFileError.scheme(url: "ftp://host/x.pth")) { try Model.load("ftp://host/x.pth") }
    }

    @Test func `labels beside a file name its classes, and those left over are numbered`() throws {
        let path = Self.temporaryFile("safetensors"), labels = path + ".labels.txt"
        defer { for file in [path, labels] { try? FileManager.default.removeItem(atPath: file) } }
        try FileManager.default.copyItem(atPath: Self.googlenet, toPath: path)
        try "tench\r\ngoldfish\n\n".write(toFile: labels, atomically: true, encoding: .utf8)
        #expect(try Model.load(path).classes == ["tench", "goldfish"] + (2..<7).map { "class \($0)" })
        try String(repeating: "x\n", count: 8).write(toFile: labels, atomically: true, encoding: .utf8)
        #expect(throws: ModelFileError.labels(file: labels, reason: "8 names for 7 outputs")) { try Model.load(path) }
    }

    @Test func `a converted file computes the same, bit by bit, and its weights lie as the network uses them`() throws {
        let path = Self.temporaryFile("safetensors")
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try ModelConversion.convert(Self.googlenet, to: path) == "googlenet")
        let (before, after) = (try Model.load(Self.googlenet), try Model.load(path))
        let images = ModelTests.image([1, 64, 96, 3])
        #expect(try before["inception5b"].activations(of: images) == after["inception5b"].activations(of: images))
        let file = try SafetensorsFile(path: path)
        #expect(file.layout == .outputsLast && file.shape(of: "fc.weight") == [64, 7])
        #expect(try file.metadata["source_sha256"] == FileDigest.sha256(Self.googlenet))
    }

    @Test func `TensorFlow's layout is kept in a conversion, and what are no weights is left out`() throws {
        let source = try Reference.file("inceptionv1-tensorflow.weights")
        // Only the full width is known without being told.
        let (input, output) = (Self.temporaryFile("safetensors"), Self.temporaryFile("safetensors"))
        defer { for file in [input, output] { try? FileManager.default.removeItem(atPath: file) } }
        let model = try Model(random: .inceptionV1, seed: 3)
        var tensors: [String: Tensor] = [:]
        for (node, key) in model.details.weightNames {
            let name = key.replacingOccurrences(of: "_pre_relu_conv", with: "").replacingOccurrences(of: "_pre_activation_matmul", with: "")
            (tensors[name + "_w"], tensors[name + "_b"]) = (try model.weights(of: node), try model.bias(of: node))
        }
        #expect(Set(tensors.keys).isSubset(of: source.tensorNames))
        try SafetensorsFile.write(tensors, to: input)
        #expect(try ModelConversion.convert(input, to: output) == "inceptionv1")
        let images = ModelTests.image([1, 64, 64, 3])
        #expect(try Model.load(output)["mixed4a"].activations(of: images) == model["mixed4a"].activations(of: images))
    }

    @Test func `networks of the zoo say where their files are, with the digits that PyTorch puts into names`() throws {
        let published = Dictionary(uniqueKeysWithValues: Zoo.architectures.compactMap { zoo in zoo.publication.map { (zoo.name, $0) } })
        #expect(published["googlenet"]?.sha256 == "1378be20" && published["alexnet"]?.sha256 == "7be5be79")
        #expect(published["inceptionv1"]?.sha256 == nil && published["inceptionv1"]?.fileName == "inception5h.pth")
        #expect(Set(Zoo.architectures.map(\.name)).count == Zoo.architectures.count)
        #expect(Set(published.keys).isSuperset(of: ["inceptionv1", "googlenet", "alexnet", "vgg19", "inceptionv3", "resnetv2_50"]))
    }

    @Test func `a layer finds the layer of another network that is as deep and sees as much`() throws {
        let inception = try Model(random: .inceptionV1), small = try Model(random: .miniInception(classCount: 3))
        let googlenet = try Model.load(Self.googlenet)
        let pairs = [
            ("conv2d0", "conv1"), ("mixed3a", "inception3a"), ("mixed5b", "inception5b"), ("softmax2_pre_activation", "fc"),
        ]
        for (layer, twin) in pairs {
            #expect(try googlenet.layer(comparableTo: inception[layer]).name == twin, "\(layer)")
            #expect(try inception.layer(comparableTo: googlenet[twin]).name == layer, "\(twin)")
        }
        // Every layer is its own twin, and so is the block of a branch that ends it.
        for layer in inception.layers.dropLast() { #expect(try inception.layer(comparableTo: inception[layer.name]).name == layer.name) }
        #expect(try inception.layer(comparableTo: inception["mixed4c_5x5"]).name == "mixed4c")
        // 1 of 16 layers deep and 7 of 64 pixels: nearer to 2 of 22 and 11 of 224 than conv2d1 with its 2 of 16.
        #expect(try small.layer(comparableTo: inception["conv2d1"]).name == "conv2d0")
        #expect(inception.layers.map(\.depth).first == 1.0 / 22 && inception.summary(of: "softmax2_pre_activation")?.depth == 1)
        #expect(throws: ModelError.self) { try small.layer(comparableTo: inception["mixed9z"]) }
    }

    @Test func `SHA-256 is that of the standard`() throws {
        let path = Self.temporaryFile("bin")
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "abc".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(try FileDigest.sha256(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(throws: ModelFileError.self) { try FileDigest.sha256(path + ".none") }
    }
}
