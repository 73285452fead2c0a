import JupyterProtocol

/// A notebook of nbformat 4, as read from a file and written back: what Hooke does not know is kept.
///
///     var notebook = try Notebook(path: "tour.ipynb")
///     notebook.cells[0].source                       // "import Hooke"
///     try AtomicFile.write(notebook.text, to: "out.ipynb")
///
/// JSON objects are sets of keys: like nbformat, ``text`` writes them sorted.
public struct Notebook: Sendable {
    /// The minor version that is written; all of 4.0 to 4.5 are read.
    public static let minorVersion = 5

    /// The file it was read from, for messages.
    public let file: String
    /// The notebook's metadata.
    public var metadata: [String: JSONValue]
    /// The cells, from the top.
    public var cells: [NotebookCell]
    /// Members of the top level that nbformat does not name.
    let otherMembers: [String: JSONValue]

    init(file: String, metadata: [String: JSONValue], cells: [NotebookCell], otherMembers: [String: JSONValue]) {
        self.file = file
        self.metadata = metadata
        self.cells = cells
        self.otherMembers = otherMembers
    }
}

/// One cell of a notebook.
public struct NotebookCell: Sendable {
    /// What a cell holds.
    public enum Kind: String, Sendable { case code, markdown, raw }

    /// What the cell holds.
    public let kind: Kind
    /// Unique in the notebook: 1 to 64 letters, digits, `-` and `_`.
    public var id: String
    /// The text that a person typed.
    public var source: String
    /// The cell's metadata.
    public var metadata: [String: JSONValue]
    /// The number of the execution that made the outputs; only code cells have one.
    public var executionCount: Int?
    /// The outputs as nbformat has them; only code cells have some.
    public var outputs: [JSONValue]
    /// Attachments, and members that nbformat does not name.
    let otherMembers: [String: JSONValue]

    init(
        kind: Kind, id: String, source: String, metadata: [String: JSONValue] = [:], executionCount: Int? = nil, outputs: [JSONValue] = [],
        otherMembers: [String: JSONValue] = [:]
    ) {
        self.kind = kind
        self.id = id
        self.source = source
        self.metadata = metadata
        self.executionCount = executionCount
        self.outputs = outputs
        self.otherMembers = otherMembers
    }

    /// Whether the cell carries a tag, such as `parameters`.
    public func hasTag(_ tag: String) -> Bool { metadata["tags"]?.arrayValue?.contains(.string(tag)) ?? false }

    /// Whether running the notebook runs this cell: code that is not blank and not tagged `skip-execution`.
    public var isExecutable: Bool {
        kind == .code && !hasTag("skip-execution") && source.contains { !$0.isWhitespace }
    }
}
