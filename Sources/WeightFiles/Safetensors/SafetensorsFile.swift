import Foundation
import Tensors

/// A safetensors file: named tensors and metadata. Everything is checked before anything is used: the length of the header, its
/// JSON, types, shapes, and that the tensors fill the buffer without holes or overlaps. Memory is bounded by the size of the file
/// (twice that for 16-bit numbers).
///
///     let file = try SafetensorsFile(path: "model.safetensors")
///     file.metadata["architecture"]              // "mini-inception"
///     try file.tensor("conv2d0_pre_relu_conv.weight").shape      // [24, 3, 7, 7]
public struct SafetensorsFile: WeightFile {
    /// The longest header that the format allows, in bytes.
    static let headerLimit = 100_000_000

    /// How the numbers of a tensor are stored; other types of the format are refused.
    public enum ElementType: String, Sendable {
        case float32 = "F32", float16 = "F16", bfloat16 = "BF16"
        var size: Int { self == .float32 ? 4 : 2 }
    }

    struct Entry: Sendable {
        var type: ElementType
        var shape: [Int]
        /// Bytes of the file.
        var bytes: Range<Int>
    }

    /// What the file is called in errors.
    public let name: String
    /// The strings under `__metadata__`.
    public let metadata: [String: String]
    private let data: Data
    private let entries: [String: Entry]

    /// Opens a file; its bytes are mapped, not read.
    /// - Throws: ``SafetensorsError``.
    public init(path: String) throws {
        let data: Data
        do { data = try Data(mapping: path) } catch { throw SafetensorsError.unreadable(file: path, reason: error.reason) }
        try self.init(data: data, name: path)
    }

    /// Reads a file in memory.
    /// - Throws: ``SafetensorsError``.
    public init(data: Data, name: String) throws {
        self.name = name
        self.data = data
        (entries, metadata) = try data.withUnsafeBytes { try Self.read($0.bindMemory(to: UInt8.self), name) }
    }

    /// The names of all tensors, sorted.
    public var tensorNames: [String] { entries.keys.sorted() }

    /// The shape of a tensor; nil if there is no such tensor.
    public func shape(of tensor: String) -> [Int]? { entries[tensor]?.shape }

    /// A tensor, converted to 32-bit floats.
    /// - Throws: ``SafetensorsError/tensor(_:file:reason:)``.
    public func tensor(_ tensor: String) throws -> Tensor {
        guard let entry = entries[tensor] else {
            throw SafetensorsError.tensor(tensor, file: name, reason: "is missing")
        }
        return data.withUnsafeBytes { file in
            let bytes = UnsafeRawBufferPointer(rebasing: file[entry.bytes])
            return Tensor(shape: entry.shape) { scalars in
                switch entry.type {
                case .float32:
                    for i in scalars.indices {
                        let bits = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self))
                        scalars.initializeElement(at: i, to: Float(bitPattern: bits))
                    }
                case .float16:
                    for i in scalars.indices {
                        let bits = UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self))
                        scalars.initializeElement(at: i, to: Float(Float16(bitPattern: bits)))
                    }
                case .bfloat16:
                    for i in scalars.indices {
                        let bits = UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self))
                        scalars.initializeElement(at: i, to: Float(bitPattern: UInt32(bits) << 16))
                    }
                }
            }
        }
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

    private static func checked(_ entry: SafetensorsHeader.Entry, start: Int, end: Int, _ file: String) throws -> Entry {
        func failure(_ reason: String) -> SafetensorsError { .tensor(entry.name, file: file, reason: reason) }
        guard let type = ElementType(rawValue: entry.type) else {
            throw failure("has the type \(entry.type); F32, F16 and BF16 can be read")
        }
        var size = type.size
        for length in entry.shape {
            let (product, overflow) = size.multipliedReportingOverflow(by: length)
            guard !overflow else { throw failure("has the shape \(entry.shape), which is too large") }
            size = product
        }
        guard entry.begin <= entry.end, entry.end <= end - start else {
            throw failure("lies at \(entry.begin) to \(entry.end), outside of the \(end - start) bytes of data")
        }
        guard entry.end - entry.begin == size else {
            throw failure("has \(entry.end - entry.begin) bytes; its shape \(entry.shape) of \(entry.type) takes \(size)")
        }
        return Entry(type: type, shape: entry.shape, bytes: start + entry.begin..<start + entry.end)
    }
}
