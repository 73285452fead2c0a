/// Why a file is not a PyTorch file, or not one that Hooke reads: which file, where in it, and what to do.
public enum PyTorchFileError: Error, CustomStringConvertible, Equatable, Sendable {
    case unreadable(file: String, reason: String)
    /// The archive, or what surrounds the pickles of an old file, is wrong.
    case format(file: String, reason: String)
    /// An operation of the pickle that is unknown, cut off or does not fit what came before.
    case pickle(file: String, position: Int, operation: String, reason: String)
    /// The pickle names something outside of the white list: code, which Hooke never executes.
    case code(file: String, position: Int, name: String)
    /// Numbers that a tensor of 32-bit floats cannot stand for.
    case unsupported(file: String, position: Int, name: String, what: String)
    case tensor(String, file: String, reason: String)

    public var description: String {
        switch self {
        case .unreadable(let file, let reason): "\(file) cannot be read: \(reason)"
        case .format(let file, let reason): "\(file) is damaged, or no PyTorch file: \(reason)"
        case .pickle(let file, let position, let operation, let reason): "\(file): the pickle's \(operation) at byte \(position) \(reason)"
        case .code(let file, let position, let name):
            "\(file) asks for '\(name)' at byte \(position). Hooke never executes code of a file: it reads state dicts, which are tensors"
                + " in dictionaries. If you trust the file, load it in Python and write torch.save(model.state_dict(), …)"
        case .unsupported(let file, let position, let name, let what):
            "\(file) holds \(what) ('\(name)' at byte \(position)), which Hooke does not read; convert them in Python with .float()"
        case .tensor(let name, let file, let reason): "\(file): the tensor '\(name)' \(reason)"
        }
    }
}
