import Foundation
import JupyterProtocol
import RichDisplay
import SwiftCells

/// A Jupyter kernel whose cells are Swift: the protocol on one side, a session of compiled cells on the other.
///
/// Shell requests are answered one after another on one thread, those of each subshell on another, and control requests on a
/// third, so that interrupts and kernel_info are answered while a cell computes. It is safe to
/// share: every member is, and all of them are constant.
public final class Kernel: @unchecked Sendable {
    /// What the kernel says of itself and where its cells find modules.
    public struct Configuration: Sendable {
        /// The version of the kernel.
        public var version: String
        /// Folders with the modules that cells may import.
        public var modulePaths: [String]
        /// The SQLite file with the history; nil keeps it in memory.
        public var historyPath: String?

        public init(version: String, modulePaths: [String], historyPath: String? = nil) {
            self.version = version
            self.modulePaths = modulePaths
            self.historyPath = historyPath
        }
    }

    let configuration: Configuration
    let channels: KernelChannels
    let session: CellSession
    let output: OutputCapture
    let sink: ChannelSink
    let input: StandardInput
    let log: KernelLog
    let mainShell = Subshell()
    let subshells = SubshellTable()
    let usage = ProcessUsage()
    let history: History
    /// The version of the compiler, or of the one that built Hooke while none is found.
    let swiftVersion: String
    private let comms: CommChannel
    private let control = DispatchQueue(label: "control")
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
        log = KernelLog(descriptor: output.originalStandardError)
        history = History(path: configuration.historyPath, log: log)
        let toolchain = try? Toolchain()
        swiftVersion = toolchain?.version ?? Toolchain.builtWith
        session = try CellSession(toolchain: toolchain, searchPaths: configuration.modulePaths, output: output)
        comms = CommChannel(sink: sink)
        input = StandardInput(channels: channels, sink: sink)
        sink.beforeDisplay = { [output] in output.drain() }
    }

    /// Where the channels are bound.
    public var boundConnection: ConnectionFile { channels.boundConnection }

    /// Answers requests until a shutdown request, SIGTERM, or the death of the process that started the kernel.
    public func run() {
        DisplayRouter.sink = sink
        CommRegistry.transport = comms
        input.install()
        channels.publish("status", content: ["execution_state": "starting"], parent: nil)
        channels.start(
            onMessage: { [self] channel, message in receive(message, on: channel) },
            onRejection: { [log] channel, error in log.note("\(channel.rawValue): \(error)") })
        let signals = watchSignals()
        let parent = watchParent()
        ended.wait()
        signals.forEach { $0.cancel() }
        parent?.cancel()
        close()
    }

    /// Gives back what the kernel has taken: its files, its ports and the standard streams. After ``run()`` there is nothing left
    /// to do.
    public func close() {
        session.close()
        channels.flushAndClose()
        output.restore()
        history.flush()
    }

    private func receive(_ message: Message, on channel: Channel) {
        switch channel {
        case .shell:
            guard let id = message.header.subshellID else {
                return mainShell.enqueue(message) { [self] place in answer(message, on: .shell, in: mainShell, place: place) }
            }
            guard let subshell = subshells[id] else { return control.async { [self] in refuse(message, toSubshell: id) } }
            subshell.enqueue(message) { [self] place in answer(message, on: .shell, in: subshell, place: place) }
        case .control:
            control.async { [self] in answer(message, on: .control, in: mainShell, place: 0) }
        case .stdin: input.receive(message)
        case .iopub, .heartbeat: break
        }
    }

    /// Stops the running cells and handlers: first by asking library loops, then by parking its thread.
    func interrupt() {
        for shell in [mainShell] + subshells.all { shell.turns.interrupt(request: Interruption.request) }
    }

    /// Ends ``run()``.
    func end() { ended.signal() }

    static func failure(_ name: String, _ value: String, traceback: [String] = []) -> JSONValue {
        ["status": "error", "ename": .string(name), "evalue": .string(value), "traceback": .array(traceback.map(JSONValue.string))]
    }
}
