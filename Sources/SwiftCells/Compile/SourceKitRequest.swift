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

    /// Completes at an offset where a name begins, of which `prefix` is known; `closeCompletion` afterwards.
    static func complete(file: String, text: String, offset: Int, prefix: String, arguments: [String]) -> String {
        let options = "{ key.codecomplete.filtertext: \(quoted(prefix)), key.codecomplete.requestlimit: 100, key.codecomplete.hideunderscores: 1 }"
        return "{ key.request: source.request.codecomplete.open, key.name: \(quoted(file)), key.sourcefile: \(quoted(file)), key.sourcetext: \(quoted(text)), "
            + "key.offset: \(offset), key.codecomplete.options: \(options), key.compilerargs: \(list(arguments)) }"
    }

    /// Forgets a completion.
    static func closeCompletion(file: String, offset: Int) -> String {
        "{ key.request: source.request.codecomplete.close, key.name: \(quoted(file)), key.sourcefile: \(quoted(file)), key.offset: \(offset) }"
    }

    /// Explains the name at an offset.
    static func explain(file: String, offset: Int, arguments: [String]) -> String {
        "{ key.request: source.request.cursorinfo, key.sourcefile: \(quoted(file)), key.offset: \(offset), key.compilerargs: \(list(arguments)) }"
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
