import RichDisplay

extension Image: Displayable {
    /// The picture as `image/png`.
    /// - Throws: ``ImageError``.
    public func mimeBundle() throws -> MimeBundle {
        MimeBundle(plain: "Image \(width) x \(height)\(channels == 4 ? " with alpha" : "")")
            .adding("image/png", data: try pngData())
    }
}
