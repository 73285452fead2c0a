import Foundation

/// Where the weights of a network have been published, and how to know the file.
public struct Publication: Hashable, Sendable {
    /// The page or server that has the file. `HOOKE_MODELS_URL` puts another folder in its place.
    public let url: String
    /// The SHA-256, or its first digits, in lowercase hexadecimal; nil where nobody has published it.
    public let sha256: String?
    /// Who published it, under what terms, and what it reached.
    public let note: String

    public init(url: String, sha256: String? = nil, note: String = "") { (self.url, self.sha256, self.note) = (url, sha256, note) }

    /// A file of PyTorch's servers: the eight digits before its extension begin its SHA-256.
    public static func torch(_ url: String, note: String = "") -> Publication {
        let stem = url.split(separator: "/").last.map { $0.split(separator: ".").dropLast().joined(separator: ".") } ?? ""
        let digits = stem.split(separator: "-").last.map(String.init) ?? ""
        return Publication(url: url, sha256: digits.count == 8 && digits.allSatisfy(\.isHexDigit) ? digits : nil, note: note)
    }

    /// "googlenet-1378be20.pth"
    public var fileName: String { url.split(separator: "/").last.map(String.init) ?? url }

    /// Where to download from: the published place, or the folder that the environment's `HOOKE_MODELS_URL` names.
    public var source: String {
        guard let base = ProcessInfo.processInfo.environment["HOOKE_MODELS_URL"], !base.isEmpty else { return url }
        return base + (base.hasSuffix("/") ? "" : "/") + fileName
    }
}
