import Foundation
import Tensors

/// Reads a `ModelProto`. Field numbers are those of onnx.proto.
struct ONNXReader {
    private(set) var operations: [FileOperation] = []
    private(set) var inputs: [FileInput] = []
    private(set) var outputs: [String] = []
    private(set) var tensors: [String: StoredTensor] = [:]
    private(set) var metadata: [String: String] = [:]
    private(set) var opset = 0
    private(set) var externals: ExternalNumbers
    private let file: UnsafeRawBufferPointer
    private let name: String
    private var budget = ReadingBudget()
    /// Names of everything that a value can be.
    private var values: Set<String> = []

    init(_ file: UnsafeRawBufferPointer, _ name: String, _ externals: ExternalNumbers) {
        (self.file, self.name, self.externals) = (file, name, externals)
    }

    private typealias Failure = WireReader.Failure

    /// Model{producer_name 2, graph 7, opset_import 8, metadata_props 14}
    mutating func read() throws {
        var place: String?
        do {
            var model = WireReader(file, 0..<file.count)
            var graph: WireReader?
            while let (number, value) = try model.next() {
                switch number {
                case 2: metadata["producer_name"] = try model.string(value)
                case 7:
                    guard graph == nil else { throw Failure(position: model.position, reason: "a second graph") }
                    graph = try model.message(value).reader
                case 8: try readOpset(model.message(value).reader)
                case 14:
                    try budget.spend(at: model.position)
                    if let (key, text) = try pair(model.message(value).reader) { metadata[key] = text }
                default: break
                }
            }
            guard let graph else { throw NetworkFileError.notANetwork(file: name, reason: "this is no ONNX model: it has no graph") }
            try readGraph(graph, &place)
        } catch let failure as Failure {
            throw NetworkFileError.malformed(file: name, position: failure.position, place: place, reason: failure.reason)
        }
        guard !operations.isEmpty else { throw NetworkFileError.notANetwork(file: name, reason: "the model's graph has no nodes") }
    }

    /// OperatorSetId{domain 1, version 2}
    private mutating func readOpset(_ message: WireReader) throws(WireReader.Failure) {
        var message = message
        var domain = "", version = 0
        while let (number, value) = try message.next() {
            if number == 1 { domain = try message.string(value) }
            if number == 2 { version = try message.integer(value) }
        }
        if domain.isEmpty || domain == "ai.onnx" { opset = version }
    }

    /// StringStringEntry{key 1, value 2}; nil when they are no text.
    private func pair(_ message: WireReader) throws(WireReader.Failure) -> (String, String)? {
        var message = message
        var key: String?, text: String?
        while let (number, value) = try message.next() {
            if number == 1 { key = try message.stringIfText(value) }
            if number == 2 { text = try message.stringIfText(value) }
        }
        guard let key else { return nil }
        return (key, text ?? "")
    }

    /// Graph{node 1, initializer 5, input 11, output 12}
    private mutating func readGraph(_ graph: WireReader, _ place: inout String?) throws {
        var graph = graph
        var nodes: [WireReader] = []
        while let (number, value) = try graph.next() {
            switch number {
            case 1:
                try budget.spend(at: graph.position)
                nodes.append(try graph.message(value).reader)
            case 5:
                place = "initializer \(tensors.count)"
                try initializer(graph.message(value).range, &place)
            case 11:
                place = "input \(inputs.count)"
                inputs.append(try input(graph.message(value).reader))
            case 12:
                place = "output \(outputs.count)"
                outputs.append(try input(graph.message(value).reader).name)
            case 15: throw NetworkFileError.notANetwork(file: name, reason: "sparse initializers are not supported")
            default: break
            }
        }
        let initialized = values
        inputs.removeAll { initialized.contains($0.name) }
        for input in inputs where !values.insert(input.name).inserted {
            throw NetworkFileError.operation(input.name, file: name, reason: "is the name of two inputs")
        }
        for (index, message) in nodes.enumerated() {
            place = "node \(index)"
            operations.append(try node(message, &place, isNested: false))
        }
    }

    /// A branch of an `If`: Graph{node 1, output 12}
    private mutating func branch(_ graph: WireReader, _ place: inout String?) throws -> FileAttribute {
        var graph = graph
        var operations: [FileOperation] = [], outputs: [String] = []
        while let (number, value) = try graph.next() {
            if number == 1 {
                try budget.spend(at: graph.position)
                operations.append(try node(graph.message(value).reader, &place, isNested: true))
            }
            if number == 12 { outputs.append(try input(graph.message(value).reader).name) }
        }
        return .graph(operations, outputs: outputs)
    }

    /// ValueInfo{name 1, type 2{tensor_type 1{shape 2{dim 1{dim_value 1, dim_param 2}}}}}
    private mutating func input(_ message: WireReader) throws(WireReader.Failure) -> FileInput {
        var message = message
        var name = "", shape: [Int?]?
        try budget.spend(at: message.position)
        while let (number, value) = try message.next() {
            if number == 1 { name = try message.string(value) }
            guard number == 2 else { continue }
            var type = try message.message(value).reader
            while let (number, value) = try type.next() {
                guard number == 1 else { continue }
                var tensor = try type.message(value).reader
                while let (number, value) = try tensor.next() {
                    guard number == 2 else { continue }
                    var axes: [Int?] = []
                    var dimensions = try tensor.message(value).reader
                    while let (number, value) = try dimensions.next() {
                        guard number == 1 else { continue }
                        try budget.spend(at: dimensions.position)
                        var axis = try dimensions.message(value).reader, length: Int?
                        while let (number, value) = try axis.next() { if number == 1 { length = try axis.integer(value) } }
                        // Some writers say 0 or -1 for a length that they leave open.
                        axes.append(length.flatMap { $0 > 0 ? $0 : nil })
                    }
                    shape = axes
                }
            }
        }
        return FileInput(name: name, shape: shape)
    }

    private mutating func initializer(_ range: Range<Int>, _ place: inout String?) throws {
        var message = WireReader(file, range), name = ""
        while let (number, value) = try message.next() { if number == 8 { name = try message.string(value) } }
        place = "the tensor '\(name)'"
        try define(name)
        tensors[name] = try tensor(range, name)
    }

    /// Values are named once.
    private mutating func define(_ value: String) throws {
        guard values.insert(value).inserted else {
            throw NetworkFileError.tensor(value, file: name, reason: "is defined twice")
        }
    }

    /// Node{input 1, output 2, name 3, op_type 4, attribute 5, domain 7, metadata_props 9}
    private mutating func node(_ message: WireReader, _ place: inout String?, isNested: Bool) throws -> FileOperation {
        var message = message
        var name = "", type = "", domain = "", module: String?
        var sources: [String] = [], results: [String] = [], attributes: [WireReader] = []
        while let (number, value) = try message.next() {
            switch number {
            case 1, 2:
                try budget.spend(at: message.position)
                let text = try message.string(value)
                if number == 1 { sources.append(text) } else { results.append(text) }
            case 3: name = try message.string(value)
            case 4: type = try message.string(value)
            case 5:
                try budget.spend(at: message.position)
                attributes.append(try message.message(value).reader)
            case 7: domain = try message.string(value)
            case 9:
                if let (key, text) = try pair(message.message(value).reader), key == "pkg.torch.onnx.name_scopes" { module = text }
            default: break
            }
        }
        if name.isEmpty { name = results.first { !$0.isEmpty } ?? "" }
        place = "the node '\(name)'"
        guard !type.isEmpty else { throw Failure(position: message.position, reason: "a node needs an operator") }
        for result in results where !result.isEmpty { try define(result) }
        var read: [String: FileAttribute] = [:]
        for attribute in attributes {
            let constant = type == "Constant" ? results.first : nil
            let (key, value) = try self.attribute(attribute, of: name, constant: constant, &place, isNested: isNested)
            guard read.updateValue(value, forKey: key) == nil else {
                throw NetworkFileError.operation(name, file: self.name, reason: "has the attribute '\(key)' twice")
            }
        }
        if domain == "ai.onnx" { domain = "" }
        return FileOperation(
            name: name, type: domain.isEmpty ? type : domain + "::" + type, inputs: sources, outputs: results, attributes: read,
            module: module.flatMap(Self.module))
    }

    /// The path of the innermost module in PyTorch's list of scopes: "['', 'features', 'features.0', 'conv2d']" is "features.0"; the last
    /// scope is the call itself.
    private static func module(_ scopes: String) -> String? {
        let names = scopes.split(separator: "'", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        return names.dropLast().last.map(String.init)
    }

    /// Attribute{name 1, f 2, i 3, s 4, t 5, g 6, floats 7, ints 8, type 20}
    private mutating func attribute(
        _ message: WireReader, of node: String, constant: String?, _ place: inout String?, isNested: Bool
    ) throws -> (key: String, value: FileAttribute) {
        var message = message
        var key = "", result = FileAttribute.other, integers: [Int] = [], floats: [Float] = [], tensor: Range<Int>?
        var type = 0
        while let (number, value) = try message.next() {
            let position = message.position
            switch number {
            case 1: key = try message.string(value)
            case 2: result = .float(try message.float(value))
            case 3: result = .integer(try message.integer(value))
            case 4: result = try message.stringIfText(value).map { .string($0) } ?? .other
            case 5: tensor = try message.bytes(value)
            case 6 where !isNested: result = try branch(message.message(value).reader, &place)
            case 7:
                try message.floats(value) { (number) throws(WireReader.Failure) in
                    try budget.spend(at: position)
                    floats.append(number)
                }
            case 8:
                try message.integers(value) { (number) throws(WireReader.Failure) in
                    try budget.spend(at: position)
                    integers.append(number)
                }
            case 20: type = try message.integer(value)
            default: break
            }
        }
        if type == 7 || !integers.isEmpty { result = .integers(integers) }
        if type == 6 || !floats.isEmpty { result = .floats(floats) }
        // A zero may be left out.
        if type == 1, result == .other { result = .float(0) }
        if type == 2, result == .other { result = .integer(0) }
        if let tensor {
            let name = constant ?? node + "." + key
            if constant == nil { try define(name) }
            if let stored = try self.tensor(tensor, name) {
                tensors[name] = stored
                result = .tensor(name)
            }
        }
        return (key, result)
    }

    /// Tensor{dims 1, data_type 2, float_data 4, int32_data 5, int64_data 7, raw_data 9, double_data 10, uint64_data 11, external_data 13,
    /// data_location 14}; nil for strings and other things that are no numbers.
    private mutating func tensor(_ range: Range<Int>, _ tensor: String) throws -> StoredTensor? {
        func failure(_ reason: String) -> NetworkFileError { .tensor(tensor, file: name, reason: reason) }
        var message = WireReader(file, range)
        var shape: [Int] = [], type = 0, raw: Range<Int>?, isExternal = false, location: [String: String] = [:]
        try budget.spend(at: range.lowerBound)
        while let (number, value) = try message.next() {
            switch number {
            case 1:
                let position = message.position
                try message.integers(value) { (length) throws(WireReader.Failure) in
                    try budget.spend(at: position)
                    shape.append(length)
                }
            case 2: type = try message.integer(value)
            case 9: raw = try message.bytes(value)
            case 13:
                try budget.spend(at: message.position)
                if let (key, text) = try pair(message.message(value).reader) { location[key] = text }
            case 14: isExternal = try message.integer(value) == 1
            default: break
            }
        }
        guard let (number, field) = Self.types[type] else { return nil }
        guard let count = Tensor.count(of: shape) else { throw failure("has the shape \(shape), which is too large or no shape") }
        let size = count * number.size
        if isExternal {
            let offset = location["offset"].map { Int($0) ?? -1 } ?? 0, length = location["length"].map { Int($0) ?? -1 }
            do {
                let (index, bytes) = try externals.open(location["location"] ?? "", offset: offset, length: length ?? size)
                guard bytes.count == size else { throw failure("has \(bytes.count) bytes; its shape \(shape) takes \(size)") }
                return StoredTensor(number: number, shape: shape, count: count, place: .external(file: index, bytes))
            } catch let error as ExternalNumbers.Failure { throw failure(error.reason) }
        }
        if let raw {
            guard raw.count == size else { throw failure("has \(raw.count) bytes; its shape \(shape) takes \(size)") }
            return StoredTensor(number: number, shape: shape, count: count, place: .run(raw))
        }
        let stored = try StoredTensor.stored(field: field, of: number, WireReader(file, range))
        guard stored == count else { throw failure("holds \(stored) numbers; its shape \(shape) takes \(count)") }
        return StoredTensor(number: number, shape: shape, count: count, place: .field(field, message: range, stored: stored))
    }

    /// DataType, and the field of a tensor that lists its numbers.
    private static let types: [Int: (NumberType, Int)] = [
        1: (.float32, 4), 2: (.uint8, 5), 3: (.int8, 5), 4: (.uint16, 5), 5: (.int16, 5), 6: (.int32, 5), 7: (.int64, 7), 9: (.bool, 5),
        10: (.float16, 5), 11: (.float64, 10), 12: (.uint32, 11), 13: (.uint64, 11), 16: (.bfloat16, 5),
    ]
}
