import Foundation

/// Where the file of a model came from: `<file>.json` beside it.
public struct ModelOrigin: Codable, Hashable, Sendable {
    /// The address, or the name of the file that was added.
    public let source: String
    /// Of the file as it came, in hexadecimal.
    public let sha256: String
    /// Empty for a network that is none of the zoo's.
    public let architecture: String

    init(source: String, sha256: String, architecture: String) {
        (self.source, self.sha256, self.architecture) = (source, sha256, architecture)
    }

    /// What lies beside a file; nil if there is nothing of the kind.
    public init?(beside path: String) {
        guard let data = FileManager.default.contents(atPath: path + ".json"),
            let origin = try? JSONDecoder().decode(Self.self, from: data)
        else { return nil }
        self = origin
    }

    func write(beside path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do { try (encoder.encode(self) + Data("\n".utf8)).write(to: URL(fileURLWithPath: path + ".json"), options: .atomic) } catch {
            throw ModelFileError.unwritable(path: path + ".json", reason: error.localizedDescription)
        }
    }
}
