/// Which of the messages that have no mark at their beginning a file seems to be, by its first two fields.
enum ProtobufKind {
    case onnx, graphDef, savedModel

    init?(_ bytes: UnsafeRawBufferPointer) {
        var fields = WireReader(bytes, 0..<bytes.count)
        guard let first = Self.next(&fields) else { return nil }
        switch first.number {
        case 1 where first.content == nil:
            // A version, then in ONNX a short text or the graph; in a SavedModel a message that begins with a message.
            guard let second = Self.next(&fields), let content = second.content else { return nil }
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

    private static func first(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> (number: Int, content: Range<Int>?)? {
        var fields = WireReader(bytes, range)
        return next(&fields)
    }

    /// The next field, and where its bytes lie; nothing for numbers.
    private static func next(_ fields: inout WireReader) -> (number: Int, content: Range<Int>?)? {
        guard let (number, value) = try? fields.next(), number < 1000 else { return nil }
        switch value {
        case .varint: return (number, nil)
        case .bytes(let content): return (number, content)
        default: return nil
        }
    }
}
