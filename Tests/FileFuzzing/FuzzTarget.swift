import Foundation
import Networks
import Tensors
import WeightFiles

/// A reader that is given damaged files: it may open them or throw its own error, and nothing else.
public enum FuzzTarget: String, CaseIterable, Sendable {
    case safetensors, pyTorch, pyTorchLegacy, numPy, onnx, graphDef, format
    /// A model of a file that describes its graph.
    case model

    /// Whether a file of the corpus is of this reader's format.
    func takes(_ file: String) -> Bool {
        switch self {
        case .safetensors: file.hasSuffix(".safetensors")
        case .pyTorch: file.hasSuffix(".pth") && !file.hasSuffix("-legacy.pth")
        case .pyTorchLegacy: file.hasSuffix("-legacy.pth")
        case .numPy: file.hasSuffix(".npz")
        case .onnx: file.hasSuffix(".onnx")
        case .graphDef: file.hasSuffix(".pb")
        case .model: file.hasSuffix("-model.safetensors")
        case .format: true
        }
    }

    /// Words of the format.
    var words: [[UInt8]] {
        switch self {
        case .safetensors:
            [
                "9223372036854775807", "18446744073709551616", "-1", "[]", "{}", "\"", "\\u", "\\ud83d\\ude00", "[0,0]", "null", "1e9",
                ",", ":", "\"shape\":[", "\"dtype\":\"F16\"", "\"dtype\":\"BOOL\"", "0", "[4294967296,4294967296]",
                "\"__metadata__\":{", "\"layout\":\"hwio\"",
            ].map { Array($0.utf8) }
        case .pyTorch, .pyTorchLegacy:
            [
                "(", ")", "t", "R", "Q", "}", "]", "u", "e", "b", ".", "N", "q\u{0}", "h\u{0}", "h\u{1}", "r\0\0\0\0", "K\u{2}",
                "ctorch\nHalfStorage\n", "ctorch._utils\n_rebuild_tensor_v2\n", "ctorch._utils\n_rebuild_parameter\n",
                "ccollections\nOrderedDict\n", "cposix\nsystem\n", "X\u{7}\0\0\0storage", "X\u{A}\0\0\0state_dict", "U\u{1}0",
            ].map { Array($0.utf8) } + [[0x85], [0x86], [0x87], [0x88], [0x89], [0x94], [0x93], [0x81], [0x8A, 8], [0x8C, 1], [0x80, 4]]
        case .numPy:
            [
                "'<f2'", "'>f8'", "'|b1'", "'O'", "(", ")", ",", "True", "9223372036854775807", "(0, 4611686018427387904)", "PK\u{1}\u{2}",
                "PK\u{5}\u{6}",
            ].map { Array($0.utf8) }
        case .onnx, .graphDef:
            // Fields of a message, and texts that readers look for.
            [
                "Conv", "Const", "Placeholder", "Relu", "value", "dtype", "location", "offset", "../secret", "/etc/passwd", "external.bin",
                "^control", "x:1", "pkg.torch.onnx.name_scopes", "['', 'a', 'b']",
            ].map { Array($0.utf8) } + [
                [0x0A, 0], [0x12, 0], [0x2A, 0], [0x3A, 0], [0x70, 1], [0x08, 0x13], [0x10, 0x0A], [0x22, 4, 0, 0, 0x80, 0x3F], [0x13], [0x0D],
                [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1], [0x80, 0x80, 0x80, 0x80, 0x10],
            ]
        case .model:
            [
                "\"kind\":\"", "\"settings\":{", "\"tensors\":{", "\"inputs\":[\"input\"]", "\"relu\"", "\"concatenation\"", "\"sum\"", "\"resize\"",
                "\"flatten\"", "\"softmax\"", "\"globalAverage\"", "\"same\"", "\"valid\"", "9223372036854775807", "-1", "1e308", "1.5", "null", "true",
                "[8192,8192]", "[0,0,0,0]", "[]", "{}", ",", "\"stride\":8192", "\"groups\":2", "\"inputSize\":8192", "\"aliases\":{",
            ].map { Array($0.utf8) }
        case .format: ["PK\u{3}\u{4}", "{", "<html", "data.pkl"].map { Array($0.utf8) } + [[0x0A, 2, 0x0A, 0], [0x80, 2]]
        }
    }

    /// Why a reader did something else than opening or refusing.
    struct Failure: Error, CustomStringConvertible { let description: String }

    /// Opens a file and reads every tensor. True when all could be read.
    /// - Throws: ``Failure`` when a tensor is larger than the file justifies or differs from what was announced, and every error that is
    ///   not the reader's own.
    public func read(_ bytes: [UInt8]) throws -> Bool {
        let file = FileBytes(Data(bytes), name: "fuzz")
        do {
            let weights: any WeightFile
            switch self {
            case .safetensors: weights = try SafetensorsFile(file)
            case .pyTorch, .pyTorchLegacy: weights = try PyTorchFile(file)
            case .numPy: weights = try NumPyWeights(file)
            case .onnx: weights = try ONNXFile(file)
            case .graphDef: weights = try TensorFlowGraphFile(file)
            case .model:
                let model = try Model(file: SafetensorsFile(file))
                // Every node takes bytes to describe.
                guard model.graph.nodes.count <= bytes.count else { throw Failure(description: "the graph has \(model.graph.nodes.count) nodes") }
                return true
            case .format:
                _ = try WeightFileFormat(file)
                return true
            }
            for name in weights.tensorNames {
                let tensor = try weights.tensor(name)
                guard tensor.shape == weights.shape(of: name) else { throw Failure(description: "'\(name)' has a shape not announced") }
                // TensorFlow's constants may repeat their last number, within a bound.
                let largest = bytes.count * (self == .numPy ? 1032 : 1) + (self == .graphDef ? 1 << 22 : 1 << 20)
                guard tensor.count <= largest else { throw Failure(description: "'\(name)' has \(tensor.count) numbers") }
                _ = tensor.allFinite
            }
            return true
        } catch is SafetensorsError where self == .safetensors {
        } catch is PyTorchFileError where self == .pyTorch || self == .pyTorchLegacy {
        } catch is NumPyFileError where self == .numPy {
        } catch is NetworkFileError where self == .onnx || self == .graphDef {
        } catch is WeightFileFormatError where self == .format {
        } catch let error where self == .model && (error is WeightFileError || error is SafetensorsError) {}
        return false
    }
}
