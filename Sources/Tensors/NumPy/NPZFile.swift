import Foundation

/// NumPy's `.npz` files: named arrays in a ZIP archive, as `numpy.savez` and `numpy.savez_compressed` write them.
///
///     let file = try NPZFile(path: "activations.npz")
///     file.names                                   // ["labels", "mixed3b"]
///     let mixed3b = try file.tensor("mixed3b")
///     try NPZFile.write(["doubled": mixed3b * 2], to: "doubled.npz")
public struct NPZFile: Sendable {
    /// The names of the arrays, sorted.
    public let names: [String]
    private let archive: ZipArchive
    private let entries: [String: ZipArchive.Entry]
    private let file: String

    /// Opens a file; arrays are unpacked when they are asked for.
    /// - Throws: ``NumPyFileError``.
    public init(path: String) throws(NumPyFileError) { try self.init(data: NumPyFiles.read(path), file: path) }

    /// Opens the bytes of a file.
    /// - Parameters:
    ///   - data: the whole file.
    ///   - file: what errors call it.
    /// - Throws: ``NumPyFileError``.
    public init(data: Data, file: String = "the data") throws(NumPyFileError) { try self.init(FileBytes(data, name: file)) }

    /// Opens a file whose bytes may be mapped.
    package init(_ file: FileBytes) throws(NumPyFileError) {
        do { archive = try ZipArchive(file) } catch { throw .format(file: file.name, reason: error.reason) }
        var entries: [String: ZipArchive.Entry] = [:]
        for entry in archive.entries where entry.name.hasSuffix(".npy") { entries[String(entry.name.dropLast(4))] = entry }
        (self.entries, self.file, names) = (entries, file.name, entries.keys.sorted())
    }

    /// One of the arrays.
    /// - Throws: ``NumPyFileError``; ``NumPyFileError/noArray(named:file:available:)`` when there is none of that name.
    public func tensor(_ name: String) throws(NumPyFileError) -> Tensor {
        guard let entry = entries[name] else { throw .noArray(named: name, file: file, available: names) }
        return try reading(name) { try archive.withContents(of: entry) { try Tensor(npyBytes: $0, file: "\(file): \(name)") } }
    }

    /// The shape of one of the arrays, how many bytes it has and how many they take in the file; only its header is read.
    /// - Throws: as ``tensor(_:)``.
    package func summary(of name: String) throws(NumPyFileError) -> (shape: [Int], bytes: Int, stored: Int) {
        guard let entry = entries[name] else { throw .noArray(named: name, file: file, available: names) }
        return try reading(name) {
            let header = try archive.beginning(of: entry, count: NumPyHeader.largest).withUnsafeBytes {
                try Tensor.npyHeader($0, available: entry.size, file: "\(file): \(name)")
            }
            return (header.shape, entry.size, entry.compressedSize)
        }
    }

    private func reading<R>(_ name: String, _ body: () throws -> R) throws(NumPyFileError) -> R {
        do { return try body() } catch let error as NumPyFileError { throw error } catch {
            throw .format(file: file, reason: (error as? ZipArchive.Flaw)?.reason ?? "\(error)")
        }
    }

    /// The bytes of a file with the given tensors, not compressed.
    /// - Throws: ``NumPyFileError/unwritable(file:reason:)`` from 4 GB on.
    public static func data(_ tensors: [String: Tensor], file: String = "the data") throws(NumPyFileError) -> Data {
        let files = tensors.sorted { $0.key < $1.key }.map { (name: $0.key + ".npy", contents: $0.value.npyData()) }
        guard let archive = ZipArchive.archive(files) else {
            throw .unwritable(file: file, reason: "\(tensors.count) tensors of together 4 GB and more; write one .npy file for each")
        }
        return archive
    }

    /// Writes a file with the given tensors: whole or not at all.
    /// - Throws: ``NumPyFileError/unwritable(file:reason:)``.
    public static func write(_ tensors: [String: Tensor], to path: String) throws(NumPyFileError) {
        try NumPyFiles.write(data(tensors, file: path), to: path)
    }
}
