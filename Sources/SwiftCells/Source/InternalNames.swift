import Foundation

/// Cells are modules named `HookeCellN`; people know them by what they typed.
public enum InternalNames {
    /// The text without the modules' names: `HookeCell3.P` becomes `P`.
    public static func removed(from text: String) -> String {
        guard text.utf8.count > 9, text.contains("HookeCell") else { return text }
        return text.replacingOccurrences(of: #"HookeCell[0-9]+\."#, with: "", options: .regularExpression)
    }

    /// A compiler's message, in which modules may be named by themselves too.
    static func removed(fromMessage text: String) -> String {
        removed(from: text)
            .replacingOccurrences(of: #"(?:module|file) '?HookeCell[0-9]+'?"#, with: "an earlier cell", options: .regularExpression)
            .replacingOccurrences(of: #"'HookeCell[0-9]+'"#, with: "an earlier cell", options: .regularExpression)
    }
}
