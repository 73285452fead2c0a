/// Why a file of a model could not be found, downloaded, kept or verified, and what to do.
public enum ModelFileError: Error, CustomStringConvertible, Equatable, Sendable {
    case unreadable(path: String, reason: String)
    case unwritable(path: String, reason: String)
    /// A network of the zoo whose weights are not on this machine.
    case notInstalled(name: String, publication: Publication?, folders: [String])
    case download(url: String, reason: String, path: String)
    case cut(url: String, received: Int, expected: Int)
    case digest(file: String, expected: String, found: String)
    case noPublication(name: String, known: [String])
    case name(String)
    case exists(name: String, path: String)
    case labels(file: String, reason: String)
    case scheme(url: String)
    case convert(file: String, reason: String)

    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
        case .unwritable(let path, let reason): "\(path) cannot be written: \(reason)"
        case .notInstalled(let name, let publication?, let folders):
            "the weights of \(name) are not on this machine. Download them with `hooke models fetch \(name)`; or get "
                + "\(publication.url) and put it into \(folders.last ?? "a folder of HOOKE_MODELS"), or `hooke models add` it from anywhere"
        case .notInstalled(let name, nil, let folders):
            "the weights of \(name) are not on this machine: `hooke models add FILE --name \(name)`, or put them into "
                + "\(folders.last ?? "a folder of HOOKE_MODELS")"
        case .download(let url, let reason, let path):
            "\(url) could not be downloaded: \(reason). Get the file from there on a machine with a network and put it at \(path), or run "
                + "`hooke models add` on it"
        case .cut(let url, let received, let expected):
            "\(url) ended after \(received) of \(expected) bytes; fetching again goes on from there"
        case .digest(let file, let expected, let found):
            "\(file) is not the file that was expected: its SHA-256 is \(found), expected \(expected)\(expected.count < 64 ? "…" : "")"
        case .noPublication(let name, let known): "no published file of '\(name)' is known; there are \(known.joined(separator: ", "))"
        case .name(let name): "'\(name)' is no name for a model: letters, digits, '.', '_' and '-', not beginning with '.' or '-'"
        case .exists(let name, let path): "there is a model '\(name)' already, \(path); choose another name, or remove that file"
        case .labels(let file, let reason): "\(file): \(reason)"
        case .scheme(let url): "\(url) is neither a file:, an http: nor an https: address"
        case .convert(let file, let reason): "\(file) cannot be converted: \(reason)"
        }
    }
}
