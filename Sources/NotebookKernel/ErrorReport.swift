import SwiftCells

/// An outcome as Jupyter shows an error: a name, one line, and a coloured traceback. Exactly one per failed cell.
struct ErrorReport {
    let name: String
    let value: String
    let traceback: [String]

    private static let red = "\u{1B}[31m", bold = "\u{1B}[1m", plain = "\u{1B}[0m"

    /// Nil when the cell finished.
    init?(_ outcome: CellOutcome) {
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
            traceback = ["\(Self.red)\(Self.bold)\(failure.kind)\(Self.plain): \(failure.message)"]
                + failure.places.enumerated().map { index, place in (index == 0 ? "  at " : "  called from ") + place.description }
        }
    }

    private static func coloured(_ description: String, error: Bool) -> [String] {
        var lines = description.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if error, !lines.isEmpty { lines[0] = red + lines[0] + plain }
        return lines
    }
}
