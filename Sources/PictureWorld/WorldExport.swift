import Foundation
import Tensors

/// Writes a split as NumPy arrays, for training in other frameworks.
///
///     try WorldExport(World.train, count: 1000).write(to: URL(fileURLWithPath: "world"))
///     // world/images.npy  uint8 [1000, 64, 64, 3],  world/labels.npy  int64 [1000],  world/classes.json
public struct WorldExport: Sendable {
    private let split: WorldSplit
    private let count: Int
    private let size: Int

    /// An export of the first `count` pictures of a split (all of them by default).
    /// - Throws: `WorldExportError.tooMany` when the split has fewer.
    public init(_ split: WorldSplit, count: Int? = nil, size: Int = WorldSplit.defaultSize) throws {
        let count = count ?? split.count
        guard count > 0, count <= split.count else {
            throw WorldExportError.tooMany(asked: count, split: split.name, available: split.count)
        }
        guard size > 0, size <= 4096 else { throw WorldExportError.size(size) }
        self.split = split
        self.count = count
        self.size = size
    }

    /// Writes `images.npy` (uint8), `labels.npy` (int64) and `classes.json` (names in label order) into a folder, which is created. Pictures stream to the file in chunks,
    /// so memory does not grow with their number.
    /// - Parameter progress: called with the number of pictures written so far.
    public func write(to folder: URL, progress: (Int) -> Void = { _ in }) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let images = try Self.create(folder.appendingPathComponent("images.npy"))
        defer { try? images.close() }
        try images.write(contentsOf: Self.header("|u1", [count, size, size, 3]))
        for start in stride(from: 0, to: count, by: 250) {
            let end = min(start + 250, count)
            let batch = split.batch(start..<end, size: size).images
            let bytes = batch.withUnsafeScalars { scalars in
                Data(scalars.map { UInt8(($0 * 255).rounded()) })
            }
            try images.write(contentsOf: bytes)
            progress(end)
        }
        let labels = try Self.create(folder.appendingPathComponent("labels.npy"))
        defer { try? labels.close() }
        try labels.write(contentsOf: Self.header("<i8", [count]))
        var bytes = Data(capacity: count * 8)
        for index in 0..<count { withUnsafeBytes(of: Int64(split.label(index)).littleEndian) { bytes.append(contentsOf: $0) } }
        try labels.write(contentsOf: bytes)
        try JSONEncoder().encode(split.classes).write(to: folder.appendingPathComponent("classes.json"))
    }

    /// The header of NumPy's format 1.0: magic, version, then a Python dictionary padded so that the data starts at a multiple of 64.
    private static func header(_ type: String, _ shape: [Int]) -> Data {
        let tuple = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        let text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(tuple)), }"
        let padded = text + String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
        var data = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0])
        data.append(contentsOf: [UInt8(padded.utf8.count & 255), UInt8(padded.utf8.count >> 8)])
        return data + Data(padded.utf8)
    }

    private static func create(_ file: URL) throws -> FileHandle {
        guard FileManager.default.createFile(atPath: file.path, contents: nil) else { throw WorldExportError.unwritable(file.path) }
        return try FileHandle(forWritingTo: file)
    }
}

/// Why an export cannot be made.
public enum WorldExportError: Error, Equatable, CustomStringConvertible {
    /// The split does not have that many pictures.
    case tooMany(asked: Int, split: String, available: Int)
    /// The size of the pictures is out of range.
    case size(Int)
    /// The file cannot be created.
    case unwritable(String)

    public var description: String {
        switch self {
        case .tooMany(let asked, let split, let available):
            "cannot export \(asked) pictures of the \(split) split: it has \(available); ask for a count in 1...\(available)"
        case .size(let size): "cannot draw pictures of \(size) by \(size) pixels; ask for a size in 1...4096"
        case .unwritable(let path): "cannot create \(path); choose a folder that can be written to"
        }
    }
}
