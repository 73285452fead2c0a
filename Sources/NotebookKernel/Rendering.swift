import RichDisplay
import SwiftCells

/// How the value of a last expression is shown.
public enum Rendering {
    /// More text than this is cut: a notebook is no place for a million numbers.
    private static let maximumLength = 20_000
    /// More elements than this are counted, not shown.
    private static let maximumElements = 100

    /// A displayable value shows itself; any other shows its description.
    /// - Throws: what a displayable's `mimeBundle()` throws.
    public static func bundle(for value: Any) throws -> MimeBundle {
        if let displayable = value as? any Displayable { return try displayable.mimeBundle() }
        if let displayables = value as? [any Displayable], !displayables.isEmpty, displayables.count <= maximumElements {
            return MimeBundle(plain: try displayables.map { try $0.mimeBundle().plain }.joined(separator: "\n"))
        }
        return MimeBundle(plain: text(of: value))
    }

    private static func text(of value: Any) -> String {
        var text: String
        if let string = value as? String {
            text = string.debugDescription
        } else if let collection = value as? any Collection, !(value is any CustomStringConvertible & Sequence) || value is any RandomAccessCollection {
            text = abbreviated(collection) ?? String(describing: value)
        } else {
            text = String(describing: value)
        }
        text = InternalNames.removed(from: text)
        guard text.utf8.count > maximumLength else { return text }
        return String(text.prefix(maximumLength)) + "… (\(text.count) characters)"
    }

    /// The first elements and how many there are, when there are many.
    private static func abbreviated(_ collection: some Collection) -> String? {
        guard collection.count > maximumElements else { return nil }
        let shown = collection.prefix(maximumElements).map { String(reflecting: $0) }.joined(separator: ", ")
        return "[\(shown), … \(collection.count) elements]"
    }
}
