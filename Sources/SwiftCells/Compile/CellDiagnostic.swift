import Foundation

/// A compiler's message about a place in a cell.
public struct CellDiagnostic: Equatable, Sendable, CustomStringConvertible {
    /// How bad it is.
    public enum Severity: String, Sendable { case error, warning, note }

    /// The cell, such as `In[3]`, or nil when the message has no place in a cell.
    public let cell: String?
    /// 1-based line in the cell, as typed.
    public let line: Int
    /// 1-based column in the cell, in UTF-8 units as Swift counts them.
    public let column: Int
    public let severity: Severity
    public let message: String
    /// The line of the cell that the message is about.
    public let sourceLine: String?

    /// `In[3]:2:5: error: message`, the source line, and a caret under the column.
    public var description: String {
        guard let cell else { return "\(severity.rawValue): \(message)" }
        var text = "\(cell):\(line):\(column): \(severity.rawValue): \(message)"
        if let sourceLine {
            let number = String(line)
            let before = String(decoding: sourceLine.utf8.prefix(max(0, column - 1)), as: UTF8.self)
            // Tabs stay tabs, so that the caret stands under its column in any tab width.
            let padding = String(before.map { $0 == "\t" ? "\t" : " " })
            text += "\n\(number) | \(sourceLine)\n" + String(repeating: " ", count: number.count) + " | " + padding + "^"
        }
        return text
    }
}

/// A diagnostic as the compiler gave it, in places of the edited text.
struct CompilerMessage {
    struct FixIt {
        /// UTF-8 offset in the file that was compiled.
        let offset: Int
        let length: Int
        let replacement: String
    }

    let file: String
    let line: Int
    let column: Int
    let severity: CellDiagnostic.Severity
    let text: String
    var fixIts: [FixIt] = []
}

/// Turns the compiler's messages into diagnostics of the cell as it was typed.
struct DiagnosticMapper {
    let cell: String
    let source: EditedSource
    /// Where the edited text begins in the compiled file.
    let headerBytes: Int

    func diagnostics(from messages: [CompilerMessage]) -> [CellDiagnostic] {
        let lines = source.original.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let errors = Set(messages.filter { $0.severity == .error }.map { [$0.line, $0.column] })
        return messages.compactMap { message in
            // A note about a declaration in another cell has no place of its own and is given the error's: it would only repeat the line.
            if message.severity == .note, errors.contains([message.line, message.column]) { return nil }
            let text = InternalNames.removed(fromMessage: message.text)
            if message.file == cell {
                return CellDiagnostic(
                    cell: cell, line: message.line, column: source.originalColumn(line: message.line, column: message.column),
                    severity: message.severity, message: text + suggestion(message.fixIts),
                    sourceLine: lines.indices.contains(message.line - 1) ? lines[message.line - 1] : nil)
            }
            guard message.severity == .error else { return nil }
            return CellDiagnostic(cell: nil, line: 0, column: 0, severity: .error, message: text, sourceLine: nil)
        }
    }

    /// What the compiler would change, in words.
    private func suggestion(_ fixIts: [CompilerMessage.FixIt]) -> String {
        let edited = Array(source.text.utf8)
        let words = fixIts.compactMap { fixIt -> String? in
            let start = fixIt.offset - headerBytes, end = start + fixIt.length
            guard start >= 0, end <= edited.count, start <= end, !fixIt.replacement.contains("\n") else { return nil }
            let old = String(decoding: edited[start..<end], as: UTF8.self)
            if old.isEmpty { return "insert '\(fixIt.replacement)'" }
            return fixIt.replacement.isEmpty ? "remove '\(old)'" : "replace '\(old)' with '\(fixIt.replacement)'"
        }
        let shown = words.filter { !$0.contains("__hooke") }
        return shown.isEmpty ? "" : " (fix: \(shown.joined(separator: ", ")))"
    }
}

extension CompilerMessage {
    /// Reads `-diagnostic-style llvm` output: `file:line:column: severity: message`, or `<unknown>:0: error: message`.
    static func parse(_ output: String) -> [CompilerMessage] {
        output.split(separator: "\n").compactMap { parse(line: String($0)) }
    }

    private static func parse(line text: String) -> CompilerMessage? {
        for severity in [CellDiagnostic.Severity.error, .warning, .note] {
            guard let range = text.range(of: ": \(severity.rawValue): ") else { continue }
            let place = text[..<range.lowerBound].split(separator: ":", omittingEmptySubsequences: false)
            let message = String(text[range.upperBound...])
            if place.count >= 3, let line = Int(place[place.count - 2]), let column = Int(place[place.count - 1]) {
                return CompilerMessage(file: place.dropLast(2).joined(separator: ":"), line: line, column: column, severity: severity, text: message)
            }
            if let first = place.first, first == "<unknown>" || place.count == 1 {
                return CompilerMessage(file: String(first), line: 0, column: 0, severity: severity, text: message)
            }
        }
        return nil
    }

    /// Reads the structured diagnostics of sourcekitd, notes included.
    static func parse(_ diagnostics: [[String: Any]]) -> [CompilerMessage] {
        diagnostics.flatMap { entry -> [CompilerMessage] in
            let kind = (entry["key.severity"] as? String)?.split(separator: ".").last.map(String.init) ?? "error"
            let fixIts = (entry["key.fixits"] as? [[String: Any]] ?? []).compactMap { fix -> FixIt? in
                guard let offset = fix["key.offset"] as? Int, let length = fix["key.length"] as? Int, let text = fix["key.sourcetext"] as? String else { return nil }
                return FixIt(offset: offset, length: length, replacement: text)
            }
            let message = CompilerMessage(
                file: entry["key.filepath"] as? String ?? "<unknown>", line: entry["key.line"] as? Int ?? 0, column: entry["key.column"] as? Int ?? 0,
                severity: CellDiagnostic.Severity(rawValue: kind) ?? .error, text: entry["key.description"] as? String ?? "", fixIts: fixIts)
            return [message] + parse(entry["key.diagnostics"] as? [[String: Any]] ?? [])
        }
    }
}
