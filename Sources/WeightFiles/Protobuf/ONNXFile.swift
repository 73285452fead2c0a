import Foundation
import Tensors

/// An ONNX model: operations, and initializers and constants as tensors. The file is mapped; its tensors stay in it until they are asked for.
/// Everything else is checked when the file is opened.
///
///     let file = try ONNXFile(path: "alexnet.onnx")
///     file.opset                                  // 17
///     file.operations.map(\.type)                // ["Conv", "Relu", "MaxPool", ...]
///     try file.tensor("features.0.weight").shape  // [64, 3, 11, 11]: out, in, height, width
///
/// Numbers in files beside the model (`external_data`) are read when they lie in the model's own folder. Memory is bounded by the size of
/// the file plus 64 MB; by that of a tensor (four bytes an element, at most four times its bytes in the file) when it is asked for.
public struct ONNXFile: NetworkFile {
    /// What the file is called in errors.
    public var name: String { tensors.file.name }
    public let operations: [FileOperation]
    /// What is fed to the network; initializers that are listed among the inputs, as older files do, are left out.
    public let inputs: [FileInput]
    public let outputs: [String]
    /// The version of ONNX's operators that the file uses.
    public let opset: Int
    /// The file's own properties, and `producer_name`.
    public let metadata: [String: String]
    private let tensors: StoredTensors

    /// Opens a file; its bytes are mapped, not read.
    /// - Throws: ``NetworkFileError``.
    public init(path: String) throws {
        let file: FileBytes
        do { file = try FileBytes(mapping: path) } catch { throw NetworkFileError.unreadable(file: path, reason: error.reason) }
        try self.init(file, folder: URL(fileURLWithPath: path).deletingLastPathComponent())
    }

    /// Reads a file in memory, which cannot have numbers in other files.
    /// - Throws: ``NetworkFileError``.
    public init(data: Data, name: String) throws { try self.init(FileBytes(data, name: name)) }

    /// Reads the bytes of a file, which cannot have numbers in other files.
    /// - Throws: ``NetworkFileError``.
    public init(_ file: FileBytes) throws { try self.init(file, folder: nil) }

    private init(_ file: FileBytes, folder: URL?) throws {
        let reader = try file.withUnsafeBytes { bytes in
            var reader = ONNXReader(bytes, file.name, ExternalNumbers(folder: folder))
            try reader.read()
            return reader
        }
        (operations, inputs, outputs) = (reader.operations, reader.inputs, reader.outputs)
        (opset, metadata) = (reader.opset, reader.metadata)
        tensors = StoredTensors(file: file, externals: reader.externals.files, entries: reader.tensors)
    }

    /// The names of all initializers and constants that hold numbers, sorted.
    public var tensorNames: [String] { tensors.names }
    public func shape(of tensor: String) -> [Int]? { tensors.entries[tensor]?.shape }
    public func tensor(_ tensor: String) throws -> Tensor { try tensors.tensor(tensor) }
    public func integers(_ tensor: String) throws -> [Int] { try tensors.integers(tensor) }
    public func holdsIntegers(_ tensor: String) -> Bool { tensors.entries[tensor]?.number.isInteger ?? false }
}
