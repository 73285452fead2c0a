/// Why frames are not a message. The sender gets no answer, since nothing in such frames can be trusted.
public enum WireFormatError: Error, Equatable, CustomStringConvertible, Sendable {
    /// The four dictionaries of a message.
    public enum Part: String, Sendable {
        case header
        case parentHeader = "parent header"
        case metadata, content
    }

    case missingDelimiter(frames: Int)
    case missingFrames(found: Int)
    case invalidSignature
    case replayedSignature
    case invalidJSON(part: Part, JSONError)
    case notAnObject(part: Part)
    case invalidField(part: Part, field: String, found: String)
    case tooLarge(limit: String)

    public var description: String {
        switch self {
        case .missingDelimiter(let frames): return "message refused: none of its \(frames) frames is the delimiter <IDS|MSG>"
        case .missingFrames(let found):
            return "message refused: \(found) frames follow the delimiter; a signature and four dictionaries are needed"
        case .invalidSignature:
            return "message refused: its signature is not that of this connection's key. Check that the client read the same connection file."
        case .replayedSignature: return "message refused: a message with the same signature was received before"
        case .invalidJSON(let part, let error): return "message refused: its \(part.rawValue) is \(error)"
        case .notAnObject(let part): return "message refused: its \(part.rawValue) is no JSON object"
        case .invalidField(let part, let field, let found):
            return "message refused: field \"\(field)\" of its \(part.rawValue) is \(found); expected a string"
        case .tooLarge(let limit): return "message refused: it has more than \(limit)"
        }
    }
}
