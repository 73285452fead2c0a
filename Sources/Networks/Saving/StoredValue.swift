import Foundation

/// A setting of a layer as a file has it: a number, a word, or some numbers.
enum StoredValue: Codable, Hashable, Sendable {
    case flag(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case integers([Int])
    case numbers([Double])

    /// A float that comes back bit by bit.
    static func float(_ value: Float) -> StoredValue { .number(Double(value)) }
    static func floats(_ values: [Float]) -> StoredValue { .numbers(values.map(Double.init)) }

    init(from decoder: Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Bool.self) {
            self = .flag(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([Int].self) {
            self = .integers(value)
        } else {
            self = .numbers(try container.decode([Double].self))
        }
    }

    func encode(to encoder: Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .flag(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .integers(let value): try container.encode(value)
        case .numbers(let value): try container.encode(value)
        }
    }
}

extension Decoder {
    /// Refuses an object with a key that is none of `Keys`: what is not understood must not be left out.
    func checkKeys<Keys: CodingKey>(_: Keys.Type) throws {
        let all = try container(keyedBy: AnyKey.self).allKeys
        guard let stray = all.first(where: { Keys(stringValue: $0.stringValue) == nil }) else { return }
        throw DecodingError.dataCorrupted(
            .init(codingPath: codingPath, debugDescription: "there is a key '\(stray.stringValue)', which is unknown"))
    }
}

private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
