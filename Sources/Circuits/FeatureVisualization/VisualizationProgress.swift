import Figures
import Foundation
import RichDisplay
import Tensors

/// A picture that grows in the notebook while it is optimized, a few times a second, and leaves one line behind.
///
/// The line says what was made, so that an executed notebook shows the finished picture once: where the cell returns it. What one cell
/// does after another shares a place: the line left is the last one's.
final class VisualizationProgress {
    private let title: String
    private let steps: Int
    private let unit: String
    private let handle: DisplayHandle?
    private var shown = Date()
    private static let interval = 0.25
    /// How many pictures are shown at once.
    static let largestRow = 16

    /// Shows nothing where displays cannot be replaced: there every update would be one more line.
    /// - Parameter unit: what is counted.
    init(_ title: String, steps: Int, of unit: String = "step", isShown: Bool) throws {
        (self.title, self.steps, self.unit) = (title, steps, unit)
        guard isShown, let sink = DisplayRouter.sink, sink.canUpdate else {
            handle = nil
            return
        }
        let caption = Caption(text: "\(title), starting")
        if let free = Self.lastPlace.taken(in: sink) {
            try free.update(caption)
            handle = free
        } else {
            handle = try display(caption)
        }
    }

    /// The display of the last computation that has finished, and the cell that it belongs to.
    private final class Place: @unchecked Sendable {
        private let lock = NSLock()
        private var cell: String?
        private var handle: DisplayHandle?

        func leave(_ handle: DisplayHandle) {
            let cell = DisplayRouter.sink?.presentCell
            lock.withLock { (self.handle, self.cell) = (handle, cell) }
        }

        func taken(in sink: any DisplaySink) -> DisplayHandle? {
            let present = sink.presentCell
            return lock.withLock {
                defer { handle = nil }
                return present != nil && cell == present ? handle : nil
            }
        }
    }

    private static let lastPlace = Place()

    /// Shows the images `[batch, height, width, 3]`, if enough time has passed.
    func update(step: Int, images: @autoclosure () -> Tensor) throws {
        guard let handle, Date().timeIntervalSince(shown) >= Self.interval else { return }
        shown = Date()
        let images = images()
        let pictures = (0..<Swift.min(images.shape[0], Self.largestRow)).map { images.slice($0) }
        let image = try Image(Visualization.sideBySide(pictures))
        try handle.update(Picture(image: image, text: "\(title), \(unit) \(step) of \(steps)"))
    }

    /// Leaves the line.
    func finish(_ text: String) throws {
        guard let handle else { return }
        try handle.update(Caption(text: text))
        Self.lastPlace.leave(handle)
    }

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
