import Foundation

/// One value in several representations, from which a notebook front end shows the richest it can.
///
///     MimeBundle(plain: "a 2 x 2 image").adding("image/png", data: png)
///
/// Always holds `text/plain`, so that terminals and diffs have something to show.
public struct MimeBundle: Equatable, Sendable {
    /// A representation: text for textual types (SVG, HTML, Markdown), bytes for binary ones (PNG, JPEG).
    public enum Content: Equatable, Sendable {
        case text(String)
        case data(Data)
    }

    /// The representations by MIME type, without parameters: `text/plain`, `image/png`, `image/svg+xml`, `text/html`.
    public private(set) var contents: [String: Content]

    /// A bundle with only a plain text.
    public init(plain: String) { contents = ["text/plain": .text(plain)] }

    /// The plain text of the bundle.
    public var plain: String {
        if case .text(let text)? = contents["text/plain"] { return text }
        return ""
    }

    /// The bundle with a textual representation added or replaced.
    public func adding(_ type: String, text: String) -> MimeBundle {
        var copy = self
        copy.contents[type] = .text(text)
        return copy
    }

    /// The bundle with a binary representation added or replaced.
    public func adding(_ type: String, data: Data) -> MimeBundle {
        var copy = self
        copy.contents[type] = .data(data)
        return copy
    }
}
