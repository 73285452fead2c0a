import Foundation
import Tensors
import Testing
import WeightFiles

@Suite struct WeightFileFormatTests {
    static func failure(_ data: Data) -> String {
        WeightReference.failure { _ = try WeightFileFormat(FileBytes(data, name: "f")) }
    }

    @Test func `formats are recognized by their contents`() throws {
        let formats: [WeightFileFormat: [String]] = [
            .safetensors: ["types.safetensors", "plain.safetensors"], .numPy: ["stored.npz", "packed.npz"],
            .pyTorch: ["state.pth", "checkpoint.pth", "zip64.pth", "hostile.pth", "script.pth"],
            .pyTorchLegacy: ["state-legacy.pth", "hostile-legacy.pth"],
        ]
        for (format, names) in formats {
            for name in names { #expect(try WeightFileFormat(path: WeightReference.folder + name) == format, "\(name)") }
        }
    }

    @Test func `a file of any format is opened by its path alone`() throws {
        for name in ["plain.safetensors", "tensor.pth", "state-legacy.pth", "stored.npz"] {
            let file = try WeightFileFormat.open(WeightReference.folder + name)
            #expect(!file.tensorNames.isEmpty && file.name.hasSuffix(name) && file.layout == .outputsFirst)
            for tensor in file.tensorNames { #expect(try file.tensor(tensor).shape == file.shape(of: tensor)) }
        }
    }

    @Test func `what is no weight file is called what it is`() throws {
        for (text, expected) in [
            ("", "empty"), ("\n <!DOCTYPE html><html>", "a web page"), ("<html><body>404", "a web page"), ("\u{FEFF}<html>", "a web page"),
            ("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12", "git lfs pull"), ("{\"error\": \"gated\"}", "JSON"),
            ("model_checkpoint_path: \"model.ckpt\"", "a TensorFlow checkpoint"), ("\u{1C}\0\0\0TFL3", "TensorFlow Lite"),
            ("GGUF\u{3}", "GGUF"),
            ("plain text", "no known format (it begins with 70 6c 61 69"),
        ] { #expect(Self.failure(Data(text.utf8)).contains(expected), "\(text): \(Self.failure(Data(text.utf8)))") }
        for (bytes, expected) in [
            ([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 0], "an HDF5 file"), ([0x1F, 0x8B, 8], "compressed"),
            ([0, 0, 0, 0, 0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB], "a TensorFlow checkpoint"),
            ([0x50, 0x4B, 3, 4], "ZIP archive that is damaged"),
            // A SavedModel: version 1, and a message that begins with a message.
            ([0x08, 1, 0x12, 4, 0x0A, 2, 0x0A, 0], "a SavedModel"),
        ] as [([UInt8], String)] { #expect(Self.failure(Data(bytes)).contains(expected), "\(bytes): \(Self.failure(Data(bytes)))") }
        #expect(Self.failure(try WeightReference.bytes("array.npy")).contains("Tensor(npy:)"))
        #expect(Self.failure(try WeightReference.bytes("plain.pickle")).contains("torch.save did not write"))
        #expect(WeightReference.failure { _ = try WeightFileFormat.open("/no/such/file") }.contains("there is no such file"))
    }

    @Test func `the messages of ONNX and of TensorFlow's graphs are told apart`() throws {
        func format(_ bytes: [UInt8]) throws -> WeightFileFormat { try WeightFileFormat(FileBytes(Data(bytes), name: "f")) }
        // ir_version 8, producer_name "pytorch".
        #expect(try format([0x08, 8, 0x12, 7] + Array("pytorch".utf8)) == .onnx)
        // ir_version 8, graph.
        #expect(try format([0x08, 8, 0x3A, 2, 0x0A, 0]) == .onnx)
        // A node with the name "input" and the operation "Placeholder".
        #expect(try format([0x0A, 20, 0x0A, 5] + Array("input".utf8) + [0x12, 11] + Array("Placeholder".utf8)) == .graphDef)
    }
}
