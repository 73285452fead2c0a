import Networks
import RichDisplay

extension Layer: Displayable {
    /// One line about the layer.
    /// - Throws: ``ModelError/unknownLayer(_:model:suggestion:layers:)`` when the model has no such layer.
    public func mimeBundle() throws -> MimeBundle {
        guard let summary = try summary() else { return MimeBundle(plain: "\(name): \(try channels()) channels") }
        let branches = summary.branches.map { "\($0.name) \($0.channels.lowerBound)–\($0.channels.upperBound - 1)" }
        return MimeBundle(plain: summary.description + (branches.isEmpty ? "" : "; branches " + branches.joined(separator: ", ")))
    }
}

extension Feature: Displayable {
    /// The feature's address, checked.
    /// - Throws: ``ModelError`` when the layer or a channel does not exist.
    public func mimeBundle() throws -> MimeBundle {
        try validate()
        return MimeBundle(plain: "\(description) of \(model.name)")
    }
}
