/// Why a file is not a frozen TensorFlow graph or an ONNX model that can be read: which file, which operation or tensor, and what is wrong.
public enum NetworkFileError: Error, CustomStringConvertible, Equatable, Sendable {
    case unreadable(file: String, reason: String)
    /// The bytes are not what the format has there. `place` names the operation or tensor, when it is known.
    case malformed(file: String, position: Int, place: String?, reason: String)
    /// The file is well formed, but something else than a network.
    case notANetwork(file: String, reason: String)
    case tensor(String, file: String, reason: String)
    case operation(String, file: String, reason: String)

    public var description: String {
        switch self {
        case .unreadable(let file, let reason): "\(file) cannot be read: \(reason)"
        case .malformed(let file, let position, let place, let reason):
            "\(file) is wrong at byte \(position)\(place.map { ", in \($0)" } ?? ""): \(reason)"
        case .notANetwork(let file, let reason): "\(file): \(reason)"
        case .tensor(let name, let file, let reason): "\(file): the tensor '\(name)' \(reason)"
        case .operation(let name, let file, let reason): "\(file): the operation '\(name)' \(reason)"
        }
    }
}
