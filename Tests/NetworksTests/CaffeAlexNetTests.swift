import FileFuzzing
import Foundation
import Networks
import Tensors
import Testing
import WeightFiles

/// What the files of Caffe's AlexNet differ in; its values are in ``ZooReferenceTests`` and ``ImportReferenceTests``.
@Suite struct CaffeAlexNetTests {
    static func caffe() throws -> ZooReferenceTests.FormulaFile {
        try #require(try ZooReferenceTests.cases().first { $0.name == "alexnet-caffe" }).file()
    }

    /// The same weights as the variables of TensorFlow's graph have them: outputs last, and fc6 reads position by position.
    static func tensorFlow(_ file: ZooReferenceTests.FormulaFile) throws -> SafetensorsFile {
        var tensors: [String: Tensor] = ["concat/axis": Tensor([3])]
        for name in file.tensorNames {
            var tensor = try file.tensor(name)
            if name == "fc6.weight" {
                tensor = tensor.reshaped([tensor.shape[0], -1, 36]).permuted(0, 2, 1).reshaped(tensor.shape)
            }
            tensor = tensor.rank == 4 ? tensor.permuted(2, 3, 1, 0) : tensor.rank == 2 ? tensor.permuted(1, 0) : tensor
            let parts = name.split(separator: ".")
            tensors[parts[0] + (parts[1] == "weight" ? "/weights" : "/biases")] = tensor
        }
        return try SafetensorsFile(data: SafetensorsFile.encode(tensors), name: "variables")
    }

    @Test func `the variables of TensorFlow's graph make the same network as Caffe's blobs`() throws {
        let caffe = try Self.caffe(), variables = try Self.tensorFlow(caffe)
        #expect(Zoo.architectures.filter { $0.recognizes(variables) }.map(\.name) == ["alexnet-caffe"])
        let (one, other) = (try Model(file: caffe), try Model(file: variables))
        let images = ZooReferenceTests.images(7, [1, 227, 227, 3])
        #expect(try one["conv5"].activations(of: images) == other["conv5"].activations(of: images))
        #expect(try relativeError(one.logits(of: images), other.logits(of: images)) < 1e-5)
        #expect(one.inputNormalization.order == .bgr && one.inputSize == 227)
        guard case .layer(let layer as Convolution)? = one.graph["conv4_pre_relu"]?.operation else {
            Issue.record("conv4 is no convolution")
            return
        }
        #expect(layer.groups == 2)
    }

    @Test func `Lucid's names of layers are addresses of the zoo's network`() throws {
        let model = try Model(file: Self.tensorFlow(Self.caffe()))
        for (lucid, name) in ["conv5_1": "conv5", "Relu": "fc6", "Relu_1": "fc7", "fc8/fc8": "fc8", "Softmax": "softmax", "BiasAdd_3": "conv4_pre_relu"] {
            #expect(model[lucid].name == name && model[lucid].description == model[name].description)
        }
        let images = ZooReferenceTests.images(8, [1, 227, 227, 3])
        let found = try model.activations(of: images, at: ["conv5_1", "conv5"])
        #expect(found["conv5_1"] == found["conv5"])
        #expect(try model.receptiveField(of: "conv5_1", x: 6, y: 6, imageHeight: 227, imageWidth: 227).rows.count == 163)
    }

    @Test func `the published graph is recognized, by the zoo and by the importer`() throws {
        let file = try ImportReference.file("alexnet.pb", in: ImportReference.committed)
        #expect(try Zoo.architecture(of: file).name == "alexnet-caffe")
        let network = try ImportedNetwork(file)
        #expect(network.details.architecture == "alexnet-caffe" && network.graph.input.normalization.order == .bgr)
        let groups = network.graph.nodes.compactMap { node in
            if case .layer(let layer as Convolution) = node.operation { layer.groups } else { nil }
        }
        #expect(groups == [1, 2, 1, 2, 2])
    }

    @Test func `parts of channels that are put together in another order are refused`() throws {
        let model = try Model(network: Self.grouped(["a", "b"]))
        let layer = try #require(model.graph.nodes.first { $0.name == "joined" })
        guard case .layer(let joined as Convolution) = layer.operation else {
            Issue.record("the parts are no convolution")
            return
        }
        #expect(joined.groups == 2 && joined.outputChannels == 6)
        for order in [["b", "a"], ["a", "a"], ["a"], ["a", "b", "b"]] {
            #expect { try Model(network: Self.grouped(order)) } throws: { "\($0)".contains("no convolution with groups") }
        }
    }

    /// A graph whose four channels are convolved in two parts, `a` and `b`.
    private static func grouped(_ joined: [String]) throws -> TensorFlowGraphFile {
        typealias Message = ProtobufMessage
        func node(_ name: String, _ type: String, _ inputs: [String], _ attributes: [String: Message] = [:]) -> Message {
            let node = inputs.reduce(Message().text(1, name).text(2, type)) { $0.text(3, $1) }
            return attributes.sorted { $0.key < $1.key }.reduce(node) { $0.message(5, Message().text(1, $1.key).message(2, $1.value)) }
        }
        func shape(_ lengths: [Int]) -> Message { lengths.reduce(Message()) { $0.message(2, Message().number(1, $1)) } }
        func axis(_ name: String, _ value: Int) -> Message {
            node(name, "Const", [], ["dtype": Message().number(6, 3), "value": Message().message(8, Message().number(1, 3).message(2, Message()).number(7, value))])
        }
        let kernel = Message().number(1, 1).message(2, shape([3, 3, 2, 3])).float(5, 0.5)
        let convolution = ["padding": Message().text(2, "SAME"), "strides": Message().message(1, [1, 1, 1, 1].reduce(Message()) { $0.number(3, $1) })]
        let nodes = [
            node("x", "Placeholder", [], ["shape": Message().message(7, shape([1, 8, 8, 4]))]),
            axis("axis", 3), node("kernel", "Const", [], ["dtype": Message().number(6, 1), "value": Message().message(8, kernel)]),
            node("split", "Split", ["axis", "x"], ["num_split": Message().number(3, 2)]),
            node("a", "Conv2D", ["split", "kernel"], convolution), node("b", "Conv2D", ["split:1", "kernel"], convolution),
            node("joined", "ConcatV2", joined + ["axis"]), node("y", "Relu", ["joined"]),
        ]
        let graph = nodes.reduce(Message()) { $0.message(1, $1) }
        return try TensorFlowGraphFile(data: Data(graph.bytes), name: "grouped")
    }
}
