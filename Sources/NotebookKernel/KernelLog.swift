import Foundation

/// The kernel's own log, on the standard error that the process was started with: what cells write goes to the notebook.
///
/// A flood of bad messages must fill no disk and block on no pipe: lines beyond a budget are counted, and lines that nobody
/// takes are dropped. It is safe to share: the counts are guarded by `lock`.
final class KernelLog: @unchecked Sendable {
    private static let budget = 20
    private static let period = Duration.seconds(10)
    private static let longestLine = 500

    private let descriptor: Int32
    private let lock = NSLock()
    private var periodStart = ContinuousClock.now
    private var written = 0
    private var suppressed = 0

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Writes one line.
    func note(_ text: String) {
        lock.withLock {
            let now = ContinuousClock.now
            if now - periodStart > Self.period {
                periodStart = now
                written = 0
                if suppressed > 0 { write("\(suppressed) more lines like these were left out") }
                suppressed = 0
            }
            if written < Self.budget { write(text) } else { suppressed += 1 }
            written += 1
        }
    }

    private func write(_ text: String) {
        // Parts of the text come from messages: terminals must not obey them.
        let safe = text.unicodeScalars.prefix(Self.longestLine).map { $0.properties.generalCategory == .control ? "\u{FFFD}" : Character($0) }
        var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&state, 1, 0) == 1, state.revents & Int16(POLLOUT) != 0 else { return }
        let bytes = Array(("hooke: " + String(safe) + "\n").utf8)
        _ = Glibc.write(descriptor, bytes, bytes.count)
    }
}
