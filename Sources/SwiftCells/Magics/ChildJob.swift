import CHooke
import Foundation

/// The program that a magic waits for, one at a time. Nothing that it starts outlives the magic, not even in process groups of its own,
/// such as SwiftPM gives to each compiler: all of them inherit a mark in their environment.
///
/// It is safe to share: `stop` and `kill` are for any thread, and what they touch is guarded by `lock`.
final class ChildJob: @unchecked Sendable {
    private let lock = NSLock()
    private var group: pid_t = 0
    private var guardian: (pid: pid_t, pipe: Int32)?
    private var isStopped = false
    private var count = 0
    private static let mark = "HOOKE_JOB"

    /// Allows programs again, at the beginning of a cell.
    func begin() { lock.withLock { isStopped = false } }

    /// Ends the program as Ctrl-C would, and by force where that does not help. Programs that follow in the same cell are not started.
    func stop() {
        let stopped: pid_t = lock.withLock {
            isStopped = true
            if group > 0 { Foundation.kill(-group, SIGINT) }
            return group
        }
        guard stopped > 0 else { return }
        for _ in 0..<6 {
            usleep(10_000)
            if lock.withLock({ group != stopped }) { return }
        }
        lock.withLock {
            guard group == stopped else { return }
            Foundation.kill(-group, SIGKILL)
            sweep()
        }
    }

    /// Ends the program now.
    func kill() {
        lock.withLock {
            isStopped = true
            guard group > 0 else { return }
            Foundation.kill(-group, SIGKILL)
            sweep()
        }
    }

    /// Whether the cell's programs were stopped.
    var wasStopped: Bool { lock.withLock { isStopped } }

    /// Runs a program whose output and errors go where this process's go.
    /// - Returns: its exit status, or 128 and the number of the signal that ended it.
    /// - Throws: ``ToolchainError`` when it cannot be started, ``Stopped``.
    func run(_ program: String, _ arguments: [String]) throws -> Int32 {
        let pid = try start(ProcessInfo.processInfo.environment) {
            try ChildProcess.spawn(program, arguments, input: nil, output: 1, errors: 2, environment: $0)
        }
        awaitEnd(of: pid)
        return reap(pid)
    }

    /// Runs a program and hands on its output, errors included, line by line.
    /// - Throws: as ``run(_:_:)``.
    func run(_ program: String, _ arguments: [String], environment: [String: String], eachLine: (String) -> Void) throws -> Int32 {
        var ends: [Int32] = [0, 0]
        guard hooke_pipe(&ends) == 0 else { throw ToolchainError.cannotStart(program: program, reason: String(cString: strerror(errno))) }
        defer { close(ends[0]) }
        let pid: pid_t
        do {
            defer { close(ends[1]) }
            pid = try start(environment) {
                try ChildProcess.spawn(program, arguments, input: nil, output: ends[1], environment: $0, joinsErrors: true)
            }
        }
        var rest: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var isOver = false
        // What a program left running may keep the pipe open: its end is not the end that counts.
        while true {
            var descriptor = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
            let ready = poll(&descriptor, 1, isOver ? 0 : 50)
            if ready > 0 {
                let count = read(ends[0], &buffer, buffer.count)
                if count <= 0 { break }
                rest += buffer[0..<count]
                while let newline = rest.firstIndex(of: 0x0A) {
                    eachLine(String(decoding: rest[..<newline], as: UTF8.self))
                    rest.removeSubrange(...newline)
                }
            } else if isOver {
                break
            } else {
                isOver = hasEnded(pid)
            }
        }
        if !rest.isEmpty { eachLine(String(decoding: rest, as: UTF8.self)) }
        awaitEnd(of: pid)
        return reap(pid)
    }

    /// A stop came before, or during, a program.
    struct Stopped: Error {}

    private var currentMark: String { "\(Self.mark)=\(getpid())-\(count)" }

    private func start(_ environment: [String: String], _ spawn: ([String: String]) throws -> pid_t) throws -> pid_t {
        try lock.withLock {
            if isStopped { throw Stopped() }
            count += 1
            group = try spawn(environment.merging([Self.mark: "\(getpid())-\(count)"]) { $1 })
            guardian = startGuardian()
            return group
        }
    }

    /// A shell that waits for the end of this process, which closes its standard input, and then sweeps in its place.
    private func startGuardian() -> (pid: pid_t, pipe: Int32)? {
        var ends: [Int32] = [0, 0]
        guard hooke_pipe(&ends) == 0 else { return nil }
        defer { close(ends[0]) }
        let sweep = """
            read -r _; for round in 1 2 3 4 5; do for process in /proc/[0-9]*; do
            grep -qzx '\(currentMark)' "$process/environ" 2> /dev/null && kill -KILL "${process#/proc/}"; done; done
            """
        let nothing = open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer { close(nothing) }
        guard nothing >= 0, let pid = try? ChildProcess.spawn("/bin/sh", ["-c", sweep], input: ends[0], output: nothing) else {
            close(ends[1])
            return nil
        }
        return (pid, ends[1])
    }

    private func endGuardian() {
        guard let (pid, pipe) = guardian else { return }
        Foundation.kill(pid, SIGKILL)
        close(pipe)
        var code: Int32 = 0
        while waitpid(pid, &code, 0) < 0 && errno == EINTR {}
        guardian = nil
    }

    /// Ends every process that carries the mark of the present program. One that is just being made is found in the next round.
    private func sweep() {
        let mark = Array(currentMark.utf8)
        for _ in 0..<20 {
            let marked = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { pid_t($0) }.filter { pid in
                guard pid != getpid(), let environment = FileManager.default.contents(atPath: "/proc/\(pid)/environ") else { return false }
                return environment.split(separator: 0).contains { $0.elementsEqual(mark) }
            } ?? []
            if marked.isEmpty { return }
            for pid in marked { Foundation.kill(pid, SIGKILL) }
            usleep(2_000)
        }
    }

    private func hasEnded(_ pid: pid_t) -> Bool {
        var info = siginfo_t()
        info._sifields._sigchld.si_pid = 0
        return waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info._sifields._sigchld.si_pid == pid
    }

    private func awaitEnd(of pid: pid_t) {
        var info = siginfo_t()
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
    }

    /// Ends what the program left behind, while its number still belongs to it, and takes its status.
    private func reap(_ pid: pid_t) -> Int32 {
        lock.withLock {
            Foundation.kill(-pid, SIGKILL)
            sweep()
            endGuardian()
            group = 0
        }
        var code: Int32 = 0
        while waitpid(pid, &code, 0) < 0 && errno == EINTR {}
        return code & 0x7f == 0 ? (code >> 8) & 0xff : 128 + (code & 0x7f)
    }
}
