import RichDisplay

/// What `%who` shows: the session's names, as text in columns and as an HTML table.
struct NameTable: Displayable {
    struct Row: Hashable {
        /// Without backticks.
        let name: String
        /// `let`, `var`, `func`, `struct`, …
        let kind: String
        /// A variable's type, a function's signature, what a type inherits.
        let type: String
        /// The cell that defined it, such as `In[3]`.
        let cell: String
    }

    let rows: [Row]
    private static let titles = ["Name", "Kind", "Type", "Cell"]

    func mimeBundle() -> MimeBundle { MimeBundle(plain: plain).adding("text/html", text: html) }

    private var cells: [[String]] { rows.map { [$0.name, $0.kind, $0.type, $0.cell] } }

    private var plain: String {
        let lines = [Self.titles] + cells
        let widths = (0..<4).map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            let text = zip(line, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
            return String(text.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }

    private var html: String {
        func row(_ cells: [String], tag: String) -> String {
            "<tr>" + cells.map { "<\(tag) style=\"text-align:left\">\(HTML.escape($0))</\(tag)>" }.joined() + "</tr>"
        }
        return "<table><thead>\(row(Self.titles, tag: "th"))</thead><tbody>\(cells.map { row($0, tag: "td") }.joined())</tbody></table>"
    }

    /// Whether a name fits a pattern with `*` for any characters and `?` for one.
    static func matches(_ name: String, _ pattern: String) -> Bool {
        var reachable: Set<Int> = [0]  // how many characters of the name the pattern so far can have used
        let characters = Array(name)
        for symbol in pattern {
            switch symbol {
            case "*": if let first = reachable.min() { reachable = Set(first...characters.count) }
            case "?": reachable = Set(reachable.filter { $0 < characters.count }.map { $0 + 1 })
            default: reachable = Set(reachable.filter { $0 < characters.count && characters[$0] == symbol }.map { $0 + 1 })
            }
        }
        return reachable.contains(characters.count)
    }
}
