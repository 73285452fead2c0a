import Foundation

extension JSONValue: CustomStringConvertible {
    /// The value as JSON in UTF-8, without spaces and with sorted keys, so that equal values give equal bytes. JSON has no NaN and no
    /// infinity: they are written as `null`, and so is what is nested deeper than ``maximumDepth``, which no reader would take.
    public func serialised() -> Data {
        var bytes: [UInt8] = []
        write(to: &bytes, depth: 0)
        return Data(bytes)
    }

    /// The value as JSON text.
    public var description: String { String(decoding: serialised(), as: UTF8.self) }

    private func write(to bytes: inout [UInt8], depth: Int) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): bytes.append(contentsOf: String(value).utf8)
        case .double(let value): bytes.append(contentsOf: (value.isFinite ? value.description : "null").utf8)
        case .string(let value): Self.write(value, to: &bytes)
        case .array, .object:
            if depth < Self.maximumDepth { writeMembers(to: &bytes, depth: depth) } else { bytes.append(contentsOf: "null".utf8) }
        }
    }

    private func writeMembers(to bytes: inout [UInt8], depth: Int) {
        switch self {
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.write(to: &bytes, depth: depth + 1)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, (key, value)) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.write(key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                value.write(to: &bytes, depth: depth + 1)
            }
            bytes.append(UInt8(ascii: "}"))
        default: break
        }
    }

    private static func write(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            // Runs without escapes, which is nearly all of every text, are copied in one piece.
            var run = 0
            for (index, byte) in utf8.enumerated() {
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[run..<index]))
                run = index + 1
                switch byte {
                case 0x0A: bytes.append(contentsOf: "\\n".utf8)
                case 0x0D: bytes.append(contentsOf: "\\r".utf8)
                case 0x09: bytes.append(contentsOf: "\\t".utf8)
                case let control where control < 0x20:
                    bytes.append(contentsOf: (control < 0x10 ? "\\u000" : "\\u00").utf8)
                    bytes.append(contentsOf: String(control, radix: 16).utf8)
                default:
                    bytes.append(UInt8(ascii: "\\"))
                    bytes.append(byte)
                }
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[run...]))
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
