import Foundation

/// Lets one cell, or handler of an event, of a shell run at a time, and interrupts the one that has the turn.
///
/// It is safe to share: the turn is guarded by `lock`; `gate` keeps it from ending while an interrupt is delivered, so that an
/// interrupt meant for one cell never hits the next.
final class Turns: @unchecked Sendable {
    private struct Turn {
        let identity: Int
        let stop: () -> Void
    }

    private let order = DispatchQueue(label: "cells")
    private let interrupts = DispatchQueue(label: "interrupts")
    private let gate = NSLock()
    private let lock = NSLock()
    private var count = 0
    private var turn: Turn?

    private var current: Int? { lock.withLock { turn?.identity } }

    /// Whether no cell has the turn.
    var isFree: Bool { current == nil }

    /// Runs `body` when all earlier turns are over. Must not be called within a turn.
    /// - Parameter stop: what interrupts `body`; returns when that is done, or when there is nothing to interrupt at the moment.
    func take<R>(stop: @escaping () -> Void, _ body: () throws -> R) rethrows -> R {
        try order.sync {
            lock.withLock {
                count += 1
                turn = Turn(identity: count, stop: stop)
            }
            defer { gate.withLock { lock.withLock { turn = nil } } }
            return try body()
        }
    }

    /// Interrupts the turn that is taken now; does nothing when none is. Returns at once.
    /// - Parameter request: Called first, at once.
    func interrupt(request: () -> Void) {
        guard let interrupted = lock.withLock({ turn }) else { return }
        request()
        interrupts.async { [self] in
            // An interrupt can fall between the steps of a cell, compiled and not yet running; what goes on is interrupted again.
            while gate.withLock({
                guard current == interrupted.identity else { return false }
                interrupted.stop()
                return true
            }) {
                for _ in 0..<50 where current == interrupted.identity { usleep(20_000) }
            }
        }
    }
}
