import Foundation
import Networks
import Tensors
import Testing
import WeightFiles

/// The description of a graph in a file is read as strictly as the rest of the file.
@Suite struct GraphDescriptionTests {
    static func node(_ name: String, _ kind: String, _ inputs: String, settings: String = "{}", tensors: String = "{}") -> String {
        #"{"name":"\#(name)","kind":"\#(kind)","inputs":[\#(inputs)],"settings":\#(settings),"tensors":\#(tensors)}"#
    }

    static let input = node(
        "input", "input", "", settings: #"{"channels":3,"scales":[1],"shifts":[0],"order":"rgb"}"#)
    static let convolutionSettings = #"{"stride":2,"padding":"same","dilation":1,"groups":1}"#
    static let kernel = #"{"weight":[3,3,3,4],"bias":[4]}"#
    static let convolution = node("conv", "convolution", #""input""#, settings: convolutionSettings, tensors: kernel)
    static let relu = node("relu", "relu", #""conv""#)

    static func description(_ nodes: [String], more: String = "", version: Int = 1, size: String = "8") -> String {
        #"{"version":\#(version),"inputSize":\#(size),"layers":[{"name":"relu"}],"nodes":[\#(nodes.joined(separator: ","))]\#(more)}"#
    }

    static let tensors = ["conv.weight": Tensor(repeating: 0.5, shape: [3, 3, 3, 4]), "conv.bias": Tensor(zeros: [4])]

    static func failure(_ description: String, tensors: [String: Tensor] = tensors) throws -> String {
        let data = try SafetensorsFile.encode(tensors, metadata: ["graph": description, "name": "n"], layout: .outputsLast)
        do {
            _ = try Model(file: SafetensorsFile(data: data, name: "f"))
            return "no error"
        } catch let error as WeightFileError { return "\(error)" }
    }

    @Test func `a sound description is read`() throws {
        #expect(try Self.failure(Self.description([Self.input, Self.convolution, Self.relu])) == "no error")
    }

    @Test func `what is not JSON, unknown or of another version is said`() throws {
        let sound = [Self.input, Self.convolution, Self.relu]
        #expect(try Self.failure("{").contains("the description of its graph cannot be read"))
        #expect(try Self.failure("[]").contains("cannot be read"))
        #expect(try Self.failure(String(repeating: "[", count: 100_000)).contains("cannot be read"))
        #expect(try Self.failure(Self.description(sound, version: 2)).contains("version 2, and this Hooke reads version 1"))
        #expect(try Self.failure(Self.description(sound, more: #","extra":1"#)).contains("a key 'extra', which is unknown"))
        #expect(try Self.failure(Self.description(sound, size: "1e99")).contains("cannot be read"))
        #expect(try Self.failure(#"{"version":1,"nodes":[],"layers":[]}"#).contains("there is no 'inputSize'"))
        #expect(try Self.failure(String(repeating: " ", count: 9 << 20)).contains("at most 8388608 are read"))
        let many = [Self.input] + (0..<20_001).map { Self.node("r\($0)", "relu", $0 == 0 ? #""input""# : "\"r\($0 - 1)\"") }
        #expect(try Self.failure(Self.description(many)).contains("20002 nodes; at most 20000 are read"))
    }

    @Test func `a graph that cannot be is refused with the node's name`() throws {
        func failure(_ nodes: String..., more: String = "") throws -> String { try Self.failure(Self.description([Self.input] + nodes, more: more)) }
        #expect(try failure(Self.node("conv", "spell", #""input""#)).contains("the node 'conv' is of the kind 'spell'"))
        #expect(try failure(Self.node("a", "relu", #""b""#), Self.node("b", "relu", #""a""#)).contains("the node 'a' reads 'b', which does not come before it"))
        #expect(try failure(Self.node("a", "relu", #""a""#)).contains("'a' reads 'a'"))
        #expect(try failure(Self.convolution, Self.relu, Self.relu).contains("two nodes of the graph are called 'relu'"))
        #expect(try failure(Self.convolution, Self.node("relu", "relu", #""conv","conv""#)).contains("has 2 inputs"))
        #expect(try failure(Self.convolution, Self.relu, Self.node("s", "sum", #""relu","input""#)).contains("cannot be added"))
        #expect(try failure(Self.convolution).contains("no node 'relu', which its description names"))
        #expect(try failure(Self.convolution, Self.relu, more: #","logits":"fc""#).contains("no node 'fc'"))
        #expect(try failure(Self.convolution, Self.relu, more: #","aliases":{"conv":"relu"}"#).contains("'conv' stands for 'relu'"))
        #expect(try failure(Self.convolution, Self.relu, more: #","aliases":{"x":"none"}"#).contains("'x' stands for 'none'"))
        #expect(try Self.failure(Self.description([Self.convolution])).contains("reads 'input'"))
        #expect(try Self.failure(Self.description([Self.input, Self.convolution, Self.relu], size: "0")).contains("0x0"))
    }

    @Test func `settings out of range, missing or strange are refused before a layer sees them`() throws {
        func failure(_ settings: String) throws -> String {
            let node = Self.node("conv", "convolution", #""input""#, settings: settings, tensors: Self.kernel)
            return try Self.failure(Self.description([Self.input, node, Self.relu]))
        }
        #expect(try failure(Self.convolutionSettings) == "no error")
        for (old, new) in [
            ("\"stride\":2", "\"stride\":0"), ("\"stride\":2", "\"stride\":9223372036854775807"), ("\"stride\":2", "\"stride\":\"2\""),
            ("\"stride\":2", "\"stride\":1.5"), ("\"stride\":2,", ""), ("\"same\"", "\"some\""), ("\"same\"", "[1,1,1]"), ("\"same\"", "[0,0,0,-1]"),
            ("\"groups\":1", "\"groups\":-1"), ("\"groups\":1", "\"groups\":1,\"more\":true"),
        ] {
            let text = try failure(Self.convolutionSettings.replacingOccurrences(of: old, with: new))
            #expect(text.contains("the node 'conv' has") || text.contains("the node 'conv' lacks"), "\(new): \(text)")
        }
        // Groups that do not divide the outputs are the layer's own error.
        #expect(try failure(Self.convolutionSettings.replacingOccurrences(of: "\"groups\":1", with: "\"groups\":3")).contains("cannot be"))
        let resize = Self.node("up", "resize", #""relu""#, settings: #"{"factor":8192,"method":"nearest"}"#)
        #expect(try Self.failure(Self.description([Self.input, Self.convolution, Self.relu, resize])).contains("which are too large"))
    }

    @Test func `activations that grow without end are refused`() throws {
        var nodes = [Self.input, Self.convolution, Self.relu], last = "relu"
        for index in 0..<60 {
            nodes.append(Self.node("c\(index)", "concatenation", "\"\(last)\",\"\(last)\""))
            last = "c\(index)"
        }
        #expect(try Self.failure(Self.description(nodes)).contains("which are too large"))
    }

    @Test func `tensors must be those that are described`() throws {
        let nodes = [Self.input, Self.convolution, Self.relu]
        func failure(_ change: (inout [String: Tensor]) -> Void) throws -> String {
            var tensors = Self.tensors
            change(&tensors)
            return try Self.failure(Self.description(nodes), tensors: tensors)
        }
        #expect(try failure { $0["conv.bias"] = nil } == "f lacks the tensor 'conv.bias' of shape [4]")
        #expect(try failure { $0["conv.bias"] = Tensor(zeros: [5]) }.contains("has the shape [5], expected [4]"))
        #expect(try failure { $0["conv.weight"] = Tensor(repeating: .infinity, shape: [3, 3, 3, 4]) }.contains("not finite"))
        #expect(try failure { $0["stray"] = Tensor(zeros: [1]) }.contains("stray"))
        for shape in ["[]", "[3,3,3]", "[3,3,3,0]", "[-3,3,3,4]", "[9223372036854775807,2,2,2]"] {
            let node = Self.node("conv", "convolution", #""input""#, settings: Self.convolutionSettings, tensors: #"{"weight":\#(shape),"bias":[4]}"#)
            #expect(try Self.failure(Self.description([Self.input, node, Self.relu])) != "no error", "\(shape)")
        }
        let more = Self.node("relu", "relu", #""conv""#, tensors: #"{"weight":[4]}"#)
        #expect(try Self.failure(Self.description([Self.input, Self.convolution, more])).contains("has the tensor 'weight'"))
    }
}
