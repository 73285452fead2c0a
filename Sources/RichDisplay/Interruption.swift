import Foundation

/// The co-operative half of stopping a cell: long loops of the library ask ``check()`` once per step.
public enum Interruption {
    nonisolated(unsafe) private static var requested = false
    private static let lock = NSLock()

    /// Asks the running computation to stop at its next ``check()``. Called by the kernel on an interrupt.
    public static func request() { lock.withLock { requested = true } }

    /// Forgets a request, before a new cell runs.
    public static func clear() { lock.withLock { requested = false } }

    /// Whether a stop was requested.
    public static var isRequested: Bool { lock.withLock { requested } }

    /// Throws when a stop was requested.
    /// - Throws: ``Interrupted``.
    public static func check() throws {
        if isRequested { throw Interrupted() }
    }
}

/// The error of a computation that the user stopped.
public struct Interrupted: Error, CustomStringConvertible, Sendable {
    public init() {}
    public var description: String { "interrupted" }
}
