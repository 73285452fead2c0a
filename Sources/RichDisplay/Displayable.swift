/// A value that shows itself in a notebook: as the last expression of a cell, or through ``display(_:)``.
///
/// Conforming types give several representations at once; the front end picks the richest. An error thrown while
/// drawing is shown as the error of the cell.
public protocol Displayable {
    /// The representations of this value.
    func mimeBundle() throws -> MimeBundle
}

/// HTML shown as it is. The writer answers for its content; text from elsewhere goes through ``HTML/escape(_:)``.
public struct HTML: Displayable, Sendable {
    /// The markup.
    public let markup: String

    /// Markup shown as it is.
    public init(_ markup: String) { self.markup = markup }

    public func mimeBundle() -> MimeBundle {
        MimeBundle(plain: "HTML (\(markup.utf8.count) bytes)").adding("text/html", text: markup)
    }

    /// Text with the characters that HTML and SVG give a meaning replaced by entities.
    public static func escape(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            // Control characters have no place in XML and would make a whole figure unreadable.
            case "\u{0}"..."\u{8}", "\u{B}", "\u{C}", "\u{E}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}

/// Markdown rendered by the front end.
public struct Markdown: Displayable, Sendable {
    /// The Markdown source.
    public let source: String

    /// Markdown rendered by the front end.
    public init(_ source: String) { self.source = source }

    /// The source, and for terminals its beginning.
    public func mimeBundle() -> MimeBundle {
        let length = source.utf8.count
        let plain = length <= Self.plainLength ? source : source.prefix(Self.plainLength) + "… (\(length) bytes of Markdown)"
        return MimeBundle(plain: plain).adding("text/markdown", text: source)
    }

    private static let plainLength = 20_000
}
