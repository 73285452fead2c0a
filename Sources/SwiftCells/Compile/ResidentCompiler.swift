import CHooke
import Foundation

/// A compiler that stays in memory: a child process that hosts sourcekitd, for compiling, completing and explaining.
///
/// The child is started by the first request, has a process group of its own, ends with this process, and is ended when it has grown too
/// large or has had nothing to do for long; the next request starts another. It is safe to share: requests take turns under `lock`, and `stop` only sends a signal.
final class ResidentCompiler: @unchecked Sendable {
    /// Why there is no answer.
    struct Unavailable: Error { let reason: String }

    private let program: String
    private let library: String
    private let lock = NSLock()
    private var child: (pid: pid_t, requests: Int32, answers: Int32)?
    private var served = 0
    private let state = NSLock()  // guards what follows
    private var childPID: pid_t = 0
    private var warm = false
    private var isWarmingUp = false
    private var requestCount = 0

    /// More resident memory than this ends the child after a request, in bytes.
    private static let memoryBound = 700 << 20
    /// After so many requests the child is ended as well: each leaves it a little slower.
    private static let requestBound = 1000
    /// Without a request for so long the child is ended, in seconds.
    private static let idleBound = 20.0 * 60

    /// Nil when the program or the toolchain's sourcekitd is not there: then cells are compiled by separate processes.
    init?(toolchain: Toolchain) {
        let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        program = executable.deletingLastPathComponent().appendingPathComponent("hooke-compiler").path
        library = toolchain.root + "/lib/libsourcekitdInProc.so"
        guard FileManager.default.isExecutableFile(atPath: program), FileManager.default.fileExists(atPath: library) else { return nil }
    }

    deinit { end() }

    /// Whether a first request was answered: before that, a separate compiler process is faster.
    var isWarm: Bool { state.withLock { warm } }

    /// Calls `warmUp` on another thread, unless the child is warm or becomes so already.
    func warmIfCold(_ warmUp: @escaping () -> Void) {
        let isNeeded: Bool = state.withLock {
            if warm || isWarmingUp { return false }
            isWarmingUp = true
            return true
        }
        guard isNeeded else { return }
        DispatchQueue.global().async { [self] in
            warmUp()
            state.withLock { isWarmingUp = false }
        }
    }

    /// Sends a request in sourcekitd's YAML form and waits for the answer.
    /// - Throws: ``Unavailable`` when the child cannot be started, died or refused the request.
    func send(_ request: String) throws -> [String: Any] {
        lock.lock()
        defer { lock.unlock() }
        let child = try self.child ?? start()
        defer { endWhenIdle() }
        var message = Data()
        withUnsafeBytes(of: UInt32(request.utf8.count).littleEndian) { message.append(contentsOf: $0) }
        message.append(contentsOf: request.utf8)
        guard Self.write(message, to: child.requests), let header = Self.read(4, from: child.answers) else { throw lost() }
        let length = header.enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        guard length <= 1 << 28, let body = Self.read(length, from: child.answers) else { throw lost() }
        guard let answer = try? JSONSerialization.jsonObject(with: body) as? [String: Any] else { throw Unavailable(reason: "an answer that is not JSON") }
        if let error = answer["hooke.error"] as? String { throw Unavailable(reason: error) }
        state.withLock { warm = true }
        served += 1
        if served > Self.requestBound || Self.residentMemory(of: child.pid) > Self.memoryBound { _ = lost() }
        return answer
    }

    /// Ends the child now, from any thread: a request under way fails.
    func stop() {
        let pid = state.withLock { childPID }
        if pid > 0 { kill(pid, SIGKILL) }
    }

    private func endWhenIdle() {
        let count: Int = state.withLock {
            requestCount += 1
            return requestCount
        }
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.idleBound) { [weak self] in
            guard let self, state.withLock({ self.requestCount == count }) else { return }
            lock.withLock { if self.child != nil { _ = self.lost() } }
        }
    }

    private func end() {
        stop()
        if let child { Self.reap(child) }
        child = nil
    }

    private func lost() -> Unavailable {
        stop()
        if let child { Self.reap(child) }
        child = nil
        state.withLock { (childPID, warm) = (0, false) }
        return Unavailable(reason: "the resident compiler ended")
    }

    private static func reap(_ child: (pid: pid_t, requests: Int32, answers: Int32)) {
        close(child.requests)
        close(child.answers)
        var status: Int32 = 0
        while waitpid(child.pid, &status, 0) < 0 && errno == EINTR {}
    }

    private func start() throws -> (pid: pid_t, requests: Int32, answers: Int32) {
        var input: [Int32] = [0, 0], output: [Int32] = [0, 0]
        guard hooke_pipe(&input) == 0 else { throw Unavailable(reason: "no pipe") }
        guard hooke_pipe(&output) == 0 else {
            input.forEach { close($0) }
            throw Unavailable(reason: "no pipe")
        }
        let pid: pid_t
        do {
            pid = try ChildProcess.spawn(program, [library], input: input[0], output: output[1])
        } catch {
            (input + output).forEach { close($0) }
            throw Unavailable(reason: "\(error)")
        }
        close(input[0])
        close(output[1])
        let started = (pid: pid, requests: input[1], answers: output[0])
        (child, served) = (started, 0)
        state.withLock { childPID = pid }
        return started
    }

    private static func residentMemory(of pid: pid_t) -> Int {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/statm", encoding: .utf8) else { return 0 }
        let fields = text.split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
    }

    private static func write(_ data: Data, to descriptor: Int32) -> Bool {
        data.withUnsafeBytes { bytes in
            var written = 0
            while written < bytes.count {
                let put = Foundation.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
                if put > 0 { written += put } else if errno != EINTR { return false }
            }
            return true
        }
    }

    private static func read(_ count: Int, from descriptor: Int32) -> Data? {
        var data = Data(count: count)
        let complete = data.withUnsafeMutableBytes { bytes in
            var filled = 0
            while filled < count {
                let got = Foundation.read(descriptor, bytes.baseAddress! + filled, count - filled)
                if got > 0 { filled += got } else if got == 0 || errno != EINTR { return false }
            }
            return true
        }
        return complete ? data : nil
    }
}
