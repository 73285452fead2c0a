/// How a cell ended.
public enum CellOutcome: Sendable {
    /// It ran to its end.
    case finished
    /// It could not be compiled; nothing ran and nothing was defined.
    case notCompiled([CellDiagnostic])
    /// A top-level `try` failed, or showing the result did.
    case threw(CellFailure)
    /// It trapped: an index out of range, a nil unwrapped, `fatalError`, a stack overflow.
    case trapped(CellFailure)
    /// The user stopped it.
    case interrupted(CellFailure)
}

/// What ended a cell, and where.
public struct CellFailure: Sendable {
    /// The kind: an error's type, or `Fatal error`, or `Stack overflow`.
    public let kind: String
    /// What happened, in words.
    public let message: String
    /// Where, innermost first: `In[2], line 3`.
    public let places: [CellPlace]
}

/// A line of a cell.
public struct CellPlace: Hashable, Sendable, CustomStringConvertible {
    /// The cell, such as `In[3]`.
    public let cell: String
    /// 1-based.
    public let line: Int
    /// The text of that line, when the cell is still known.
    public let text: String?

    public var description: String { "\(cell), line \(line)" + (text.map { ": " + $0.drop { $0 == " " || $0 == "\t" } } ?? "") }
}
