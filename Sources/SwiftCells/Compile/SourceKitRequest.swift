import Foundation

/// Requests to sourcekitd, in the YAML that its C interface reads.
enum SourceKitRequest {
    /// Compiles with the driver's arguments; `close` afterwards, with the same name.
    static func compile(name: String, arguments: [String]) -> String {
        "{ key.request: source.request.compile, key.name: \(quoted(name)), key.compilerargs: \(list(arguments)) }"
    }

    /// Forgets a compilation.
    static func close(name: String) -> String {
        "{ key.request: source.request.compile.close, key.name: \(quoted(name)) }"
    }

    private static func list(_ strings: [String]) -> String { "[" + strings.map(quoted).joined(separator: ", ") + "]" }

    /// A double-quoted YAML scalar: JSON's escapes are a subset of YAML's, but for the escaped slash.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}", "\u{FEFF}":
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
