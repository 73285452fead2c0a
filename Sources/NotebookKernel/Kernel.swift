import Foundation
import JupyterProtocol
import RichDisplay
import SwiftCells

/// A Jupyter kernel whose cells are Swift: the protocol on one side, a session of compiled cells on the other.
///
/// Shell requests are answered one after another on one thread; control requests on another, so that interrupts and
/// kernel_info are answered while a cell computes. It is safe to share: the mutable state is confined to the shell queue,
/// but for what `lock` guards.
public final class Kernel: @unchecked Sendable {
    /// What the kernel says of itself and where its cells find modules.
    public struct Configuration: Sendable {
        /// The version of the kernel.
        public var version: String
        /// Folders with the modules that cells may import.
        public var modulePaths: [String]

        public init(version: String, modulePaths: [String]) {
            self.version = version
            self.modulePaths = modulePaths
        }
    }

    let configuration: Configuration
    let channels: KernelChannels
    let session: CellSession
    let output: OutputCapture
    let sink: ChannelSink
    /// The number of the last cell that counted.
    var executionCount = 0
    var history: [HistoryEntry] = []

    private let shell = DispatchQueue(label: "shell")
    private let control = DispatchQueue(label: "control")
    private let lock = NSLock()  // guards the two below
    private var arrivedExecutions = 0
    private var abortedThrough = 0
    private let ended = DispatchSemaphore(value: 0)

    /// Binds the channels and opens a session; answers nothing before ``run()``.
    /// - Throws: ``ChannelError`` and what opening the session throws. A missing toolchain is the error of a cell, not of the kernel.
    public init(connection: ConnectionFile, configuration: Configuration) throws {
        self.configuration = configuration
        let channels = try KernelChannels(connection: connection, session: UUID().uuidString)
        self.channels = channels
        let sink = ChannelSink(channels: channels)
        self.sink = sink
        output = try OutputCapture { stream, text in sink.stream(stream.rawValue, text) }
        session = try CellSession(toolchain: try? Toolchain(), searchPaths: configuration.modulePaths, output: output)
        sink.beforeDisplay = { [output] in output.drain() }
    }

    /// Answers requests until a shutdown request, SIGTERM, or the death of the process that started the kernel.
    public func run() {
        DisplayRouter.sink = sink
        channels.publish("status", content: ["execution_state": "starting"], parent: nil)
        channels.start { [self] channel, message in receive(message, on: channel) }
        let signals = watchSignals()
        let parent = watchParent()
        ended.wait()
        signals.forEach { $0.cancel() }
        parent?.cancel()
        session.close()
        channels.flushAndClose()
    }

    private func receive(_ message: Message, on channel: Channel) {
        switch channel {
        case .shell:
            var number = 0
            if message.header.type == "execute_request" {
                number = lock.withLock {
                    arrivedExecutions += 1
                    return arrivedExecutions
                }
            }
            shell.async { [self, number] in answer(message, on: .shell, executionNumber: number) }
        case .control:
            control.async { [self] in answer(message, on: .control, executionNumber: 0) }
        case .stdin, .iopub, .heartbeat:
            break
        }
    }

    private func answer(_ message: Message, on channel: Channel, executionNumber: Int) {
        status("busy", for: message)
        defer { status("idle", for: message) }
        let type = message.header.type
        guard type.hasSuffix("_request") else {
            // Comm messages have no reply; a comm opened on a kernel without its target is closed again.
            if type == "comm_open", let id = message.content["comm_id"] {
                channels.publish("comm_close", content: ["comm_id": id, "data": [:]], parent: message)
            }
            return
        }
        var metadata: JSONValue = [:]
        let content: JSONValue
        switch (type, channel) {
        case ("kernel_info_request", _): content = information
        case ("execute_request", .shell):
            metadata = ["started": .string(MessageHeader.timestamp()), "engine": "hooke"]
            content = execute(message, number: executionNumber)
        case ("is_complete_request", _): content = completeness(of: message)
        case ("complete_request", _): content = completion(for: message)
        case ("inspect_request", _): content = inspection(for: message)
        case ("history_request", _): content = historyReply(to: message)
        case ("comm_info_request", _): content = ["status": "ok", "comms": [:]]
        case ("interrupt_request", .control):
            interrupt()
            content = ["status": "ok"]
        case ("shutdown_request", _):
            content = ["status": "ok", "restart": message.content["restart"] ?? false]
        default:
            content = Self.failure("UnsupportedRequest", "Hooke \(configuration.version) does not answer \(type) on \(channel.rawValue).")
        }
        let reply = type.dropLast("_request".count) + "_reply"
        channels.reply(to: message, type: String(reply), content: content, metadata: metadata, on: channel)
        if type == "shutdown_request" { end() }
    }

    /// Stops the running cell: first by asking library loops, then by parking its thread.
    func interrupt() {
        Interruption.request()
        DispatchQueue.global().async { [session] in session.interrupt() }
    }

    /// Ends ``run()``.
    func end() { ended.signal() }

    /// Gives up the execute requests that are already waiting, after one of them failed.
    func abortQueue() { lock.withLock { abortedThrough = arrivedExecutions } }

    /// Whether a request was given up by ``abortQueue()``.
    func isAborted(_ number: Int) -> Bool { lock.withLock { number <= abortedThrough } }

    private func status(_ state: JSONValue, for message: Message) {
        channels.publish("status", content: ["execution_state": state], parent: message)
    }

    static func failure(_ name: String, _ value: String, traceback: [String] = []) -> JSONValue {
        ["status": "error", "ename": .string(name), "evalue": .string(value), "traceback": .array(traceback.map(JSONValue.string))]
    }
}
