import Foundation
import Networks
import Tensors
import Testing
import WeightFiles

/// Models of any graph in files, and back.
@Suite struct SavingTests {
    /// The model as its file has it.
    static func saved(_ model: Model) throws -> (model: Model, file: SafetensorsFile) {
        let path = ModelLibraryTests.temporaryFile("safetensors")
        defer { try? FileManager.default.removeItem(atPath: path) }
        try model.save(to: path)
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        return (try Model.load(path), try SafetensorsFile(data: data, name: "f"))
    }

    static func expectSame(_ one: Model, _ other: Model, images: Tensor) throws {
        #expect(one.details == other.details && one.inputNormalization == other.inputNormalization)
        let names = one.graph.nodes.map(\.name)
        #expect(names == other.graph.nodes.map(\.name) && one.graph.nodes.map(\.inputs) == other.graph.nodes.map(\.inputs))
        let (a, b) = (try one.activations(of: images, at: names), try other.activations(of: images, at: names))
        for name in names { #expect(a[name] == b[name], "\(name)") }
    }

    @Test(arguments: ImportReference.names) func `an imported network is the same after saving, bit by bit, and answers to the file's names`(
        _ name: String
    ) throws {
        let model = try Model(network: ImportReference.file(name), normalization: .imageNet)
        let (loaded, file) = try Self.saved(model)
        try Self.expectSame(model, loaded, images: ModelTests.image([1, model.inputSize, model.inputSize, 3]))
        #expect(file.layout == .outputsLast && file.metadata["graph"] != nil)
        for (alias, node) in model.details.aliases { #expect(loaded[alias].name == node) }
    }

    @Test func `every kind of layer comes back with its settings`() throws {
        func numbers(_ seed: Int, _ shape: [Int]) -> Tensor { SweepTests.numbers(seed, shape) }
        func layer(_ name: String, _ layer: any NetworkLayer, _ input: String) -> Graph.Node { .init(name, .layer(layer), inputs: [input]) }
        let window = PoolingWindow(
            height: 3, width: 2, rowStride: 2, columnStride: 1, padding: .explicit(top: 1, bottom: 0, left: 0, right: 1), ceilMode: true)
        let graph = try Graph(nodes: [
            .init("input", .input(channels: 3, normalization: .means([120, 110.5, 100], order: .bgr))),
            layer(
                "grouped", try Convolution(
                    weights: numbers(1, [3, 2, 1, 6]) * 0.01, bias: numbers(2, [6]), stride: 1, padding: .explicit(top: 1, bottom: 2, left: 0, right: 1),
                    dilation: 2, groups: 3), "input"),
            layer("relu6", ReLU6(), "grouped"),
            layer("response", LocalResponseNormalization(radius: 2, bias: 1.5, alpha: 0.1, beta: 0.7), "relu6"),
            layer("window", MaxPool(window), "response"),
            layer("mean", AveragePool(size: 3, stride: 1, padding: .all(1), countsPadding: true), "window"),
            layer("affine", try BatchNormalization(scale: numbers(3, [6]), shift: numbers(4, [6])), "mean"),
            .init("sum", .sum, inputs: ["affine", "window"]),
            layer("relu/with a \"quote\"", ReLU(), "sum"),
            .init("both", .concatenation, inputs: ["relu/with a \"quote\"", "sum"]),
            layer("up", Resize(to: .times(2), method: .bilinear(alignCorners: true)), "both"),
            layer("down", Resize(to: .exactly(height: 9, width: 7), method: .nearest), "up"),
            layer("grid", AdaptiveAveragePool(height: 3, width: 2), "down"),
            layer("flat", Flatten(), "grid"),
            layer("dense", try Dense(weights: numbers(5, [72, 5]), bias: numbers(6, [5])), "flat"),
            layer("softmax", Softmax(), "dense"),
            layer("average", GlobalAveragePool(), "down"),
        ])
        let details = ModelDescription(
            name: "all <kinds>", inputSize: 16, classes: ["a", "b", "c", "d", "ö"],
            layers: [
                CanonicalLayer("relu6"), CanonicalLayer("both", branches: ["relu": 6, "sum": 6]), CanonicalLayer("dense", depth: 0.75),
                CanonicalLayer("softmax"),
            ],
            logitsLayer: "dense", probabilitiesLayer: "softmax", aliases: ["last": "dense"])
        let model = try Model(graph: graph, details: details)
        let (loaded, _) = try Self.saved(model)
        try Self.expectSame(model, loaded, images: ModelTests.image([2, 16, 16, 3]))
        if let corpus = ProcessInfo.processInfo.environment["HOOKE_WRITE_CORPUS"] { try model.save(to: corpus + "/tiny-model.safetensors") }
        #expect(loaded["last"].name == "dense" && loaded.summary(of: "last")?.depth == 0.75)
    }

    @Test func `an edited model keeps its edits`() throws {
        let (model, images) = try EditingTests.network()
        let other = try model.activations(of: ModelTests.image([1, 64, 64, 3], seed: 99), at: ["mixed3b"])["mixed3b"]!
        let edited = try model.editing("conv2d1", .ablating([2])).editing("conv2d1", .adding([0: 0.3]))
            .editing("mixed3b", .replacing(with: other, channels: [1, 4])).editing("mixed4a", .scaling([3: 2]))
        let (loaded, _) = try Self.saved(edited)
        #expect(try loaded.logits(of: images) == edited.logits(of: images))
        #expect(try loaded.logits(of: images) != model.logits(of: images))
    }

    @Test func `the network of a sketch is loaded without the sketch, from tensors with its names in PyTorch's layout`() throws {
        var sketch = NetworkSketch("mine", inputSize: 20)
        let first = sketch.convolution("conv1", from: "input", size: 5, outputs: 6, stride: 2)
        let second = sketch.branchedConvolution("conv2", branches: ["a", "b"], from: [first, first], size: 3, outputs: 4)
        sketch.layer("both", .concatenation, from: second[0], second[1])
        sketch.classifier("fc", from: sketch.layer("pool", .globalAverage, from: "both"), outputs: 3)
        var graph = try sketch.trainingGraph(seed: 4)
        graph = try graph.replacing("fc", with: Dense(weights: SweepTests.numbers(1, [8, 3]), bias: SweepTests.numbers(2, [3])))
        let model = try sketch.model(trained: graph.asTrained(), classes: ["x", "y", "z"], metadata: ["note": "kept"])
        let (loaded, file) = try Self.saved(model)
        try Self.expectSame(model, loaded, images: ModelTests.image([1, 20, 20, 3]))
        #expect(file.shape(of: "conv2_a.weight") == [4, 6, 3, 3] && file.layout == .outputsFirst)
        #expect(loaded.metadata["note"] == "kept" && loaded.classes == ["x", "y", "z"])
    }

    @Test func `a network of the zoo is not described twice, and a narrow one is`() throws {
        let whole = try Model(random: .miniInception(classCount: 3)), narrow = try Model(random: .miniInception(classCount: 3).narrowed(by: 4))
        #expect(try Self.saved(whole).file.metadata["graph"] == nil)
        let (loaded, file) = try Self.saved(narrow)
        #expect(file.metadata["graph"] != nil && file.metadata["architecture"] == "mini-inception")
        let image = ModelTests.image([1, 64, 64, 3])
        #expect(try loaded.logits(of: image) == narrow.logits(of: image))
        // Saved again it is the same file.
        #expect(try Self.saved(loaded).file.metadata == file.metadata)
        let googlenet = try Model.load(ModelLibraryTests.googlenet)
        let again = try Self.saved(googlenet).model
        #expect(try again["inception5b"].activations(of: image) == googlenet["inception5b"].activations(of: image))
    }

    @Test func `a converted ONNX file is the same network, with the normalization that was given`() throws {
        let source = ImportReference.committed + "resnet-legacy.onnx", path = ModelLibraryTests.temporaryFile("safetensors")
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try ModelConversion.convert(source, to: path, normalization: .range(-1...1)) == "resnet-legacy")
        let model = try Model(onnx: source, normalization: .range(-1...1)), converted = try Model.load(path)
        try Self.expectSame(model, converted, images: ModelTests.image([1, 18, 18, 3]))
        #expect(converted.metadata["source"] == "resnet-legacy.onnx" && converted.metadata["source_format"] == "onnx")
        // A converted file can be converted, and the same file gives the same bytes.
        let again = ModelLibraryTests.temporaryFile("safetensors"), third = ModelLibraryTests.temporaryFile("safetensors")
        defer { for file in [again, third] { try? FileManager.default.removeItem(atPath: file) } }
        try ModelConversion.convert(path, to: again)
        try ModelConversion.convert(path, to: third)
        try Self.expectSame(model, Model.load(again), images: ModelTests.image([1, 18, 18, 3]))
        #expect(try Data(contentsOf: URL(fileURLWithPath: again)) == Data(contentsOf: URL(fileURLWithPath: third)))
    }

    @Test func `a layer that files cannot hold is named`() throws {
        let graph = try Graph(nodes: [
            .init("input", .input(channels: 3, range: 0...1)), .init("drop", .layer(Dropout(rate: 0.5, seed: 1)), inputs: ["input"]),
        ])
        let model = try Model(graph: graph, details: ModelDescription(
            name: "odd", inputSize: 8, layers: [], logitsLayer: nil, probabilitiesLayer: nil))
        #expect { try Self.saved(model) } throws: { "\($0)".contains("odd: 'drop' is a layer of the type Dropout, which files cannot hold") }
    }
}

extension Graph {
    /// The graph of a training as it is in the end: normalizations with their averages.
    fileprivate func asTrained() throws -> Graph {
        var graph = self
        for node in nodes {
            guard case .layer(let layer as BatchStatisticsNormalization) = node.operation else { continue }
            graph = try graph.replacing(node.name, with: layer.trained())
        }
        return graph
    }
}
