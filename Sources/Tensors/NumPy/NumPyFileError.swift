/// Why a `.npy` or `.npz` file cannot be read or written: which file, and what is wrong with it.
public enum NumPyFileError: Error, CustomStringConvertible, Equatable, Sendable {
    case unreadable(file: String, reason: String)
    case unwritable(file: String, reason: String)
    /// The bytes do not follow the format.
    case format(file: String, reason: String)
    /// A well-formed file whose contents a tensor cannot hold.
    case unsupported(file: String, reason: String)
    case noArray(named: String, file: String, available: [String])

    /// The file and what is wrong with it.
    public var description: String {
        switch self {
        case .unreadable(let file, let reason): "\(file) cannot be read: \(reason)"
        case .unwritable(let file, let reason): "\(file) cannot be written: \(reason)"
        case .format(let file, let reason): "\(file) is damaged, or no NumPy file: \(reason)"
        case .unsupported(let file, let reason): "\(file) holds what a tensor cannot: \(reason)"
        case .noArray(let name, let file, let available):
            "\(file) has no array '\(name)'; it has "
                + (available.isEmpty ? "none at all" : available.prefix(20).joined(separator: ", ") + (available.count > 20 ? ", ..." : ""))
        }
    }
}
