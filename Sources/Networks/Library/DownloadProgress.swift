import Foundation
import RichDisplay

/// A bar that grows in the notebook while a file is downloaded, a few times a second, and leaves one line behind.
final class DownloadProgress {
    private let title: String
    private var handle: DisplayHandle?
    private let sink = DisplayRouter.sink
    private var last: Download.Progress?

    /// - Parameter title: what is downloaded, for a reader.
    init(_ title: String) { self.title = title }

    /// Shows nothing where displays cannot be replaced: there every update would be one more line.
    func update(_ progress: Download.Progress) {
        guard let sink, sink.canUpdate else { return }
        last = progress
        show(Bar(title: title, text: "\(progress)", share: progress.total.map { total in
            total > 0 ? min(1, Double(progress.received) / Double(total)) : 0
        }))
    }

    /// Leaves the line; nothing if there was no bar.
    func finish() {
        guard let last else { return }
        show(Bar(title: title, text: String(format: "%.1f MB downloaded", Double(last.total ?? last.received) / 1e6), share: nil))
    }

    /// A display that fails must not end a download.
    private func show(_ bar: Bar) {
        if let handle { try? handle.update(bar) } else { handle = try? display(bar) }
    }

    private struct Bar: Displayable {
        let title: String
        let text: String
        /// Nil without a bar.
        let share: Double?

        func mimeBundle() -> MimeBundle {
            let bar = share.map { "<progress value=\"\(String(format: "%.3f", $0))\" max=\"1\" style=\"width:20em\"></progress> " } ?? ""
            return MimeBundle(plain: "\(title): \(text)").adding(
                "text/html", text: "\(bar)<small>\(HTML.escape(title)): \(HTML.escape(text))</small>")
        }
    }
}

extension Download {
    /// Downloads the file, with a bar in a notebook.
    /// - Returns: as ``run(progress:)``.
    /// - Throws: as ``run(progress:)``.
    func runShowingProgress(_ title: String) throws -> String {
        let shown = DownloadProgress(title)
        let digest = try run { shown.update($0) }
        shown.finish()
        return digest
    }
}
