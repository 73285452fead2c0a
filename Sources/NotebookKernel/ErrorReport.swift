import SwiftCells

/// An outcome as Jupyter shows an error: a name, one line, and a coloured traceback. Exactly one per failed cell.
public struct ErrorReport: Sendable {
    /// The kind of error: `CompileError`, `Fatal error`, the type of a thrown error.
    public let name: String
    /// What happened, in one line where that is possible.
    public let value: String
    /// The lines that a front end shows, with ANSI colours.
    public let traceback: [String]

    private static let red = "\u{1B}[31m", bold = "\u{1B}[1m", plain = "\u{1B}[0m"

    /// A report in other words than an outcome's own.
    /// - Parameter places: lines that follow the headline.
    public init(name: String, value: String, places: some Sequence<String>) {
        self.name = name
        self.value = value
        traceback = [Self.headline(name, value)] + places
    }

    /// Nil when the cell finished.
    public init?(_ outcome: CellOutcome) {
        switch outcome {
        case .finished: return nil
        case .notCompiled(let diagnostics):
            let errors = diagnostics.filter { $0.severity == .error }
            name = "CompileError"
            value = errors.first.map { $0.message } ?? "the cell does not compile"
            traceback = diagnostics.filter { $0.severity != .warning }.flatMap { diagnostic in
                Self.coloured(diagnostic.description, error: diagnostic.severity == .error)
            }
        case .threw(let failure), .trapped(let failure), .interrupted(let failure):
            name = failure.kind
            value = failure.message
            traceback = [Self.headline(failure.kind, failure.message)]
                + failure.places.enumerated().map { index, place in (index == 0 ? "  at " : "  called from ") + place.description }
        }
    }

    private static func headline(_ name: String, _ value: String) -> String { "\(red)\(bold)\(name)\(plain): \(value)" }

    private static func coloured(_ description: String, error: Bool) -> [String] {
        var lines = description.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if error, !lines.isEmpty { lines[0] = red + lines[0] + plain }
        return lines
    }
}
