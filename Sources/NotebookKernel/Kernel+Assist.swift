import JupyterProtocol
import SwiftCells

extension Kernel {
    /// The content of complete_reply. Jupyter counts places in unicode code points.
    func completion(for request: Message) -> JSONValue {
        let code = request.content["code"]?.stringValue ?? ""
        let cursor = request.content["cursor_pos"]?.integerValue ?? code.unicodeScalars.count
        let found = session.completions(in: code, at: Self.utf8Offset(ofScalar: cursor, in: code))
        let start = Self.scalarOffset(ofUTF8: found.replacing.lowerBound, in: code), end = Self.scalarOffset(ofUTF8: found.replacing.upperBound, in: code)
        let described = found.items.map { item -> JSONValue in
            [
                "start": JSONValue(start), "end": JSONValue(end), "text": .string(item.text), "type": .string(item.kind),
                "signature": .string(item.type.isEmpty ? item.label : "\(item.label) → \(item.type)"),
            ]
        }
        return [
            "status": "ok", "matches": .array(found.items.map { .string($0.text) }), "cursor_start": JSONValue(start), "cursor_end": JSONValue(end),
            "metadata": ["_jupyter_types_experimental": .array(described)],
        ]
    }

    /// The content of inspect_reply: declaration and documentation, and at detail level 1 the cell that defined the name.
    func inspection(for request: Message) -> JSONValue {
        let code = request.content["code"]?.stringValue ?? ""
        let cursor = request.content["cursor_pos"]?.integerValue ?? code.unicodeScalars.count
        guard let found = session.inspect(code, at: Self.utf8Offset(ofScalar: cursor, in: code)) else {
            return ["status": "ok", "found": false, "data": [:], "metadata": [:]]
        }
        let origin = found.cell ?? found.module
        var plain = [found.declaration, found.documentation ?? "", origin.map { "from \($0)" } ?? ""].filter { !$0.isEmpty }.joined(separator: "\n\n")
        var markdown = "```swift\n\(found.declaration)\n```" + (found.documentation.map { "\n\n\($0)" } ?? "") + (origin.map { "\n\n*from \($0)*" } ?? "")
        if request.content["detail_level"]?.integerValue == 1, let source = found.source {
            plain += "\n\n\(source)"
            markdown += "\n\n```swift\n\(source)\n```"
        }
        return ["status": "ok", "found": true, "data": ["text/plain": .string(plain), "text/markdown": .string(markdown)], "metadata": [:]]
    }

    private static func utf8Offset(ofScalar count: Int, in text: String) -> Int {
        text.unicodeScalars.prefix(max(0, count)).reduce(0) { $0 + UTF8.width($1) }
    }

    private static func scalarOffset(ofUTF8 offset: Int, in text: String) -> Int {
        var bytes = 0, count = 0
        for scalar in text.unicodeScalars {
            if bytes >= offset { break }
            bytes += UTF8.width(scalar)
            count += 1
        }
        return count
    }
}
