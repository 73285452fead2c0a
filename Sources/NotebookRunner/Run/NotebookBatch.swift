import Foundation

/// Runs many notebooks, each in a process of its own, a few at once.
///
/// It is safe to share: all mutable state is touched only under `lock`.
public final class NotebookBatch: @unchecked Sendable {
    private let program: String
    private let commands: [[String]]
    private let lock = NSLock()
    private var next = 0
    private var statuses: [Int32?]
    private var running: Set<pid_t> = []
    private var isStopped = false

    /// - Parameters:
    ///   - program: the program that runs one notebook.
    ///   - commands: its arguments, for each notebook.
    public init(program: String, commands: [[String]]) {
        self.program = program
        self.commands = commands
        statuses = Array(repeating: nil, count: commands.count)
    }

    /// Runs all of them.
    /// - Parameter width: how many at once, at least 1.
    /// - Returns: the exit status of each; 128 + the signal for one that a signal ended, nil for one that was not started.
    public func run(width: Int) -> [Int32?] {
        let done = DispatchGroup()
        for _ in 0..<max(1, min(width, commands.count)) {
            done.enter()
            Thread.detachNewThread { [self] in
                while let index = startable() { finish(index, wait(for: start(commands[index]))) }
                done.leave()
            }
        }
        done.wait()
        return lock.withLock { statuses }
    }

    /// Starts no more, and asks those that run to save and end. May be called from any thread.
    public func stop() {
        lock.withLock {
            isStopped = true
            for child in running { kill(child, SIGTERM) }
        }
    }

    private func startable() -> Int? {
        lock.withLock {
            guard !isStopped, next < commands.count else { return nil }
            defer { next += 1 }
            return next
        }
    }

    private func finish(_ index: Int, _ status: Int32) { lock.withLock { statuses[index] = status } }

    /// The child of that command; nil when it cannot be started.
    private func start(_ arguments: [String]) -> pid_t? {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // This process handles these signals in its own way; the child starts afresh.
        var none = sigset_t(), defaults = sigset_t()
        sigemptyset(&none)
        sigemptyset(&defaults)
        for number in [SIGINT, SIGTERM, SIGPIPE] { sigaddset(&defaults, number) }
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var argv: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { argv.forEach { free($0) } }
        var child = pid_t()
        // Under the lock, so that a stop either prevents the child or knows it.
        return lock.withLock {
            if isStopped { return nil }
            guard posix_spawn(&child, program, nil, &attributes, &argv, environ) == 0 else { return nil }
            running.insert(child)
            return child
        }
    }

    private func wait(for child: pid_t?) -> Int32 {
        guard let child else { return 127 }
        var information = siginfo_t()
        // The child stays known to the system until it is reaped under the lock: no signal can reach another of the same number.
        while waitid(P_PID, id_t(child), &information, WEXITED | WNOWAIT) < 0 && errno == EINTR {}
        return lock.withLock {
            running.remove(child)
            var code: Int32 = 0
            while waitpid(child, &code, 0) < 0 && errno == EINTR {}
            return code & 0x7f == 0 ? (code >> 8) & 0xff : 128 + (code & 0x7f)
        }
    }
}
