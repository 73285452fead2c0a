import Foundation

/// Where displays go. The kernel installs one for the duration of a cell; without one, displays print their plain text.
public protocol DisplaySink: AnyObject, Sendable {
    /// Shows a bundle; `id` lets a later bundle replace it.
    func show(_ bundle: MimeBundle, id: String?)
    /// Replaces every shown bundle of that id.
    func update(_ bundle: MimeBundle, id: String)
    /// Whether updates replace what was shown, or would only add lines.
    var canUpdate: Bool { get }
    /// What tells the cell that displays belong to now from all others; nil, the default, where there is no telling.
    var presentCell: String? { get }
    /// Clears what the cell has shown, at once or, with `wait`, when something new is shown.
    func clear(wait: Bool)
}

extension DisplaySink {
    public var presentCell: String? { nil }
}

/// The process-wide place where the kernel installs its sink.
public enum DisplayRouter {
    nonisolated(unsafe) private static var installed: DisplaySink?
    private static let lock = NSLock()

    /// The sink that displays go to now, if any.
    public static var sink: DisplaySink? {
        get { lock.withLock { installed } }
        set { lock.withLock { installed = newValue } }
    }
}

/// Shows a value in the notebook now, before the cell ends. Outside a notebook its plain text is printed.
/// - Throws: what the value's `mimeBundle()` throws.
@discardableResult
public func display(_ value: some Displayable) throws -> DisplayHandle {
    let handle = DisplayHandle()
    handle.show(try value.mimeBundle())
    return handle
}

/// A display that can be replaced in place, for pictures that grow while a computation runs.
public final class DisplayHandle: Sendable {
    private let id = UUID().uuidString
    private let sink = DisplayRouter.sink

    init() {}

    func show(_ bundle: MimeBundle) {
        if let sink { sink.show(bundle, id: id) } else { print(bundle.plain) }
    }

    /// Replaces what this handle showed.
    /// - Throws: what the value's `mimeBundle()` throws.
    public func update(_ value: some Displayable) throws {
        guard let sink, sink.canUpdate else { return }
        sink.update(try value.mimeBundle(), id: id)
    }
}
