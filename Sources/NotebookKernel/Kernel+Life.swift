import Dispatch
import Foundation

extension Kernel {
    /// SIGINT interrupts the cell (some launchers send it whatever the kernelspec says); SIGTERM ends the kernel.
    func watchSignals() -> [DispatchSourceSignal] {
        // A launcher may close its ends of the standard streams.
        signal(SIGPIPE, SIG_IGN)
        return [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [weak self] in
                if number == SIGINT { self?.interrupt() } else { self?.end() }
            }
            source.resume()
            return source
        }
    }

    /// Ends the kernel when the process that started it is gone, so that no kernel outlives its server.
    func watchParent() -> DispatchSourceTimer? {
        guard let text = ProcessInfo.processInfo.environment["JPY_PARENT_PID"], let parent = pid_t(text), parent > 1 else { return nil }
        let timer = DispatchSource.makeTimerSource(queue: .global())
        timer.schedule(deadline: .now() + 1, repeating: 1)
        timer.setEventHandler { [weak self] in
            if kill(parent, 0) != 0 && errno == ESRCH { self?.end() }
        }
        timer.resume()
        return timer
    }
}
