import Foundation
import Tensors

/// NumPy's `.npz` files as weights: an archive of named arrays, stored or compressed.
///
///     let file = try NumPyWeights(path: "weights.npz")
///     file.shape(of: "block1/conv1/kernel")
///
/// Memory: a compressed array is unpacked whole when it is asked for. One that announces more than ``expansionLimit`` times what it takes
/// in the file, and more than 64 MB, is refused: weights hardly shrink.
public struct NumPyWeights: WeightFile {
    /// How many times larger than in the file an array may be.
    public static let expansionLimit = 20

    private let file: FileBytes
    private let arrays: NPZFile
    private let shapes: [String: [Int]]

    /// Opens a file and reads the headers of its arrays.
    /// - Throws: ``NumPyFileError``.
    public init(path: String) throws(NumPyFileError) {
        let file: FileBytes
        do { file = try FileBytes(mapping: path) } catch { throw .unreadable(file: path, reason: error.reason) }
        try self.init(file)
    }

    /// Reads the bytes of a file.
    /// - Throws: ``NumPyFileError``.
    public init(data: Data, name: String) throws(NumPyFileError) { try self.init(FileBytes(data, name: name)) }

    /// Reads the bytes of a file.
    /// - Throws: ``NumPyFileError``.
    public init(_ file: FileBytes) throws(NumPyFileError) {
        self.file = file
        arrays = try NPZFile(file)
        var shapes: [String: [Int]] = [:]
        for name in arrays.names {
            let summary = try arrays.summary(of: name)
            guard summary.bytes <= 64 << 20 || summary.bytes / Self.expansionLimit <= summary.stored else {
                throw .unsupported(
                    file: file.name, reason: "'\(name.prefix(60))' would unpack \(summary.stored) bytes to \(summary.bytes); weights do not"
                        + " shrink like that. Write it with numpy.savez")
            }
            shapes[name] = summary.shape
        }
        self.shapes = shapes
    }

    /// What the file is called in errors.
    public var name: String { file.name }

    /// The names of all arrays, sorted.
    public var tensorNames: [String] { arrays.names }

    /// The shape of an array; nil if there is no such array.
    public func shape(of tensor: String) -> [Int]? { shapes[tensor] }

    /// An array, converted to 32-bit floats; its checksum is compared.
    /// - Throws: ``NumPyFileError``.
    public func tensor(_ tensor: String) throws -> Tensor {
        guard !file.hasChanged else {
            throw NumPyFileError.unreadable(file: name, reason: "somebody has written into it since it was opened; open it again")
        }
        return try arrays.tensor(tensor)
    }
}
