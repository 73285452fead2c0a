/// Why a file is not a weight file of a format that Hooke reads.
public enum WeightFileFormatError: Error, CustomStringConvertible, Equatable, Sendable {
    case unreadable(file: String, reason: String)
    /// A file of another kind that is known.
    case other(file: String, OtherFile)
    case unknown(file: String, beginning: String)

    public var description: String {
        switch self {
        case .unreadable(let file, let reason): "\(file) cannot be read: \(reason)"
        case .other(let file, let kind): "\(file) is no weight file: it is \(kind)"
        case .unknown(let file, let beginning):
            "\(file) is of no known format (it begins with \(beginning)); Hooke reads safetensors, PyTorch, NumPy's .npz, ONNX and frozen"
                + " graphs of TensorFlow"
        }
    }
}

/// What is mistaken for a weight file, and what to do about it.
public enum OtherFile: Equatable, Sendable, CustomStringConvertible {
    case empty, html, json, gitLargeFile, hdf5, keras, tensorFlowCheckpoint, savedModel, tensorFlowLite, pickle, numPyArray, compressed, tar
    case llamaModel
    /// A ZIP archive with these entries.
    case archive([String])

    /// Recognizes a file by its first bytes, or its last.
    init?(_ bytes: UnsafeRawBufferPointer) {
        func starts(_ text: String, at position: Int = 0) -> Bool { bytes.dropFirst(position).starts(with: text.utf8) }
        let text = String(decoding: bytes.prefix(512).drop { [0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }, as: UTF8.self)
        if text.lowercased().hasPrefix("<!doctype") || text.lowercased().hasPrefix("<html") || text.hasPrefix("<?xml") {
            self = .html
        } else if starts("version https://git-lfs.github.com/spec/") {
            self = .gitLargeFile
        } else if bytes.starts(with: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .hdf5
        } else if bytes.starts(with: [0x93] + Array("NUMPY".utf8)) {
            self = .numPyArray
        } else if starts("model_checkpoint_path:") || bytes.suffix(8).elementsEqual([0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB]) {
            // The list of checkpoints beside them; or the table (of LevelDB's form) that ends in this number.
            self = .tensorFlowCheckpoint
        } else if starts("TFL3", at: 4) {
            self = .tensorFlowLite
        } else if starts("GGUF") {
            self = .llamaModel
        } else if bytes.starts(with: [0x1F, 0x8B]) || bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) || starts("BZh") || starts("7z") {
            self = .compressed
        } else if starts("ustar", at: 257) {
            self = .tar
        } else if text.hasPrefix("{\"") || text.hasPrefix("{\n") || text.hasPrefix("[{") {
            self = .json
        } else {
            return nil
        }
    }

    public var description: String {
        switch self {
        case .empty: "empty; download it again"
        case .html: "a web page, saved instead of the file that it links to; download the file itself"
        case .json: "JSON text, such as a list of the parts of a model or an answer of a server; open one of the parts"
        case .gitLargeFile: "a pointer to a large file in Git (LFS), not the file; fetch it with git lfs pull"
        case .hdf5: "an HDF5 file, as Keras writes them; write its arrays with numpy.savez, or export the model to ONNX"
        case .keras: "a model of Keras, with its weights in HDF5; write its arrays with numpy.savez, or export the model to ONNX"
        case .tensorFlowCheckpoint: "a part of a TensorFlow checkpoint; freeze the graph, or write its variables with numpy.savez"
        case .savedModel: "a SavedModel of TensorFlow; freeze its graph, or export it to ONNX"
        case .tensorFlowLite: "a model of TensorFlow Lite; convert it to ONNX"
        case .pickle: "a Python pickle that torch.save did not write; write its arrays with numpy.savez"
        case .numPyArray: "one NumPy array; open it with Tensor(npy:), or write several with numpy.savez"
        case .compressed: "compressed; unpack it first"
        case .tar: "a tar archive; unpack it first (if an early PyTorch wrote it, save it anew in Python)"
        case .llamaModel: "a language model in the GGUF format"
        case .archive(let names): "a ZIP archive of neither PyTorch nor NumPy, with the entries \(names)"
        }
    }
}
