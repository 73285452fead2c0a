/// A command of the notebook, beside Swift: `%who`, `%%bash`.
///
/// A magic of one line may stand before any statement of a cell; one of a whole cell stands on its first line and takes the rest.
struct Magic: Sendable {
    enum Name: String, CaseIterable, Sendable {
        case time, timeit, optimize, who, reset, help, package, bash, html, svg, markdown
    }

    let name: Name
    /// As typed on a line of its own, when that is possible.
    let lineUsage: String?
    /// As typed above a cell, when that is possible.
    let cellUsage: String?
    /// What it does, in one sentence.
    let summary: String
    /// What else is good to know.
    let details: String

    /// What is typed: `%time`, and `%%time` where that exists too.
    var spellings: [String] {
        (lineUsage == nil ? [] : ["%\(name.rawValue)"]) + (cellUsage == nil ? [] : ["%%\(name.rawValue)"])
    }

    /// The description that `%help` and Shift-Tab show.
    var description: String { [summary, details].filter { !$0.isEmpty }.joined(separator: "\n") }

    static func named(_ name: String) -> Magic? { all.first { $0.name.rawValue == name } }

    static let all: [Magic] = [
        Magic(
            name: .time, lineUsage: "%time CODE", cellUsage: "%%time",
            summary: "Runs Swift once and prints how long it took.",
            details: """
                Wall time and processor time of the run, and the time that the compiler took. The statement is a statement of the cell: \
                what it defines stays, and its value is shown. It may go on over several lines.
                """),
        Magic(
            name: .timeit, lineUsage: "%timeit [-n LOOPS] [-r RUNS] CODE", cellUsage: "%%timeit [-n LOOPS] [-r RUNS] [SETUP]",
            summary: "Runs Swift many times and prints the mean, the deviation and the best time of a loop.",
            details: """
                The code is compiled once, optimized, and cannot be optimized away. Loops are chosen so that one of the 7 runs takes at \
                least 0.2 s. What the code defines is its own; SETUP, on the first line, runs once before.
                """),
        Magic(
            name: .optimize, lineUsage: "%optimize [auto | always | never]", cellUsage: nil,
            summary: "Tells which of the cells below are compiled with optimization, or which are.",
            details: """
                With `auto`, the beginning: those that hold loops, functions or closures. Optimized code takes somewhat longer to \
                compile and runs loops many times faster; failed checks keep their messages.
                """),
        Magic(
            name: .who, lineUsage: "%who [PATTERN]", cellUsage: nil,
            summary: "Lists the session's names with their kind, type and cell.",
            details: "A pattern selects names: `*` stands for any characters, `?` for one."),
        Magic(
            name: .reset, lineUsage: "%reset [NAME ...]", cellUsage: nil,
            summary: "Forgets definitions: those named, or all of them with the imports.",
            details: "Values that other definitions hold live on, and packages stay loaded."),
        Magic(
            name: .help, lineUsage: "%help [NAME]", cellUsage: nil,
            summary: "Lists the magics, or shows the documentation of a magic or of a name in Swift.", details: ""),
        Magic(
            name: .package, lineUsage: "%package PATH-OR-URL [PRODUCT ...] [VERSION | branch:NAME | revision:ID]", cellUsage: nil,
            summary: "Adds a Swift package, or a library of the system, and imports its modules.",
            details: """
                A package is built once by SwiftPM, optimized, and cached. Without products all its libraries are added; VERSION is the \
                lowest (1.2.0, up to the next major one) or the only one (exact:1.2.0); without one the newest release is taken.
                %package system:NAME [HEADER ...] adds a library that pkg-config knows, %package system:FOLDER one with a module map.
                """),
        Magic(
            name: .bash, lineUsage: nil, cellUsage: "%%bash [OPTION ...]",
            summary: "Runs the cell with /bin/bash in the kernel's folder; what it prints is shown at once.",
            details: "A status other than 0 is an error. Processes that it started end with the cell."),
        Magic(name: .html, lineUsage: nil, cellUsage: "%%html", summary: "Shows the cell as HTML, as it is.", details: ""),
        Magic(name: .svg, lineUsage: nil, cellUsage: "%%svg", summary: "Shows the cell as an SVG picture, as it is.", details: ""),
        Magic(name: .markdown, lineUsage: nil, cellUsage: "%%markdown", summary: "Shows the cell as Markdown.", details: ""),
    ]
}
