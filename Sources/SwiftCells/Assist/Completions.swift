/// What could stand at a place of a cell.
public struct Completions: Equatable, Sendable {
    /// One possibility.
    public struct Item: Hashable, Sendable {
        /// What to insert: `go(to: , by: )`.
        public let text: String
        /// The declaration as the compiler describes it: `go(to: Int, by: Double)`.
        public let label: String
        /// The type of the value, or of the result.
        public let type: String
        /// `function`, `instance`, `class`, `module`, `keyword` and the like, in the words of Jupyter's front ends.
        public let kind: String
        /// The first sentence of the documentation.
        public let summary: String?
    }

    /// The UTF-8 range of the cell that an item replaces.
    public let replacing: Range<Int>
    /// Best first, without repetitions of the same text.
    public let items: [Item]
}

/// What a name in a cell stands for.
public struct Inspection: Equatable, Sendable {
    /// The declaration: `func go(to x: Int, by: Double) -> String`.
    public let declaration: String
    /// Its documentation as text, without markup.
    public let documentation: String?
    /// The module that declares it; nil for the session's own names.
    public let module: String?
    /// The cell that defined it, when it was this session.
    public let cell: String?
    /// The text of that cell.
    public let source: String?
}
