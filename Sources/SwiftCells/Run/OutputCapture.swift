import CHooke
import Foundation

/// A stream of text that a cell writes to.
public enum OutputStream: String, Sendable { case standardOutput = "stdout", standardError = "stderr" }

/// Takes over the process's standard output and error and delivers what is written there as text, in order, while it is written.
///
/// It is safe to share between threads: all mutable state is touched only under `lock`.
public final class OutputCapture: @unchecked Sendable {
    /// The standard error that the process was started with, for the kernel's own log.
    public let originalStandardError: Int32
    private let originalStandardOutput: Int32
    private let deliver: (OutputStream, String) -> Void
    private let lock = NSLock()
    private var pipes: [(stream: OutputStream, reading: Int32, rest: [UInt8])] = []
    /// Standard error from the line of a failed check on: it belongs to the trap that follows, if one does.
    private var heldFatal: String?
    private var isRestored = false

    /// Redirects descriptors 1 and 2. `deliver` is called on several threads, never at the same time.
    public init(deliver: @escaping (OutputStream, String) -> Void) throws {
        self.deliver = deliver
        originalStandardOutput = fcntl(1, F_DUPFD_CLOEXEC, 3)
        originalStandardError = fcntl(2, F_DUPFD_CLOEXEC, 3)
        fflush(nil)
        for (stream, descriptor) in [(OutputStream.standardOutput, Int32(1)), (.standardError, 2)] {
            var ends: [Int32] = [0, 0]
            guard hooke_pipe(&ends) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EMFILE) }
            dup2(ends[1], descriptor)
            close(ends[1])
            _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
            pipes.append((stream, ends[0], []))
        }
        // A pipe would be written in blocks; a notebook shows lines as they come.
        setvbuf(stdout, nil, Int32(_IOLBF), 1 << 16)
        let thread = Thread { [weak self] in self?.readForever() }
        thread.name = "output"
        thread.start()
    }

    private func readForever() {
        var descriptors = lock.withLock { pipes.map { pollfd(fd: $0.reading, events: Int16(POLLIN), revents: 0) } }
        while true {
            if poll(&descriptors, nfds_t(descriptors.count), -1) < 0 && errno != EINTR { return }
            usleep(8_000)  // lines that follow each other closely travel together
            let ended: Bool = lock.withLock {
                pump()
                return isRestored
            }
            if ended { return }
        }
    }

    /// Delivers everything written so far. Call at the end of a cell and before a display, to keep their order.
    public func drain() {
        // A parked thread may hold the stream's lock for ever: then what it had not flushed is lost, but nothing hangs.
        if ftrylockfile(stdout) == 0 {
            fflush_unlocked(stdout)
            funlockfile(stdout)
        }
        withoutParking { lock.withLock { pump() } }
    }

    /// Gives the descriptors back to where they went before; what was written meanwhile is delivered first.
    public func restore() {
        drain()
        // With their last writers gone the pipes end, which wakes the reading thread to end too.
        lock.withLock { isRestored = true }
        dup2(originalStandardOutput, 1)
        dup2(originalStandardError, 2)
    }

    /// The text of a `Fatal error:` written since the last call, which was not delivered; nil when there is none.
    public func takeFatalMessage() -> String? {
        drain()
        return lock.withLock {
            defer { heldFatal = nil }
            return heldFatal
        }
    }

    /// Delivers a held `Fatal error:` line after all: no trap followed it.
    public func releaseFatalMessage() {
        if let text = takeFatalMessage() { lock.withLock { deliver(.standardError, InternalNames.removed(from: text)) } }
    }

    private func pump() {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        for index in pipes.indices {
            while true {
                let count = read(pipes[index].reading, &buffer, buffer.count)
                guard count > 0 else { break }
                pipes[index].rest += buffer[0..<count]
                let text = Self.takeCompleteText(&pipes[index].rest)
                guard !text.isEmpty else { continue }
                if pipes[index].stream == .standardError { deliverError(text) } else { deliver(.standardOutput, InternalNames.removed(from: text)) }
            }
        }
    }

    /// How the runtime begins its last words.
    static let fatalMarkers =
        ["Fatal error", "Precondition failed", "Assertion failed"].flatMap { [": \($0): ", ": \($0)\n"] } + ["Fatal error: ", "Could not cast value of type "]

    private func deliverError(_ text: String) {
        if let held = heldFatal {
            heldFatal = held + text
            return
        }
        guard let marker = Self.fatalMarkers.lazy.compactMap({ text.range(of: $0) }).first else { return deliver(.standardError, InternalNames.removed(from: text)) }
        let lineStart = text[..<marker.lowerBound].lastIndex(of: "\n").map { text.index(after: $0) } ?? text.startIndex
        if lineStart > text.startIndex { deliver(.standardError, InternalNames.removed(from: String(text[..<lineStart]))) }
        heldFatal = String(text[lineStart...])
    }

    /// Splits off the longest prefix that does not end inside a UTF-8 sequence.
    private static func takeCompleteText(_ bytes: inout [UInt8]) -> String {
        var end = bytes.count
        for back in 1...3 where back <= bytes.count {
            let byte = bytes[bytes.count - back]
            if byte & 0xC0 == 0x80 { continue }
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            if length > back { end = bytes.count - back }
            break
        }
        let text = String(decoding: bytes[0..<end], as: UTF8.self)
        bytes.removeFirst(end)
        return text
    }
}
