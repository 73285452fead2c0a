import Dispatch
import Foundation

/// Watches for what ends a run early: Ctrl-C, SIGTERM, and the death of the process that started it.
///
/// It is safe to share: the number of the signal is guarded by `lock`.
final class StopSignals: @unchecked Sendable {
    private let lock = NSLock()
    private var received: Int32 = 0
    private var sources: [any DispatchSourceProtocol] = []

    /// - Parameters:
    ///   - watchesParent: whether the run is a part of another that must not be outlived.
    ///   - stop: called at each such event, on any thread.
    init(watchesParent: Bool, stop: @escaping @Sendable () -> Void) {
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [weak self] in
                self?.note(number)
                stop()
            }
            source.resume()
            sources.append(source)
        }
        guard watchesParent else { return }
        let parent = getppid()
        let timer = DispatchSource.makeTimerSource(queue: .global())
        timer.schedule(deadline: .now() + 1, repeating: 1)
        timer.setEventHandler { [weak self] in
            guard getppid() != parent else { return }
            self?.note(SIGTERM)
            stop()
        }
        timer.resume()
        sources.append(timer)
    }

    private func note(_ number: Int32) { lock.withLock { if received == 0 { received = number } } }

    /// Whether a run was ended early.
    var wasStopped: Bool { lock.withLock { received != 0 } }

    /// What shells expect of a program that a signal ended.
    var exitStatus: Int32 { lock.withLock { 128 + received } }
}
