import Foundation

/// Receives the type of a variable for `%who`. The value itself is not asked for: a computed one would be computed.
@_silgen_name("hooke_cell_type")
public func hookeCellType<T>(_ number: Int, _ value: @autoclosure () throws -> T) {
    TypeNames.found[number] = TypeNames.sugared(_typeName(T.self, qualified: false))
}

enum TypeNames {
    /// Lets one `%who` at a time ask.
    static let turn = NSLock()
    /// By the number of the variable; touched only by the cell that asks, while `%who` waits, and by whoever has the turn.
    nonisolated(unsafe) static var found: [Int: String] = [:]

    /// A type as people write it: `[Int]` for `Array<Int>`, `Int?` for `Optional<Int>`.
    static func sugared(_ name: String) -> String {
        var rest = Substring(name)
        let result = type(&rest)
        return rest.isEmpty ? result : name
    }

    /// Reads up to a comma or a closing bracket that is not its own.
    private static func type(_ rest: inout Substring) -> String {
        var result = ""
        while let character = rest.first, !",>)".contains(character) {
            rest.removeFirst()
            switch character {
            case "-" where rest.first == ">":
                rest.removeFirst()
                result += "->"
            case "(":
                result += "(" + list(&rest, until: ")").joined(separator: ", ") + ")"
            case "<":
                let arguments = list(&rest, until: ">")
                result = joined(result, arguments)
            default: result.append(character)
            }
        }
        return result
    }

    private static func list(_ rest: inout Substring, until end: Character) -> [String] {
        var items: [String] = []
        while let character = rest.first, character != end {
            items.append(type(&rest))
            if rest.first == "," { rest = rest.dropFirst().drop { $0 == " " } } else if rest.first != end { break }
        }
        rest = rest.dropFirst()
        return items
    }

    private static func joined(_ head: String, _ arguments: [String]) -> String {
        // What stands before the name, such as the parameters of a function type.
        let start = head.lastIndex { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }.map { head.index(after: $0) } ?? head.startIndex
        let before = head[..<start]
        switch (head[start...], arguments.count) {
        case ("Array", 1): return before + "[\(arguments[0])]"
        case ("Dictionary", 2): return before + "[\(arguments[0]): \(arguments[1])]"
        case ("Optional", 1): return before + (arguments[0].contains(" ") ? "(\(arguments[0]))?" : "\(arguments[0])?")
        default: return head + "<" + arguments.joined(separator: ", ") + ">"
        }
    }
}
