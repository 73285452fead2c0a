import Foundation

/// Lets one cell at a time into the session, in the order of their arrival, and interrupts the one that has the turn.
///
/// It is safe to share: `identity` is guarded by `lock`; `gate` keeps a turn from ending while an interrupt is delivered, so
/// that an interrupt meant for one cell never hits the next.
final class Turns: @unchecked Sendable {
    private let order = DispatchQueue(label: "cells")
    private let interrupts = DispatchQueue(label: "interrupts")
    private let gate = NSLock()
    private let lock = NSLock()
    private var identity = 0
    private var taken = false

    /// The turn that is taken now, if any.
    private var current: Int? { lock.withLock { taken ? identity : nil } }

    /// Whether no cell has the turn.
    var isFree: Bool { current == nil }

    /// Runs `body` when all earlier turns are over. Must not be called within a turn.
    func take<R>(_ body: () throws -> R) rethrows -> R {
        try order.sync {
            lock.withLock { (identity, taken) = (identity + 1, true) }
            defer { gate.withLock { lock.withLock { taken = false } } }
            return try body()
        }
    }

    /// Calls `stop` until the turn that is taken now is over; does nothing when none is. Returns at once.
    /// - Parameters:
    ///   - request: Called first, at once.
    ///   - stop: Called repeatedly, because an interrupt can fall between the steps of a cell: read, compiled, loaded, run.
    func interrupt(request: () -> Void, stop: @escaping @Sendable () -> Void) {
        guard let interrupted = current else { return }
        request()
        interrupts.async { [self] in
            while gate.withLock({
                guard current == interrupted else { return false }
                stop()
                return true
            }) { usleep(10_000) }
        }
    }
}
