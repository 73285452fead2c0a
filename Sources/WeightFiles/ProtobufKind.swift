/// Which of the messages that have no mark at their beginning a file seems to be, by its first two fields.
enum ProtobufKind {
    case onnx, graphDef, savedModel

    init?(_ bytes: UnsafeRawBufferPointer) {
        var fields = ProtobufFields(bytes, from: 0, to: bytes.count)
        guard let first = fields.next() else { return nil }
        switch first.number {
        case 1 where first.content == nil:
            // A version, then in ONNX a short text or the graph; in a SavedModel a message that begins with a message.
            guard let second = fields.next(), let content = second.content else { return nil }
            if second.number == 2, let inner = Self.first(bytes, content), inner.number == 1, inner.content != nil {
                self = .savedModel
            } else if [2, 3, 4, 6, 7, 8].contains(second.number) {
                self = .onnx
            } else {
                return nil
            }
        case 7 where first.content != nil, 8 where first.content != nil: self = .onnx
        case 1:
            // A node begins with its name and operation.
            guard let content = first.content, let inner = Self.first(bytes, content), inner.number == 1, inner.content != nil else {
                return nil
            }
            self = .graphDef
        default: return nil
        }
    }

    private static func first(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> ProtobufFields.Field? {
        var fields = ProtobufFields(bytes, from: range.lowerBound, to: range.upperBound)
        return fields.next()
    }
}

/// Just enough of protobuf's wire format to see which fields a message begins with.
private struct ProtobufFields {
    struct Field {
        let number: Int
        /// Where its bytes lie; nothing for numbers.
        let content: Range<Int>?
    }

    private let bytes: UnsafeRawBufferPointer
    private var position: Int
    private let end: Int

    init(_ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) { (self.bytes, position, self.end) = (bytes, start, end) }

    mutating func next() -> Field? {
        guard let tag = varint(), tag >> 3 > 0, tag >> 3 < 1000 else { return nil }
        let number = Int(tag >> 3)
        switch tag & 7 {
        case 0: return varint().map { _ in Field(number: number, content: nil) }
        case 2:
            guard let length = varint(), length <= UInt64(end - position) else { return nil }
            defer { position += Int(length) }
            return Field(number: number, content: position..<position + Int(length))
        default: return nil
        }
    }

    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard position < end else { return nil }
            value |= UInt64(bytes[position] & 0x7F) << shift
            position += 1
            if bytes[position - 1] < 0x80 { return value }
        }
        return nil
    }
}
