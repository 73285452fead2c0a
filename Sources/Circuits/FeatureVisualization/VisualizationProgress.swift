import Figures
import Foundation
import RichDisplay
import Tensors

/// A picture that grows in the notebook while it is optimized, a few times a second, and leaves one line behind.
///
/// The line says what was made, so that an executed notebook shows the finished picture once: where the cell returns it.
final class VisualizationProgress {
    private let title: String
    private let steps: Int
    private let handle: DisplayHandle?
    private var shown = Date()
    private static let interval = 0.25

    /// Shows nothing where displays cannot be replaced: there every update would be one more line.
    init(_ title: String, steps: Int, isShown: Bool) throws {
        (self.title, self.steps) = (title, steps)
        guard isShown, let sink = DisplayRouter.sink, sink.canUpdate else {
            handle = nil
            return
        }
        handle = try display(Caption(text: "\(title), starting"))
    }

    /// Shows the images `[batch, height, width, 3]`, if enough time has passed.
    func update(step: Int, images: Tensor) throws {
        guard let handle, Date().timeIntervalSince(shown) >= Self.interval else { return }
        shown = Date()
        let pictures = (0..<Swift.min(images.shape[0], 16)).map { images.slice($0) }
        let image = try Image(Visualization.sideBySide(pictures))
        try handle.update(Picture(image: image, text: "\(title), step \(step) of \(steps)"))
    }

    /// Leaves the line.
    func finish(_ text: String) throws { try handle?.update(Caption(text: text)) }

    private struct Caption: Displayable {
        let text: String

        func mimeBundle() -> MimeBundle {
            MimeBundle(plain: text).adding("text/html", text: "<small>\(HTML.escape(text))</small>")
        }
    }

    private struct Picture: Displayable {
        let image: Image
        let text: String

        func mimeBundle() throws -> MimeBundle {
            let png = try image.pngData().base64EncodedString()
            let width = image.width * Swift.max(1, 256 / Swift.max(1, image.height))
            return MimeBundle(plain: text).adding(
                "text/html",
                text: "<img src=\"data:image/png;base64,\(png)\" width=\"\(width)\" style=\"max-width:100%\" alt=\"\">"
                    + "<br><small>\(HTML.escape(text))</small>")
        }
    }
}
