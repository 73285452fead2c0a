import FileFuzzing
import Foundation
import Tensors
import Testing
import WeightFiles

@Suite struct ProtobufFileTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Reference/"
    typealias Message = ProtobufMessage

    /// A model with one node and these initializers.
    static func model(_ tensors: [Message], nodes: [Message]? = nil) -> Data {
        var graph = Message()
        for node in nodes ?? [Message().text(1, "x").text(2, "y").text(4, "Relu")] { graph = graph.message(1, node) }
        for tensor in tensors { graph = graph.message(5, tensor) }
        return Data(Message().number(1, 8).message(7, graph).message(8, Message().number(2, 17)).bytes)
    }

    static func failure(_ data: Data, graph: Bool = false) -> String {
        do {
            if graph { _ = try TensorFlowGraphFile(data: data, name: "f") } else { _ = try ONNXFile(data: data, name: "f") }
            return "no error"
        } catch { return "\(error)" }
    }

    /// A node of a GraphDef; a constant with these dimensions and floats.
    static func constant(_ name: String, _ shape: [Int], _ numbers: [Float]) -> Message {
        var axes = Message(), tensor = Message().number(1, 1)
        for length in shape { axes = axes.message(2, Message().number(1, length)) }
        tensor = tensor.message(2, axes)
        for number in numbers { tensor = tensor.float(5, number) }
        return Message().text(1, name).text(2, "Const").message(5, Message().text(1, "value").message(2, Message().message(8, tensor)))
    }

    static func graph(_ nodes: [Message]) -> Data { Data(nodes.reduce(Message()) { $0.message(1, $1) }.bytes) }

    @Test(arguments: ["numbers.onnx", "numbers.pb"]) func `numbers of all types are read from every place that has them`(_ name: String) throws {
        let file: any NetworkFile = name.hasSuffix(".pb") ? try TensorFlowGraphFile(path: Self.folder + name) : try ONNXFile(path: Self.folder + name)
        let names = file.tensorNames.filter { $0.contains("/") }
        #expect(names.count >= 20)
        for name in names {
            let expected: [Float] =
                name.hasPrefix("bool") ? [1, 0, 1, 1] : name.hasPrefix("u") ? [3, 0, 1, 100] : name.hasSuffix("repeated") ? [2, 7, 7, 7] : [-3, 0, 1, 100]
            #expect(try file.tensor(name).scalars == expected, "\(name)")
            #expect(try file.integers(name) == expected.map { Int($0) }, "\(name)")
            #expect(file.shape(of: name) == [2, 2])
        }
    }

    @Test func `a broken message is refused with its place`() {
        #expect(Self.failure(Data([0x3A])).contains("a number is cut"))
        #expect(Self.failure(Data([0x3A, 5, 0])).contains("f is wrong at byte 0: field 7 announces 5 bytes, and 1 follow"))
        #expect(Self.failure(Data([0x3B])).contains("has the wire type 3"))
        #expect(Self.failure(Data([0x02, 0])).contains("the number 0"))
        #expect(Self.failure(Data([0x08] + [UInt8](repeating: 0xFF, count: 11))).contains("more than 64 bits"))
        #expect(Self.failure(Data()).contains("no ONNX model"))
        #expect(Self.failure(Data(), graph: true).contains("no TensorFlow graph"))
        #expect(Self.failure(Data([0x08, 1, 0x12, 0]), graph: true).contains("SavedModel"))
        let node = Message().text(1, "conv").text(2, "Conv2D").bytes(5, [0x0A, 9])
        #expect(Self.failure(Self.graph([node]), graph: true).contains("in the node 'conv'"))
    }

    @Test func `a tensor that does not fit its file is refused by name`() {
        let tensor = { (shape: [Int], type: Int, raw: Int) in
            shape.reduce(Message()) { $0.number(1, $1) }.number(2, type).text(8, "w").bytes(9, [UInt8](repeating: 0, count: raw))
        }
        #expect(Self.failure(Self.model([tensor([2], 1, 8)])) == "no error")
        #expect(Self.failure(Self.model([tensor([2], 1, 7)])).contains("the tensor 'w' has 7 bytes; its shape [2] takes 8"))
        #expect(Self.failure(Self.model([tensor([1 << 40, 1 << 40], 1, 8)])).contains("too large"))
        #expect(Self.failure(Self.model([tensor([-1], 1, 4)])).contains("'w' has the shape [-1]"))
        #expect(Self.failure(Self.model([tensor([1], 1, 4), tensor([1], 1, 4)])).contains("'w' is defined twice"))
        #expect(Self.failure(Self.graph([Self.constant("c", [2], [1, 2, 3])]), graph: true).contains("'c' holds 3 numbers; its shape [2] takes 2"))
        #expect(Self.failure(Self.graph([Self.constant("c", [1 << 30], [1])]), graph: true).contains("repeating"))
        #expect(Self.failure(Self.graph([Self.constant("c", [1], [1]), Self.constant("c", [1], [1])]), graph: true).contains("'c' appears twice"))
        // Together they are as large as one that is refused.
        let many = (0..<3).map { Self.constant("c\($0)", [1 << 21], [1]) }
        #expect(Self.failure(Self.graph(Array(many.prefix(2))), graph: true) == "no error")
        #expect(Self.failure(Self.graph(many), graph: true).contains("repeating"))
    }

    @Test func `a file that describes more things than a network has is refused before they fill memory`() {
        let graph = Data((0..<300_000).flatMap { _ in [0x0A, 0] as [UInt8] })
        #expect(Self.failure(graph, graph: true).contains("a node needs a name"))
        let nodes = Data(Message().bytes(7, [UInt8](graph)).bytes)
        #expect(Self.failure(nodes).contains("more than 262144 things"))
        let attribute = Message().text(1, "pads").bytes(8, [UInt8](repeating: 1, count: 300_000))
        let node = Message().text(2, "y").text(4, "Pad").message(5, attribute)
        #expect(Self.failure(Self.model([], nodes: [node])).contains("more than 262144 things"))
    }

    @Test func `numbers in another file are read from the model's own folder only`() throws {
        let file = try ONNXFile(path: Self.folder + "external.onnx")
        #expect(try file.tensor("w").scalars == [1, 2, 3, 4, 5, 6])
        let data = try Data(contentsOf: URL(fileURLWithPath: Self.folder + "external.onnx"))
        #expect(Self.failure(data).contains("'w' is in another file, 'external.bin'; open the model by its path"))
        let temporary = FileManager.default.temporaryDirectory.appendingPathComponent("hooke-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: temporary.appendingPathComponent("model"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: temporary) }
        let bytes = try Data(contentsOf: URL(fileURLWithPath: Self.folder + "external.bin"))
        try bytes.write(to: temporary.appendingPathComponent("other.bin"))
        try FileManager.default.createSymbolicLink(
            at: temporary.appendingPathComponent("model/external.bin"), withDestinationURL: temporary.appendingPathComponent("other.bin"))
        let path = temporary.appendingPathComponent("model/m.onnx")
        func failure(_ location: String) throws -> String {
            var changed = data
            guard let range = changed.range(of: Data("external.bin".utf8)) else { return "nothing to replace" }
            changed.replaceSubrange(range, with: Data(location.utf8))
            try changed.write(to: path)
            do {
                _ = try ONNXFile(path: path.path)
                return "no error"
            } catch { return "\(error)" }
        }
        #expect(try failure("../other.bin").contains("which is not in the folder of the model"))
        #expect(try failure("/etc/adduser").contains("which is not in the folder of the model"))
        // A link that leads out.
        #expect(try failure("external.bin").contains("which is not in the folder of the model"))
        try FileManager.default.removeItem(at: temporary.appendingPathComponent("model/external.bin"))
        #expect(try failure("external.bin").contains("there is no such file"))
        try bytes.prefix(20).write(to: temporary.appendingPathComponent("model/external.bin"))
        #expect(try failure("external.bin").contains("which has 20 bytes"))
    }
}
