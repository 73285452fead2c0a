/// Why a weight file does not make a model: which tensor, what was expected and what was found.
public enum WeightFileError: Error, CustomStringConvertible, Equatable, Sendable {
    case unknownArchitecture(String?, file: String, known: [String])
    case missing(tensor: String, file: String, expected: [Int])
    case unexpected(tensors: [String], file: String, architecture: String)
    case shape(tensor: String, file: String, expected: [Int], found: [Int])
    case notFinite(tensor: String, file: String)
    case content(file: String, reason: String)

    public var description: String {
        switch self {
        case .unknownArchitecture(let name, let file, let known):
            (name.map { "\(file) is for the architecture '\($0)'" } ?? "\(file) does not say its architecture in '__metadata__'")
                + "; Hooke knows \(known.joined(separator: ", "))"
        case .missing(let tensor, let file, let expected):
            "\(file) lacks the tensor '\(tensor)'" + (expected.isEmpty ? "" : " of shape \(expected)")
        case .unexpected(let tensors, let file, let architecture):
            "\(file) has tensors that \(architecture) does not have: \(tensors.prefix(5).joined(separator: ", "))"
                + (tensors.count > 5 ? " and \(tensors.count - 5) more" : "")
        case .shape(let tensor, let file, let expected, let found):
            "\(file): the tensor '\(tensor)' has the shape \(found), expected \(expected)"
        case .notFinite(let tensor, let file): "\(file): the tensor '\(tensor)' holds a number that is not finite"
        case .content(let file, let reason): "\(file): \(reason)"
        }
    }
}
