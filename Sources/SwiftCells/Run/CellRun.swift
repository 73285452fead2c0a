import CHooke
import Foundation

/// One cell on its way through a session: who gets what it shows, what it belongs to, and how it is stopped.
///
/// Several cells may run at a time, each for a run of its own. It is safe to share: `stop` is for any thread, and what it touches is
/// guarded by `lock`; the rest belongs to the thread that runs the cell and to the cell's own, one after the other.
public final class CellRun: @unchecked Sendable {
    /// What the cell belongs to, such as a request.
    public let context: Any?
    /// Called on the cell's thread with the value of a last expression; an error thrown here becomes the cell's error.
    public var onResult: (Any) throws -> Void
    /// Called with the text of a page of help; where it is nil, pages are printed.
    public var onPage: ((String) -> Void)?

    /// The programs of its magics.
    let jobs = ChildJob()
    /// What its parts took, for `%time`.
    var measured = PartTimes()
    /// What showing the result took, which is not the cell's own time.
    private(set) var showing = Stopwatch.Reading()
    private(set) var resultError: (any Error)?

    private let lock = NSLock()
    private var stopRequested = false
    private var stopThread: (() -> Void)?
    private var giveUpCompiling: () -> Void = {}

    public init(context: Any? = nil, onPage: ((String) -> Void)? = nil, onResult: @escaping (Any) throws -> Void) {
        self.context = context
        self.onPage = onPage
        self.onResult = onResult
    }

    /// Stops the cell, if it runs. Returns when it is over, or when there is nothing to stop at the moment.
    public func stop() {
        let stopThread: (() -> Void)? = lock.withLock {
            stopRequested = true
            return self.stopThread
        }
        jobs.stop()
        if let stopThread { stopThread() } else { lock.withLock { giveUpCompiling }() }
    }

    var isStopRequested: Bool { lock.withLock { stopRequested } }

    /// Forgets an interrupt that was meant for what ran before.
    func begin(giveUpCompiling: @escaping () -> Void) {
        lock.withLock { (stopRequested, self.giveUpCompiling) = (false, giveUpCompiling) }
        jobs.begin()
    }

    /// Before a thread of this run starts.
    func clearResult() { (resultError, showing) = (nil, .init()) }

    /// While a thread runs, `stop` ends it; with nil there is none any more.
    /// - Returns: whether a stop came when there was no thread to stop.
    func stopping(by stopThread: (() -> Void)?) -> Bool {
        lock.withLock {
            self.stopThread = stopThread
            return stopRequested
        }
    }

    func receive(_ value: Any) {
        let shown = Stopwatch()
        do { try onResult(value) } catch { resultError = error }
        showing = showing + shown.elapsed
    }

    // MARK: - Which run a thread works for

    private static let threadKey = "hooke.run"
    private static let activeLock = NSLock()
    nonisolated(unsafe) private static var active: [CellRun] = []

    /// The run that the calling thread works for; on a thread that a cell started, the newest.
    public static var current: CellRun? {
        if let owner = hooke_cell_owner() { return Unmanaged<CellRun>.fromOpaque(owner).takeUnretainedValue() }
        return Thread.current.threadDictionary[threadKey] as? CellRun ?? activeLock.withLock { active.last }
    }

    /// Runs `body`, for which this thread works for this run.
    func whileCurrent<R>(_ body: () throws -> R) rethrows -> R {
        let before = Thread.current.threadDictionary[Self.threadKey]
        Thread.current.threadDictionary[Self.threadKey] = self
        Self.activeLock.withLock { Self.active.append(self) }
        defer {
            Self.activeLock.withLock { if let index = Self.active.lastIndex(where: { $0 === self }) { Self.active.remove(at: index) } }
            Thread.current.threadDictionary[Self.threadKey] = before
        }
        return try body()
    }
}
