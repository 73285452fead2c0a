import Foundation
import Tensors

/// The formats of weight files, told apart by their contents: names of files say little (`.pth`, `.pt` and `.bin` are three names for two
/// formats, and `.pb` is one for two).
///
///     let file = try WeightFileFormat.open("googlenet-1378be20.pth")
///     file.tensorNames                              // ["aux1.conv.bn.bias", …]
///     try WeightFileFormat(path: "alexnet.onnx")    // .onnx
public enum WeightFileFormat: String, CaseIterable, Sendable {
    case safetensors
    /// The ZIP archives of PyTorch 1.6 and later.
    case pyTorch
    /// The pickles of PyTorch before 1.6.
    case pyTorchLegacy
    /// `.npz` archives of NumPy.
    case numPy
    case onnx
    /// A frozen graph of TensorFlow 1.
    case graphDef

    /// Recognizes a file.
    /// - Throws: ``WeightFileFormatError`` when it is none of these; it names what the file seems to be instead.
    public init(path: String) throws(WeightFileFormatError) {
        let file: FileBytes
        do { file = try FileBytes(mapping: path) } catch { throw .unreadable(file: path, reason: error.reason) }
        try self.init(file)
    }

    /// Recognizes the bytes of a file.
    /// - Throws: ``WeightFileFormatError``.
    public init(_ file: FileBytes) throws(WeightFileFormatError) {
        guard file.count > 0 else { throw .other(file: file.name, .empty) }
        self = try file.withUnsafeBytes { bytes throws(WeightFileFormatError) in
            if let other = OtherFile(bytes) { throw .other(file: file.name, other) }
            if bytes.starts(with: [0x50, 0x4B]) { return try Self.archive(file) }
            if bytes.count >= 9, bytes[8] == UInt8(ascii: "{"), bytes[4..<8].allSatisfy({ $0 == 0 }) { return .safetensors }
            if bytes[0] == 0x80, bytes.count > 1, (2...5).contains(bytes[1]) {
                // A frame of protocol 4 and later may stand before the number that marks PyTorch's files.
                let isTorch = bytes.prefix(32).indices.contains { bytes[$0..<min($0 + 10, bytes.count)].elementsEqual(TorchContents.magic) }
                guard isTorch else { throw .other(file: file.name, .pickle) }
                return .pyTorchLegacy
            }
            if let format = ProtobufKind(bytes) {
                switch format {
                case .onnx: return .onnx
                case .graphDef: return .graphDef
                case .savedModel: throw .other(file: file.name, .savedModel)
                }
            }
            throw .unknown(file: file.name, beginning: bytes.prefix(8).map { String(format: "%02x", $0) }.joined(separator: " "))
        }
    }

    /// What an archive holds: PyTorch's pickle, NumPy's arrays, or something else.
    private static func archive(_ file: FileBytes) throws(WeightFileFormatError) -> WeightFileFormat {
        let names: [String]
        do { names = try ZipArchive(file).entries.map(\.name) } catch {
            throw .unreadable(file: file.name, reason: "it is a ZIP archive that is damaged: \(error.reason)")
        }
        if names.contains(where: { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }) { return .pyTorch }
        if names.contains(where: { $0.hasSuffix(".npy") }) { return .numPy }
        if names.contains("model.weights.h5") { throw .other(file: file.name, .keras) }
        throw .other(file: file.name, .archive(Array(names.sorted().prefix(3))))
    }

    /// Opens a weight file of any format.
    /// - Throws: ``WeightFileFormatError`` when it is none; the error of its format when something in it is wrong.
    public static func open(_ path: String) throws -> any WeightFile {
        switch try WeightFileFormat(path: path) {
        case .safetensors: try SafetensorsFile(path: path)
        case .pyTorch, .pyTorchLegacy: try PyTorchFile(path: path)
        case .numPy: try NumPyWeights(path: path)
        case .onnx: try ONNXFile(path: path)
        case .graphDef: try TensorFlowGraphFile(path: path)
        }
    }
}
