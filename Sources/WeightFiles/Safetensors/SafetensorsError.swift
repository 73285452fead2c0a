/// Why a file is not a safetensors file, or not one that Hooke reads: which file, which tensor, and what is wrong.
public enum SafetensorsError: Error, CustomStringConvertible, Equatable, Sendable {
    case unreadable(file: String, reason: String)
    case unwritable(file: String, reason: String)
    case tooShort(file: String, bytes: Int)
    case headerSize(file: String, bytes: UInt64, available: Int)
    case header(file: String, position: Int, reason: String)
    case tensor(String, file: String, reason: String)
    /// The buffer has bytes that belong to no tensor, or to two.
    case layout(file: String, reason: String)

    public var description: String {
        switch self {
        case .unreadable(let file, let reason): "\(file) cannot be read: \(reason)"
        case .unwritable(let file, let reason): "\(file) cannot be written: \(reason)"
        case .tooShort(let file, let bytes):
            "\(file) is no safetensors file: it has \(bytes) bytes, and begins with 8 bytes for the length of its header"
        case .headerSize(let file, let bytes, let available):
            "\(file) is no safetensors file: it announces a header of \(bytes) bytes, and \(available) follow"
                + " (a header has at most \(SafetensorsFile.headerLimit))"
        case .header(let file, let position, let reason): "\(file): the header is wrong at byte \(position): \(reason)"
        case .tensor(let name, let file, let reason): "\(file): the tensor '\(name)' \(reason)"
        case .layout(let file, let reason): "\(file): \(reason)"
        }
    }
}
