/// Why a connection file cannot be used: which file, which field, and what was expected there.
public enum ConnectionFileError: Error, Equatable, CustomStringConvertible, Sendable {
    case unreadable(file: String, reason: String)
    case tooLarge(file: String, limit: Int)
    case invalidJSON(file: String, JSONError)
    case notAnObject(file: String)
    case missingField(file: String, field: String)
    case invalidField(file: String, field: String, found: String, expected: String)
    case unwritable(file: String, reason: String)

    public var description: String {
        switch self {
        case .unreadable(let file, let reason):
            return "connection file \(file): cannot be read (\(reason)). Pass the file that the notebook server wrote."
        case .tooLarge(let file, let limit):
            return "connection file \(file): is larger than \(limit) bytes, which no connection file is. Check the path."
        case .invalidJSON(let file, let error): return "connection file \(file): \(error)"
        case .notAnObject(let file): return "connection file \(file): holds no JSON object"
        case .missingField(let file, let field): return "connection file \(file): field \"\(field)\" is missing"
        case .invalidField(let file, let field, let found, let expected):
            return "connection file \(file): field \"\(field)\" is \(found); expected \(expected)"
        case .unwritable(let file, let reason): return "connection file \(file): cannot be written (\(reason))"
        }
    }
}
