import Foundation

/// The names of classes in a text file, one in a line, in the order of the network's outputs.
enum ClassLabels {
    /// - Parameter count: the network's outputs. Those that the file leaves over are numbered: InceptionV1 has 1008, of which 1001 mean
    ///   something.
    /// - Throws: ``ModelFileError``.
    static func read(_ path: String, count: Int) throws -> [String] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ModelFileError.unreadable(path: path, reason: "there is no such file")
        }
        guard data.count < 1 << 22, let text = String(data: data, encoding: .utf8) else {
            throw ModelFileError.labels(file: path, reason: "it is not a text of names, one in a line")
        }
        var names = text.replacingOccurrences(of: "\r\n", with: "\n").components(separatedBy: "\n")
            .map { $0.trimmingCharacters(in: .whitespaces) }
        while names.last?.isEmpty == true { names.removeLast() }
        guard !names.isEmpty, names.count <= count else {
            throw ModelFileError.labels(file: path, reason: "\(names.count) names for \(count) outputs")
        }
        return names + (names.count..<count).map { "class \($0)" }
    }
}
