import JupyterProtocol
import SwiftParser
import SwiftSyntax

/// A value given to a notebook from outside, by papermill's convention.
public struct Parameter: Sendable {
    /// The variable's name.
    public let name: String
    /// The value as typed: JSON where it is JSON, otherwise a text.
    public let value: String

    /// - Throws: ``ParameterError/notAName(_:)`` when `name` is not a Swift identifier.
    public init(name: String, value: String) throws(ParameterError) {
        guard Self.isIdentifier(name) else { throw .notAName(name) }
        self.name = name
        self.value = value
    }

    /// Only what the parser takes for one name: anything else would become code of the notebook.
    private static func isIdentifier(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, first == "_" || first.properties.isXIDStart, name != "_",
            name.unicodeScalars.allSatisfy({ $0 == "_" || $0.properties.isXIDContinue })
        else { return false }
        let tree = Parser.parse(source: "let `\(name)` = 0")
        return !tree.hasError && tree.statements.count == 1
    }

    /// The declaration for the injected cell, such as `let steps = 256`.
    /// - Parameter standard: how the notebook declares the variable; nil where it does not.
    /// - Throws: ``ParameterError``.
    func declaration(standard: ParameterDefaults.Default?) throws(ParameterError) -> String {
        let json: JSONValue
        do throws(JSONError) { json = try JSONValue(parsing: value) } catch { json = .string(value) }
        let literal: String
        switch (json, standard?.leaf) {
        // A variable that holds a text gets a text, also where that text looks like a number.
        case (.integer, .text?), (.double, .text?), (.bool, .text?): literal = Self.literal(value)
        default: literal = try self.literal(json, leaf: standard?.leaf)
        }
        if standard?.annotation == nil, ["nil", "[]", "[:]"].contains(literal) { throw .needsType(name: name, value: value) }
        // Names that are keywords of Swift need the quotes; for all others they change nothing.
        let isPlain = !Parser.parse(source: "let \(name) = 0").hasError
        return "\(standard?.specifier ?? "let") \(isPlain ? name : "`\(name)`")\(standard?.annotation.map { ": " + $0 } ?? "") = \(literal)"
    }

    private func literal(_ json: JSONValue, leaf: ParameterDefaults.Leaf?) throws(ParameterError) -> String {
        switch json {
        case .null: return "nil"
        case .bool(let value): return value ? "true" : "false"
        case .integer(let value):
            switch leaf {
            case .floatingPoint?: return "\(value).0"
            case .text?: return Self.literal("\(value)")
            case nil: return "\(value)"
            }
        case .double(let value):
            guard value.isFinite else { throw .tooLarge(name: name, value: self.value) }
            return leaf == .text ? Self.literal("\(value)") : "\(value)"
        case .string(let text): return Self.literal(text)
        case .array(let elements):
            var parts: [String] = []
            for element in elements { parts.append(try literal(element, leaf: leaf)) }
            return "[" + parts.joined(separator: ", ") + "]"
        case .object(let members):
            if members.isEmpty { return "[:]" }
            var parts: [String] = []
            for (key, value) in members.sorted(by: { $0.key < $1.key }) { parts.append("\(Self.literal(key)): \(try literal(value, leaf: leaf))") }
            return "[" + parts.joined(separator: ", ") + "]"
        }
    }

    /// A text as a Swift string literal of one line, in which nothing is interpolated.
    static func literal(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            // Characters that a reader would not see, or that end a line.
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || (0x2028...0x2029).contains(scalar.value)
                || scalar.properties.isBidiControl: result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

/// Why a parameter cannot become Swift.
public enum ParameterError: Error, Equatable, CustomStringConvertible, Sendable {
    case notAName(String)
    case tooLarge(name: String, value: String)
    case needsType(name: String, value: String)

    public var description: String {
        switch self {
        case .notAName(let name):
            return "the parameter '\(name.prefix(100))' is not a Swift name. Name a variable: -p steps 256"
        case .tooLarge(let name, let value):
            return "the parameter '\(name)' is \(value.prefix(40)), which is more than a Double holds. Give a smaller number, or quote it to make it a text: '\"…\"'"
        case .needsType(let name, let value):
            return "the parameter '\(name)' is \(value), whose type cannot be told. Declare it with one in the cell tagged 'parameters', such as: let \(name): [Int] = []"
        }
    }
}
