import Foundation
import Tensors

/// A safetensors file: named tensors and metadata. Everything is checked before anything is used: the length of the header, its
/// JSON, types, shapes, and that the tensors fill the buffer without holes or overlaps.
///
///     let file = try SafetensorsFile(path: "model.safetensors")
///     file.metadata["architecture"]              // "mini-inception"
///     try file.tensor("conv2d0_pre_relu_conv.weight").shape      // [24, 3, 7, 7]
///
/// The file is mapped. Tensors of 32-bit floats are views of it: nothing is copied, and all processes that have the file open share its
/// memory. Other types are converted when they are asked for, one tensor at a time. ``FileBytes`` says what happens when the file is
/// overwritten meanwhile.
///
/// With `layout: "hwio"` in its metadata, a file holds weights in Hooke's own order of axes (``WeightLayout/outputsLast``), which a
/// network uses without a copy; other programs read such a file as well, and find the axes in that order.
public struct SafetensorsFile: WeightFile {
    /// The longest header that the format allows, in bytes.
    static let headerLimit = 100_000_000

    struct Entry: Sendable {
        var type: NumberType
        var shape: [Int]
        /// Where its bytes begin in the file.
        var start: Int
    }

    /// The strings under `__metadata__`.
    public let metadata: [String: String]
    /// What `layout` in the metadata says, else PyTorch's.
    public let layout: WeightLayout
    private let file: FileBytes
    private let entries: [String: Entry]

    /// Opens a file; its bytes are mapped, not read.
    /// - Throws: ``SafetensorsError``.
    public init(path: String) throws {
        let file: FileBytes
        do { file = try FileBytes(mapping: path) } catch { throw SafetensorsError.unreadable(file: path, reason: error.reason) }
        try self.init(file)
    }

    /// Reads a file in memory.
    /// - Throws: ``SafetensorsError``.
    public init(data: Data, name: String) throws { try self.init(FileBytes(data, name: name)) }

    /// Reads the bytes of a file.
    /// - Throws: ``SafetensorsError``.
    public init(_ file: FileBytes) throws {
        self.file = file
        (entries, metadata) = try file.withUnsafeBytes { try Self.read($0.bindMemory(to: UInt8.self), file.name) }
        guard let layout = metadata["layout"].map(WeightLayout.init) ?? .outputsFirst else {
            let reason = "its metadata has the layout '\(metadata["layout"] ?? "")'; it is 'oihw', 'hwio' or not given"
            throw SafetensorsError.layout(file: file.name, reason: reason)
        }
        self.layout = layout
    }

    /// What the file is called in errors.
    public var name: String { file.name }

    /// The names of all tensors, sorted.
    public var tensorNames: [String] { entries.keys.sorted() }

    /// The shape of a tensor; nil if there is no such tensor.
    public func shape(of tensor: String) -> [Int]? { entries[tensor]?.shape }

    /// How the file stores a tensor; nil if there is no such tensor.
    public func type(of tensor: String) -> NumberType? { entries[tensor]?.type }

    /// A tensor: a view of the file where it stores 32-bit floats, else converted.
    /// - Throws: ``SafetensorsError/tensor(_:file:reason:)``.
    public func tensor(_ tensor: String) throws -> Tensor {
        guard let entry = entries[tensor] else {
            throw SafetensorsError.tensor(tensor, file: name, reason: "is missing")
        }
        guard !file.hasChanged else {
            throw SafetensorsError.unreadable(file: name, reason: "somebody has written into it since it was opened; open it again")
        }
        return Tensor(shape: entry.shape, in: file, at: entry.start, type: entry.type)
    }

    private static func read(
        _ file: UnsafeBufferPointer<UInt8>, _ name: String
    ) throws -> (entries: [String: Entry], metadata: [String: String]) {
        guard file.count >= 8 else { throw SafetensorsError.tooShort(file: name, bytes: file.count) }
        let announced = (0..<8).reduce(UInt64(0)) { $0 | UInt64(file[$1]) << (8 * UInt64($1)) }
        guard announced <= UInt64(headerLimit), announced <= UInt64(file.count - 8) else {
            throw SafetensorsError.headerSize(file: name, bytes: announced, available: file.count - 8)
        }
        let start = 8 + Int(announced)
        let header: SafetensorsHeader
        do { header = try SafetensorsHeader(UnsafeBufferPointer(rebasing: file[8..<start])) } catch {
            throw SafetensorsError.header(file: name, position: 8 + error.position, reason: error.reason)
        }
        var entries: [String: Entry] = [:]
        for entry in header.entries { entries[entry.name] = try checked(entry, start: start, end: file.count, name) }
        var next = 0
        for entry in header.entries.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
            guard entry.begin == next else {
                let what = entry.begin > next ? "a hole" : "an overlap"
                throw SafetensorsError.layout(file: name, reason: "there is \(what) in the data before the tensor '\(entry.name)'")
            }
            next = entry.end
        }
        guard start + next == file.count else {
            throw SafetensorsError.layout(file: name, reason: "\(file.count - start - next) bytes of data belong to no tensor")
        }
        return (entries, header.metadata)
    }

    private static let types: [String: NumberType] = [
        "F64": .float64, "F32": .float32, "F16": .float16, "BF16": .bfloat16, "I64": .int64, "I32": .int32, "I16": .int16, "I8": .int8,
        "U64": .uint64, "U32": .uint32, "U16": .uint16, "U8": .uint8, "BOOL": .bool,
    ]

    private static func checked(_ entry: SafetensorsHeader.Entry, start: Int, end: Int, _ file: String) throws -> Entry {
        func failure(_ reason: String) -> SafetensorsError { .tensor(entry.name, file: file, reason: reason) }
        guard let type = types[entry.type] else {
            throw failure("has the type \(entry.type.prefix(20)); \(types.keys.sorted().joined(separator: ", ")) can be read")
        }
        guard let count = Tensor.count(of: entry.shape) else { throw failure("has the shape \(entry.shape), which is too large") }
        guard entry.begin <= entry.end, entry.end <= end - start else {
            throw failure("lies at \(entry.begin) to \(entry.end), outside of the \(end - start) bytes of data")
        }
        guard entry.end - entry.begin == count * type.size else {
            let size = count * type.size
            throw failure("has \(entry.end - entry.begin) bytes; its shape \(entry.shape) of \(entry.type) takes \(size)")
        }
        return Entry(type: type, shape: entry.shape, start: start + entry.begin)
    }
}
