import FileFuzzing
import Foundation
import Networks
import Tensors
import Testing
import WeightFiles

@Suite struct ImportTests {
    typealias Message = ProtobufMessage

    static func operation(_ type: String, _ inputs: [String], _ output: String, attributes: [Message] = []) -> Message {
        var node = inputs.reduce(Message()) { $0.text(1, $1) }.text(2, output).text(4, type)
        for attribute in attributes { node = node.message(5, attribute) }
        return node
    }

    /// A model with an input `x` of this shape and an output.
    static func model(_ nodes: [Message], input: [Int] = [1, 3, 8, 8], output: String = "y") throws -> ONNXFile {
        let axes = input.reduce(Message()) { $0.message(1, Message().number(1, $1)) }
        let value = Message().text(1, "x").message(2, Message().message(1, Message().number(1, 1).message(2, axes)))
        let graph = nodes.reduce(Message()) { $0.message(1, $1) }.message(11, value).message(12, Message().text(1, output))
        let model = Message().number(1, 8).message(7, graph).message(8, Message().number(2, 17))
        return try ONNXFile(data: Data(model.bytes), name: "m.onnx")
    }

    static func failure(_ nodes: [Message], input: [Int] = [1, 3, 8, 8], output: String = "y") -> String {
        do {
            _ = try ImportedNetwork(model(nodes, input: input, output: output))
            return "no error"
        } catch { return "\(error)" }
    }

    @Test func `all unknown operators are named, with their nodes`() {
        let text = Self.failure([
            Self.operation("ConvTranspose", ["x"], "a"), Self.operation("Erf", ["a"], "b"), Self.operation("Erf", ["b"], "y"),
        ])
        #expect(text.contains("ConvTranspose ('a'), which makes images larger") && text.contains("Erf ('b', 'y')"))
        #expect(text.contains("outputs: [...]"))
    }

    @Test func `what cannot be a network is refused with the reason`() {
        #expect(Self.failure([Self.operation("Relu", ["x"], "y")]) == "no error")
        #expect(Self.failure([Self.operation("Relu", ["z"], "y"), Self.operation("Relu", ["y"], "z")]).contains("wait for each other: y <- z <- y"))
        #expect(Self.failure([Self.operation("Relu", ["w"], "y")]).contains("the Relu 'y' reads 'w', which is not there"))
        #expect(Self.failure([Self.operation("Relu", ["x"], "a")]).contains("no operation makes the output 'y'"))
        #expect(Self.failure([Self.operation("Relu", ["x"], "y")], input: [1, 3, 8, 9]).contains("only square ones"))
        #expect(Self.failure([Self.operation("Relu", ["x"], "y")], input: [1, 3, 1 << 40, 1 << 40]).contains("rows and columns"))
        #expect(Self.failure([Self.operation("Relu", ["x"], "y")], input: [1, 8]).contains("images have four axes"))
        #expect(Self.failure([Self.operation("Mul", ["x", "x"], "y")]).contains("not the activations of a layer"))
        #expect(Self.failure([Self.operation("Flatten", ["x"], "f"), Self.operation("MaxPool", ["f"], "y")]).contains("kernel_shape"))
    }

    @Test func `activations that grow without end are refused`() {
        // Each concatenation doubles the channels.
        var nodes: [Message] = [], last = "x"
        for index in 0..<60 {
            let axis = Message().text(1, "axis").number(3, 1).number(20, 2)
            nodes.append(Self.operation("Concat", [last, last], "c\(index)", attributes: [axis]))
            last = "c\(index)"
        }
        #expect(Self.failure(nodes, output: last).contains("too large"))
    }

    @Test(arguments: [("tiny.onnx", FuzzTarget.onnx), ("tiny.pb", .graphDef)])
    func `damaged files become networks or are refused, and nothing else`(_ name: String, _ target: FuzzTarget) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path + "/WeightFilesTests/Corpus"
        let fuzzer = try Fuzzer(target, folders: [folder], seed: 11)
        var networks = 0, opened = 0
        for index in 0..<20_000 {
            let data = Data(fuzzer.input(index))
            let file: (any NetworkFile)? = target == .onnx ? try? ONNXFile(data: data, name: name) : try? TensorFlowGraphFile(data: data, name: name)
            guard let file else { continue }
            opened += 1
            do {
                let network = try ImportedNetwork(file)
                _ = try Model(graph: network.graph, details: network.details)
                networks += 1
            } catch is ImportError {} catch is NetworkFileError {} catch is WeightFileError {} catch is GraphError {} catch is ModelError {}
        }
        #expect(opened > 1000 && networks > 100, "\(opened) files were opened, \(networks) were networks")
    }

    @Test func `the names of PyTorch's modules are the names of layers, whichever exporter wrote the file`() throws {
        let legacy = try ImportedNetwork(ImportReference.file("inception-legacy.onnx", in: ImportReference.committed))
        let dynamo = try ImportedNetwork(ImportReference.file("inception-dynamo.onnx", in: ImportReference.committed))
        let layers = ["conv1", "inception3a", "inception3b", "fc"]
        for network in [legacy, dynamo] {
            #expect(network.details.layers.map(\.name) == layers)
            #expect(network.details.layers[1].branches.map(\.name) == ["branch1", "branch2.1", "branch3.1"])
            for name in ["conv1.conv", "maxpool1", "inception3a.branch2.0.conv", "inception3a.branch2.0", "inception3a_pre_relu", "avgpool"] {
                #expect(network.graph.index(of: name) != nil, "\(name) among \(network.graph.nodes.map(\.name))")
            }
            #expect(network.details.logitsLayer == "fc" && network.details.probabilitiesLayer == nil)
        }
        #expect(legacy.graph.nodes.map(\.name) == dynamo.graph.nodes.map(\.name))
        #expect(legacy.aliases["/inception3a/branch1/Relu_output_0"] == "inception3a.branch1")
        #expect(legacy.aliases["/conv1/conv/Conv"] == "conv1.conv")
        let residual = try ImportedNetwork(ImportReference.file("resnet-legacy.onnx", in: ImportReference.committed))
        #expect(residual.details.layers.map(\.name) == ["relu", "layer1.0.relu_1", "layer1.1.relu_1", "layer2.0.relu_1", "fc"])
        #expect(residual.graph.index(of: "layer1.0.add") != nil && residual.aliases["layer1.0"] == "layer1.0.relu_1")
    }

    @Test func `InceptionV1's graph is the network of the zoo, with its auxiliary heads`() throws {
        let imported = try ImportedNetwork(ImportReference.file("inceptionv1-32.pb", in: ImportReference.committed))
        let zoo = try Model(
            file: Reference.file("inceptionv1-32.weights"), architecture: NetworkReferenceTests.narrowed(.inceptionV1, by: 32, classCount: 7))
        let model = try Model(graph: imported.graph, details: imported.details)
        #expect(model.layers.map(\.name) == zoo.layers.map(\.name))
        #expect(model.layers.map(\.branches) == zoo.layers.map(\.branches))
        #expect(model.layers.map(\.receptiveField) == zoo.layers.map(\.receptiveField))
        #expect((model.inputSize, model.inputNormalization) == (zoo.inputSize, zoo.inputNormalization))
        #expect((model.details.logitsLayer, model.details.probabilitiesLayer) == (zoo.details.logitsLayer, zoo.details.probabilitiesLayer))
        let names = zoo.graph.nodes.map(\.name).filter { $0 != "input" }
        let heads = imported.graph.nodes.map(\.name).filter { !names.contains($0) && $0 != "input" }
        #expect(heads.contains("head0_bottleneck") && heads.contains("nn1") && heads.contains("softmax1"))
        #expect(heads.allSatisfy { $0.contains("head") || $0.contains("nn") || $0.contains("softmax") }, "\(heads)")
        let images = NetworkReferenceTests.enlarged(Tensor(uniform: [1, 28, 28, 3], seed: 5))
        let (found, expected) = (try model.activations(of: images, at: names), try zoo.activations(of: images, at: names))
        for name in names { #expect(relativeError(found[name], try #require(expected[name])) < 1e-5, "\(name)") }
    }
}
