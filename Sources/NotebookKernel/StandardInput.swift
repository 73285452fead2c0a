import CHooke
import Foundation
import JupyterProtocol
import RichDisplay
import SwiftCells

/// Asks the user for what cells read: a question on the stdin channel to the front end whose request is worked on, and its answer.
///
/// It is safe to share: the question and its answer are guarded by `condition`, the bytes that nobody has read by `rest`'s lock.
final class StandardInput: InputSource, @unchecked Sendable {
    /// The one that `stdin` reads from: a process has one standard input.
    nonisolated(unsafe) private static var installed: StandardInput?

    private let channels: KernelChannels
    private let sink: ChannelSink
    private let asking = NSLock()  // one question at a time
    private let condition = NSCondition()
    private var question: Message?
    private var answer: String?
    private let restLock = NSLock()
    private var rest: [UInt8] = []

    init(channels: KernelChannels, sink: ChannelSink) {
        self.channels = channels
        self.sink = sink
    }

    /// Makes this the source of ``InputRouter`` and of the process's `stdin`.
    func install() {
        InputRouter.source = self
        Self.installed = self
        _ = hooke_standard_input_install { buffer, size in
            guard let buffer, let input = StandardInput.installed else { return 0 }
            return input.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size))
        }
    }

    /// Forgets what the cell before has left, before a new one runs.
    func renew() {
        restLock.withLock { rest = [] }
        clearerr(stdin)
    }

    /// Takes an answer. Those that nobody waits for, or to other questions, are dropped.
    func receive(_ message: Message) {
        guard message.header.type == "input_reply" else { return }
        condition.withLock {
            guard let question, question.identities == message.identities else { return }
            if let asked = message.parentHeader["msg_id"]?.stringValue, asked != question.header.id { return }
            answer = message.content["value"]?.stringValue ?? ""
            condition.broadcast()
        }
    }

    func ask(_ prompt: String, isPassword: Bool) throws -> String {
        try withoutParking {
            guard let request = sink.request, request.content["allow_stdin"]?.boolValue ?? false else { throw InputError.notAllowed }
            sink.beforeDisplay()
            while !asking.try() {
                if Interruption.isRequested { throw Interrupted() }
                usleep(20_000)
            }
            defer { asking.unlock() }
            let question = Message(
                replyingTo: request, type: "input_request", session: channels.session,
                content: ["prompt": .string(prompt), "password": .bool(isPassword)])
            condition.lock()
            defer { condition.unlock() }
            (self.question, answer) = (question, nil)
            defer { self.question = nil }
            channels.send(question, on: .stdin)
            while answer == nil {
                if Interruption.isRequested { throw Interrupted() }
                _ = condition.wait(until: Date(timeIntervalSinceNow: 0.05))
            }
            return answer ?? ""
        }
    }

    /// Fills a buffer of `stdin` with the user's line, or the next part of it.
    private func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        if restLock.withLock({ rest.isEmpty }) {
            do {
                let line = try ask("", isPassword: false)
                restLock.withLock { rest = Array((line + "\n").utf8) }
            } catch is Interrupted {
                // Reading cannot throw. The interrupt that is under way ends the cell here; a thread that is no cell's sees the end.
                for _ in 0..<500 where Interruption.isRequested { usleep(10_000) }
                return 0
            } catch {
                sink.stream("stderr", "readLine(): \(error)\n")
                return 0
            }
        }
        return restLock.withLock {
            let count = min(buffer.count, rest.count)
            buffer.copyBytes(from: rest[..<count])
            rest.removeFirst(count)
            return count
        }
    }
}
