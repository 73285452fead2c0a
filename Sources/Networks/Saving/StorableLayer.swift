import Tensors

/// A layer that a file can hold: a kind, settings, and tensors. A new one is an extension in this folder and a place in
/// ``StorableLayers/all``.
protocol StorableLayer: NetworkLayer {
    /// What files call the layer; never changed, or old files cannot be read.
    static var kind: String { get }
    var settings: [String: StoredValue] { get }
    /// Of four axes (a kernel), two (a matrix) or one, with the outputs last.
    var tensors: [String: Tensor] { get }
    /// - Throws: ``StoredLayer/Failure`` and ``LayerError`` for what cannot be, ``WeightFileError`` for tensors.
    init(stored: StoredLayer) throws
}

extension StorableLayer {
    var settings: [String: StoredValue] { [:] }
    var tensors: [String: Tensor] { [:] }
}

enum StorableLayers {
    static let all: [any StorableLayer.Type] = [
        Convolution.self, Dense.self, BatchNormalization.self, LocalResponseNormalization.self, ReLU.self, ReLU6.self, Softmax.self,
        MaxPool.self, AveragePool.self, AdaptiveAveragePool.self, GlobalAveragePool.self, Flatten.self, Resize.self, EditedActivations.self,
    ]
    static let byKind: [String: any StorableLayer.Type] = Dictionary(uniqueKeysWithValues: all.map { ($0.kind, $0) })
}

/// What a file says about one layer, read setting by setting. Every number is checked before a layer sees it, and what nobody has asked for
/// in the end is an error. It is used by one thread while a layer is made.
final class StoredLayer {
    /// What is wrong with a node, without its name.
    struct Failure: Error { let reason: String }

    private let node: GraphRecord.Node
    private let reader: WeightReader
    private var used: Set<String> = []

    init(_ node: GraphRecord.Node, _ reader: WeightReader) { (self.node, self.reader) = (node, reader) }

    private func value(_ key: String) throws -> StoredValue {
        used.insert(key)
        guard let value = node.settings[key] else { throw Failure(reason: "lacks the setting '\(key)'") }
        return value
    }

    private func wrong(_ key: String, _ expected: String) -> Failure {
        Failure(reason: "has a setting '\(key)' that is not \(expected)")
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws -> Int {
        guard case .integer(let value) = try value(key), range.contains(value) else {
            throw wrong(key, "a whole number in \(range.lowerBound)...\(range.upperBound)")
        }
        return value
    }

    func integers(_ key: String, count: ClosedRange<Int>, in range: ClosedRange<Int>) throws -> [Int] {
        guard case .integers(let values) = try value(key), count.contains(values.count), values.allSatisfy(range.contains) else {
            throw wrong(key, "a list of whole numbers in \(range.lowerBound)...\(range.upperBound)")
        }
        return values
    }

    func floats(_ key: String, count: ClosedRange<Int>) throws -> [Float] {
        let doubles: [Double]
        switch try value(key) {
        case .numbers(let values): doubles = values
        case .integers(let values): doubles = values.map(Double.init)
        default: throw wrong(key, "a list of numbers")
        }
        let floats = doubles.map(Float.init)
        guard count.contains(floats.count), floats.allSatisfy(\.isFinite) else { throw wrong(key, "a list of numbers") }
        return floats
    }

    /// - Parameter isSound: what else must hold, said in `expected`.
    func float(_ key: String, _ expected: String, where isSound: (Float) -> Bool) throws -> Float {
        let number: Double
        switch try value(key) {
        case .number(let value): number = value
        case .integer(let value): number = Double(value)
        default: throw wrong(key, expected)
        }
        let value = Float(number)
        guard value.isFinite, isSound(value) else { throw wrong(key, expected) }
        return value
    }

    func flag(_ key: String) throws -> Bool {
        guard case .flag(let value) = try value(key) else { throw wrong(key, "true or false") }
        return value
    }

    /// One of some words.
    func choice<Choice>(_ key: String, _ choices: KeyValuePairs<String, Choice>) throws -> Choice {
        guard case .text(let text) = try value(key), let choice = choices.first(where: { $0.key == text }) else {
            throw wrong(key, choices.map { "'\($0.key)'" }.joined(separator: " or "))
        }
        return choice.value
    }

    func padding() throws -> Padding {
        if case .integers = try value("padding") {
            let sides = try integers("padding", count: 4...4, in: 0...Model.imageLimit)
            return .explicit(top: sides[0], bottom: sides[1], left: sides[2], right: sides[3])
        }
        return try choice("padding", ["same": .same, "valid": .valid])
    }

    func has(_ key: String) -> Bool { node.settings[key] != nil }

    /// A tensor, with the outputs last.
    func tensor(_ key: String, rank: Int) throws -> Tensor {
        guard let shape = node.tensors[key] else { throw Failure(reason: "lacks the tensor '\(key)'") }
        guard shape.count == rank, shape.allSatisfy({ $0 > 0 }) else {
            throw Failure(reason: "has a tensor '\(key)' of the shape \(shape), which it cannot have")
        }
        used.insert("tensor " + key)
        let name = node.tensorName(key)
        return switch rank {
        case 4: try reader.convolution(name, height: shape[0], width: shape[1], inputs: shape[2], outputs: shape[3])
        case 2: try reader.dense(name, inputs: shape[0], outputs: shape[1])
        default: try reader.vector(name, count: shape[0])
        }
    }

    /// Ends reading.
    func finish() throws {
        if let stray = node.settings.keys.filter({ !used.contains($0) }).min() {
            throw Failure(reason: "has the setting '\(stray)', which a node of the kind '\(node.kind)' does not have")
        }
        if let stray = node.tensors.keys.filter({ !used.contains("tensor " + $0) }).min() {
            throw Failure(reason: "has the tensor '\(stray)', which a node of the kind '\(node.kind)' does not have")
        }
    }
}
