import CHooke
import Foundation

/// Runs a closure that a cell left behind, a handler of an event, the way a cell runs: on a thread of its own, so that a trap or an
/// interrupt ends the call and not the process.
///
/// It is safe to share: the thread is guarded by `lock`.
public final class GuardedCall: @unchecked Sendable {
    /// How a call ended.
    public enum Ending: Sendable { case finished, trapped, interrupted }

    /// Handed over to the thread that is being made, one at a time.
    nonisolated(unsafe) private static var body: (() -> Void)?
    private static let handing = NSLock()
    private static let taken = DispatchSemaphore(value: 0)
    /// Every session of this process keeps its cells in a folder that begins like this.
    private static let cellFolders = {
        let base = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        return URL(fileURLWithPath: base).resolvingSymlinksInPath().path + "/hooke-\(getpid())-"
    }()

    private let run: CellRun
    private let lock = NSLock()
    private var thread: CellThread?

    /// - Parameter context: what the call belongs to: see ``CellRun/current``.
    public init(context: Any?) { run = CellRun(context: context) { _ in } }

    /// Runs the closure and waits for its end. Where no thread can be made, it runs on this one.
    public func run(_ body: @escaping () -> Void) -> Ending {
        let made: CellThread? = Self.handing.withLock {
            Self.body = body
            let made = CellThread(owner: run) { _, _ in
                let body = GuardedCall.body
                GuardedCall.taken.signal()
                body?()
                return 0
            }
            if made != nil { Self.taken.wait() }
            Self.body = nil
            return made
        }
        guard let made else {
            body()
            return .finished
        }
        lock.withLock { thread = made }
        let report = made.wait(cellFolder: Self.cellFolders)
        switch report.state {
        case HOOKE_CELL_TRAPPED: return .trapped
        case HOOKE_CELL_INTERRUPTED: return .interrupted
        default: return .finished
        }
    }

    /// Parks the closure's thread as soon as that is safe. Returns when the call is over; at once if it has not begun.
    public func stop() { lock.withLock { thread }?.stop(cellFolder: Self.cellFolders) }
}
