import Foundation
import Tensors

/// A frozen TensorFlow graph (a `GraphDef`, usually `.pb`): operations, and constants as tensors. The file is mapped; its constants stay in it
/// until they are asked for. Everything else is checked when the file is opened.
///
///     let file = try TensorFlowGraphFile(path: "tensorflow_inception_graph.pb")
///     file.operations.first { $0.type == "Conv2D" }?.name        // "conv2d0_pre_relu/conv"
///     try file.tensor("conv2d0_w").shape                          // [7, 7, 3, 64]: height, width, in, out
///
/// A constant may store fewer numbers than its shape has; the last one repeats, as in TensorFlow. All such constants of a file have at most
/// 4,194,304 elements together. Memory is bounded by the size of the file plus 64 MB; by that of a tensor (four bytes an element, at
/// most four times its bytes in the file) when it is asked for.
public struct TensorFlowGraphFile: NetworkFile {
    /// What the file is called in errors.
    public var name: String { tensors.file.name }
    public let operations: [FileOperation]
    /// The placeholders.
    public let inputs: [FileInput]
    /// Empty: a graph does not declare its results.
    public var outputs: [String] { [] }
    private let tensors: StoredTensors

    /// Opens a file; its bytes are mapped, not read.
    /// - Throws: ``NetworkFileError``.
    public init(path: String) throws {
        let file: FileBytes
        do { file = try FileBytes(mapping: path) } catch { throw NetworkFileError.unreadable(file: path, reason: error.reason) }
        try self.init(file)
    }

    /// Reads a file in memory.
    /// - Throws: ``NetworkFileError``.
    public init(data: Data, name: String) throws { try self.init(FileBytes(data, name: name)) }

    /// Reads the bytes of a file.
    /// - Throws: ``NetworkFileError``.
    public init(_ file: FileBytes) throws {
        let reader = try file.withUnsafeBytes { bytes in
            var reader = TensorFlowGraphReader(bytes, file.name)
            try reader.read()
            return reader
        }
        (operations, inputs) = (reader.operations, reader.inputs)
        tensors = StoredTensors(file: file, entries: reader.tensors)
    }

    public var layout: WeightLayout { .outputsLast }

    /// The names of all constants that hold numbers, sorted.
    public var tensorNames: [String] { tensors.names }
    public func shape(of tensor: String) -> [Int]? { tensors.entries[tensor]?.shape }
    public func tensor(_ tensor: String) throws -> Tensor { try tensors.tensor(tensor) }
    public func integers(_ tensor: String) throws -> [Int] { try tensors.integers(tensor) }
    public func holdsIntegers(_ tensor: String) -> Bool { tensors.entries[tensor]?.number.isInteger ?? false }
}

/// Reads a `GraphDef`. Field numbers are those of TensorFlow's graph.proto, node_def.proto, attr_value.proto, tensor.proto and
/// tensor_shape.proto.
struct TensorFlowGraphReader {
    private(set) var operations: [FileOperation] = []
    private(set) var inputs: [FileInput] = []
    private(set) var tensors: [String: StoredTensor] = [:]
    private let file: UnsafeRawBufferPointer
    private let name: String
    private var budget = ReadingBudget()
    private var names: Set<String> = []

    init(_ file: UnsafeRawBufferPointer, _ name: String) { (self.file, self.name) = (file, name) }

    mutating func read() throws {
        var place: String?
        do {
            var graph = WireReader(file, 0..<file.count)
            while let (number, value) = try graph.next() {
                guard number == 1 else { continue }
                // `saved_model_schema_version` has the number that a graph's nodes have.
                if case .varint = value {
                    throw NetworkFileError.notANetwork(
                        file: name, reason: "this is a SavedModel, not a frozen graph; freeze it first (convert_variables_to_constants_v2)")
                }
                place = "node \(operations.count)"
                try node(graph.message(value).reader, &place)
            }
        } catch let failure as WireReader.Failure {
            throw NetworkFileError.malformed(file: name, position: failure.position, place: place, reason: failure.reason)
        }
        guard !operations.isEmpty else { throw NetworkFileError.notANetwork(file: name, reason: "this is no TensorFlow graph: it has no nodes") }
    }

    /// NodeDef{name 1, op 2, input 3, attr 5}
    private mutating func node(_ message: WireReader, _ place: inout String?) throws {
        var message = message
        var name: String?, type: String?, sources: [String] = []
        var attributes: [(key: String, value: WireReader)] = []
        try budget.spend(at: message.position)
        while let (number, value) = try message.next() {
            switch number {
            case 1:
                name = try message.string(value)
                place = "the node '\(try message.string(value))'"
            case 2: type = try message.string(value)
            case 3:
                try budget.spend(at: message.position)
                let source = try message.string(value)
                // "^name" only says what runs first.
                if !source.hasPrefix("^") { sources.append(source.hasSuffix(":0") ? String(source.dropLast(2)) : source) }
            case 5:
                try budget.spend(at: message.position)
                var entry = try message.message(value).reader
                var key: String?, content: WireReader?
                while let (number, value) = try entry.next() {
                    if number == 1 { key = try entry.string(value) }
                    if number == 2 { content = try entry.message(value).reader }
                }
                if let key, let content { attributes.append((key, content)) }
            default: break
            }
        }
        guard let name, !name.isEmpty, let type, !type.isEmpty else {
            throw WireReader.Failure(position: message.position, reason: "a node needs a name and an operation")
        }
        guard names.insert(name).inserted else {
            throw NetworkFileError.operation(name, file: self.name, reason: "appears twice")
        }
        var values: [String: FileAttribute] = [:]
        for (key, content) in attributes {
            let value = try attribute(content, constant: type == "Const" && key == "value" ? name : nil)
            guard values.updateValue(value, forKey: key) == nil else {
                throw NetworkFileError.operation(name, file: self.name, reason: "has the attribute '\(key)' twice")
            }
        }
        operations.append(FileOperation(name: name, type: type, inputs: sources, outputs: [name], attributes: values, module: nil))
        if type == "Placeholder" {
            var shape: [Int?]?
            if case .shape(let axes) = values["shape"], !axes.isEmpty { shape = axes.map { $0 < 0 ? nil : $0 } }
            inputs.append(FileInput(name: name, shape: shape))
        }
    }

    /// AttrValue{list 1, s 2, i 3, f 4, b 5, type 6, shape 7, tensor 8}
    private mutating func attribute(_ message: WireReader, constant: String?) throws -> FileAttribute {
        var message = message
        var result = FileAttribute.other
        while let (number, value) = try message.next() {
            switch number {
            case 1: result = try list(message.message(value).reader)
            case 2: result = try message.stringIfText(value).map { .string($0) } ?? .other
            case 3, 5, 6: result = .integer(try message.integer(value))
            case 4: result = .float(try message.float(value))
            case 7: result = .shape(try shape(message.message(value).reader) ?? [])
            case 8:
                guard let constant else { break }
                do { tensors[constant] = try tensor(message.message(value).range) } catch let failure as TensorFailure {
                    throw NetworkFileError.tensor(constant, file: name, reason: failure.reason)
                }
                result = .tensor(constant)
            default: break
            }
        }
        return result
    }

    /// ListValue{i 3, f 4}
    private mutating func list(_ message: WireReader) throws(WireReader.Failure) -> FileAttribute {
        var message = message
        var integers: [Int] = [], floats: [Float] = []
        while let (number, value) = try message.next() {
            let position = message.position
            if number == 3 {
                try message.integers(value) { (number) throws(WireReader.Failure) in
                    try budget.spend(at: position)
                    integers.append(number)
                }
            } else if number == 4 {
                try message.floats(value) { (number) throws(WireReader.Failure) in
                    try budget.spend(at: position)
                    floats.append(number)
                }
            }
        }
        return floats.isEmpty ? .integers(integers) : .floats(floats)
    }

    /// TensorShapeProto{dim 2{size 1}, unknown_rank 3}; nil for an unknown number of axes.
    private mutating func shape(_ message: WireReader) throws(WireReader.Failure) -> [Int]? {
        var message = message
        var axes: [Int] = []
        while let (number, value) = try message.next() {
            if number == 3, try message.integer(value) != 0 { return nil }
            guard number == 2 else { continue }
            try budget.spend(at: message.position)
            var axis = try message.message(value).reader, length = 0
            while let (number, value) = try axis.next() { if number == 1 { length = try axis.integer(value) } }
            axes.append(length)
        }
        return axes
    }

    private struct TensorFailure: Error { var reason: String }

    /// TensorProto{dtype 1, tensor_shape 2, tensor_content 4, float_val 5, double_val 6, int_val 7, int64_val 10, bool_val 11, half_val 13,
    /// uint32_val 16, uint64_val 17}; nil for strings and other things that are no numbers.
    private mutating func tensor(_ range: Range<Int>) throws -> StoredTensor? {
        var message = WireReader(file, range)
        var type = 0, shape: [Int]? = [], content: Range<Int>?
        while let (number, value) = try message.next() {
            switch number {
            case 1: type = try message.integer(value)
            case 2: shape = try self.shape(message.message(value).reader)
            case 4: content = try message.bytes(value)
            default: break
            }
        }
        guard let (number, field) = Self.types[type] else { return nil }
        guard let shape, let count = Tensor.count(of: shape) else {
            throw TensorFailure(reason: "has the shape \(shape.map { "\($0)" } ?? "of unknown rank"), which is no shape of a constant")
        }
        if let content, !content.isEmpty {
            guard content.count == count * number.size else {
                throw TensorFailure(reason: "has \(content.count) bytes; its shape \(shape) takes \(count * number.size)")
            }
            return StoredTensor(number: number, shape: shape, count: count, place: .run(content))
        }
        let stored = try StoredTensor.stored(field: field, of: number, WireReader(file, range))
        guard stored <= count else { throw TensorFailure(reason: "holds \(stored) numbers; its shape \(shape) takes \(count)") }
        if stored < count { try budget.spendRepeated(count - stored, at: range.lowerBound) }
        return StoredTensor(number: number, shape: shape, count: count, place: .field(field, message: range, stored: stored))
    }

    /// DataType, and the field of a tensor that lists its numbers.
    private static let types: [Int: (NumberType, Int)] = [
        1: (.float32, 5), 2: (.float64, 6), 3: (.int32, 7), 4: (.uint8, 7), 5: (.int16, 7), 6: (.int8, 7), 9: (.int64, 10), 10: (.bool, 11),
        14: (.bfloat16, 13), 17: (.uint16, 7), 19: (.float16, 13), 22: (.uint32, 16), 23: (.uint64, 17),
    ]
}
