import Foundation
import RichDisplay
import SwiftCells

/// Interrupts a session when a cell runs longer than it may.
///
/// It is safe to share: what both threads touch is guarded by `lock`.
final class CellTimeout: @unchecked Sendable {
    private let lock = NSLock()
    private var isOver = false
    private var hasFired = false
    private var timer: DispatchWorkItem?

    /// Starts counting. Nil seconds never fire.
    init(seconds: Double?, session: CellSession) {
        guard let seconds else { return }
        let timer = DispatchWorkItem { [self] in
            let fires = lock.withLock {
                hasFired = !isOver
                return hasFired
            }
            guard fires else { return }
            Interruption.request()
            // A cell that is still being compiled has no thread yet: it is asked again until it ends.
            while !(lock.withLock { isOver }) {
                session.interrupt()
                usleep(20_000)
            }
        }
        self.timer = timer
        DispatchQueue.global().asyncAfter(deadline: .now() + seconds, execute: timer)
    }

    /// Stops counting. Whether the cell was interrupted; then the interrupt is over too, and cannot reach the next cell.
    func end() -> Bool {
        let fired = lock.withLock {
            isOver = true
            return hasFired
        }
        timer?.cancel()
        if fired { timer?.wait() }
        timer = nil
        return fired
    }
}
