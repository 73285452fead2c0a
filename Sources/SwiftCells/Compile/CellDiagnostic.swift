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

/// Reads the compiler's `-diagnostic-style llvm` output.
struct DiagnosticParser {
    let cell: String
    let source: EditedSource

    func parse(_ output: String) -> [CellDiagnostic] {
        let lines = source.original.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var result: [CellDiagnostic] = []
        for text in output.split(separator: "\n", omittingEmptySubsequences: false) {
            guard let found = Self.split(String(text)) else { continue }
            let message = Self.withoutInternalNames(found.message)
            if found.file == cell {
                let column = source.originalColumn(line: found.line, column: found.column)
                result.append(CellDiagnostic(
                    cell: cell, line: found.line, column: column, severity: found.severity, message: message,
                    sourceLine: lines.indices.contains(found.line - 1) ? lines[found.line - 1] : nil))
            } else if found.severity == .error {
                result.append(CellDiagnostic(cell: nil, line: 0, column: 0, severity: .error, message: message, sourceLine: nil))
            }
        }
        return result
    }

    /// `file:line:column: severity: message`, or `<unknown>:0: error: message`.
    private static func split(_ text: String) -> (file: String, line: Int, column: Int, severity: CellDiagnostic.Severity, message: String)? {
        for severity in [CellDiagnostic.Severity.error, .warning, .note] {
            guard let range = text.range(of: ": \(severity.rawValue): ") else { continue }
            let place = text[..<range.lowerBound].split(separator: ":", omittingEmptySubsequences: false)
            let message = String(text[range.upperBound...])
            if place.count >= 3, let line = Int(place[place.count - 2]), let column = Int(place[place.count - 1]) {
                return (place.dropLast(2).joined(separator: ":"), line, column, severity, message)
            }
            if let first = place.first, first == "<unknown>" || place.count == 1 { return (String(first), 0, 0, severity, message) }
        }
        return nil
    }

    /// Cells are modules named `HookeCellN`; people know them by what they typed.
    static func withoutInternalNames(_ message: String) -> String {
        message.replacingOccurrences(of: #"HookeCell[0-9]+\."#, with: "", options: .regularExpression)
            .replacingOccurrences(of: #"(?:module|file) '?HookeCell[0-9]+'?"#, with: "an earlier cell", options: .regularExpression)
            .replacingOccurrences(of: #"'HookeCell[0-9]+'"#, with: "an earlier cell", options: .regularExpression)
    }
}
