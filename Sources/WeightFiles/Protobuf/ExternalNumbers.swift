import Foundation
import Tensors

/// The files beside an ONNX model that hold its numbers. A model comes from anywhere, and may name any file: only regular files in the
/// model's own folder are opened, and links that lead out of it are not followed.
struct ExternalNumbers {
    struct Failure: Error { var reason: String }

    let folder: URL?
    private(set) var files: [FileBytes] = []
    private var indices: [String: Int] = [:]
    /// The most files beside a model.
    private static let limit = 4_096

    init(folder: URL?) { self.folder = folder }

    /// Maps the file at `location`, once, and checks that it has the bytes.
    /// - Returns: the file's index in ``files``.
    mutating func open(_ location: String, offset: Int, length: Int?) throws(Failure) -> (index: Int, bytes: Range<Int>) {
        let index: Int
        if let known = indices[location] { index = known } else { index = try map(location) }
        let size = files[index].count
        let length = length ?? size - offset
        guard offset >= 0, length >= 0, offset <= size, length <= size - offset else {
            throw Failure(reason: "lies at \(offset), \(length) bytes long, in '\(location)', which has \(size) bytes")
        }
        return (index, offset..<offset + length)
    }

    private mutating func map(_ location: String) throws(Failure) -> Int {
        guard let folder else { throw Failure(reason: "is in another file, '\(location)'; open the model by its path") }
        let root = folder.resolvingSymlinksInPath().standardizedFileURL.path
        let path = folder.appendingPathComponent(location).resolvingSymlinksInPath().standardizedFileURL.path
        guard !location.isEmpty, !location.hasPrefix("/"), !location.contains("\0"), !location.split(separator: "/").contains(".."),
            path.hasPrefix(root.hasSuffix("/") ? root : root + "/")
        else { throw Failure(reason: "is in '\(location)', which is not in the folder of the model") }
        guard files.count < Self.limit else { throw Failure(reason: "is in the \(Self.limit + 1)th file beside the model") }
        do { files.append(try FileBytes(mapping: path)) } catch { throw Failure(reason: "is in '\(location)', which cannot be read: \(error.reason)") }
        indices[location] = files.count - 1
        return files.count - 1
    }
}
