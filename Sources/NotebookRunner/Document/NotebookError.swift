/// Why a notebook cannot be read, parametrized or written: which file, where in it, what is wrong, and what to do.
public struct NotebookError: Error, CustomStringConvertible, Sendable {
    /// The file, as it was named on the command line.
    public let file: String
    /// The cell and the field, such as `cell 3, 'source'` (cells of every type count from 1); nil for the whole file.
    public let place: String?
    /// What is wrong.
    public let problem: String
    /// What to do next.
    public let mend: String

    public init(file: String, place: String? = nil, problem: String, mend: String) {
        self.file = file
        self.place = place
        self.problem = problem
        self.mend = mend
    }

    public var description: String { "\(file)\(place.map { ", " + $0 } ?? ""): \(problem). \(mend)" }
}
