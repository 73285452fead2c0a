import Foundation
import JupyterProtocol

extension Notebook {
    /// The notebook as nbformat writes it, version 4.5: keys sorted, indented by one space, long texts as lists of their lines,
    /// characters beyond ASCII as they are, a newline at the end.
    public var text: Data {
        var members = otherMembers
        members["nbformat"] = 4
        members["nbformat_minor"] = JSONValue(Self.minorVersion)
        members["metadata"] = .object(metadata)
        members["cells"] = .array(cells.map(\.json))
        var bytes: [UInt8] = []
        JSONValue.object(members).write(indentedBy: 0, to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
        return Data(bytes)
    }
}

extension NotebookCell {
    fileprivate var json: JSONValue {
        var members = otherMembers
        members["cell_type"] = .string(kind.rawValue)
        members["id"] = .string(id)
        members["metadata"] = .object(metadata)
        members["source"] = JSONValue(source.linesWithEnds)
        if kind == .code {
            members["execution_count"] = executionCount.map { JSONValue($0) } ?? .null
            members["outputs"] = .array(outputs.map(Self.withSplitTexts))
        }
        return .object(members)
    }

    /// An output whose long texts are lists of lines; which ones those are is nbformat's choice.
    private static func withSplitTexts(_ output: JSONValue) -> JSONValue {
        var output = output
        switch output["output_type"]?.stringValue {
        case "stream":
            if case .string(let text)? = output["text"] { output["text"] = JSONValue(text.linesWithEnds) }
        case "display_data", "execute_result":
            if case .object(let bundle)? = output["data"] {
                output["data"] = .object(Dictionary(uniqueKeysWithValues: bundle.map { type, value in
                    let splits = type.hasPrefix("text/") || type == "application/javascript" || type == "image/svg+xml"
                    if splits, case .string(let text) = value { return (type, JSONValue(text.linesWithEnds)) }
                    return (type, value)
                }))
            }
        default: break
        }
        return output
    }
}

extension String {
    /// The lines with the characters that end them, divided where Python's `splitlines` does.
    var linesWithEnds: [String] {
        var lines: [String] = []
        let scalars = unicodeScalars
        var start = scalars.startIndex, index = start
        while index < scalars.endIndex {
            let scalar = scalars[index]
            scalars.formIndex(after: &index)
            switch scalar {
            case "\r":
                if index < scalars.endIndex, scalars[index] == "\n" { scalars.formIndex(after: &index) }
            case "\n", "\u{B}", "\u{C}", "\u{1C}"..."\u{1E}", "\u{85}", "\u{2028}", "\u{2029}": break
            default: continue
            }
            lines.append(String(scalars[start..<index]))
            start = index
        }
        if start < scalars.endIndex { lines.append(String(scalars[start...])) }
        return lines
    }
}

extension JSONValue {
    /// Appends the value, whose first line stands at a depth of nesting.
    fileprivate func write(indentedBy depth: Int, to bytes: inout [UInt8]) {
        func newLine(_ depth: Int) {
            bytes.append(UInt8(ascii: "\n"))
            bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth))
        }
        switch self {
        case .array(let elements) where !elements.isEmpty:
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                newLine(depth + 1)
                element.write(indentedBy: depth + 1, to: &bytes)
            }
            newLine(depth)
            bytes.append(UInt8(ascii: "]"))
        case .object(let members) where !members.isEmpty:
            bytes.append(UInt8(ascii: "{"))
            let sorted = members.sorted { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) }
            for (index, (key, value)) in sorted.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                newLine(depth + 1)
                bytes.append(contentsOf: JSONValue.string(key).serialised())
                bytes.append(contentsOf: ": ".utf8)
                value.write(indentedBy: depth + 1, to: &bytes)
            }
            newLine(depth)
            bytes.append(UInt8(ascii: "}"))
        default: bytes.append(contentsOf: serialised())
        }
    }
}
