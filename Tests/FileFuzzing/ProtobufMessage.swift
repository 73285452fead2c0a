/// Writes protobuf messages, right or wrong, for tests of their readers.
///
///     ProtobufMessage().text(1, "x").text(2, "Placeholder")
public struct ProtobufMessage {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest > 0x7F {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    public func number(_ field: Int, _ value: Int) -> ProtobufMessage {
        var result = self
        result.varint(UInt64(field << 3))
        result.varint(UInt64(bitPattern: Int64(value)))
        return result
    }

    public func float(_ field: Int, _ value: Float) -> ProtobufMessage {
        var result = self
        result.varint(UInt64(field << 3 | 5))
        result.bytes += (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
        return result
    }

    public func bytes(_ field: Int, _ content: [UInt8]) -> ProtobufMessage {
        var result = self
        result.varint(UInt64(field << 3 | 2))
        result.varint(UInt64(content.count))
        result.bytes += content
        return result
    }

    public func text(_ field: Int, _ content: String) -> ProtobufMessage { bytes(field, Array(content.utf8)) }
    public func message(_ field: Int, _ content: ProtobufMessage) -> ProtobufMessage { bytes(field, content.bytes) }
}
