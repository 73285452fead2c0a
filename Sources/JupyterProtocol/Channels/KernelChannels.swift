import CZeroMQ
import Foundation

/// The five sockets of a kernel: bound, served by threads of their own, and fed from any thread.
///
///     let channels = try KernelChannels(connection: connection, session: UUID().uuidString)
///     channels.start { channel, request in
///         channels.publish("status", content: ["execution_state": "busy"], parent: request)
///         channels.reply(to: request, type: "kernel_info_reply", content: info, on: channel)
///     }
///
/// One thread owns the shell, control, stdin and iopub sockets, another one echoes heartbeats. Messages that one thread sends leave in
/// their order, across channels (control replies may overtake while an iopub subscriber does not read). No message is dropped for a
/// subscriber that is merely slow.
///
/// Sendable: `state` is touched only while `condition` is locked; the other members never change and are Sendable themselves.
public final class KernelChannels: @unchecked Sendable {
    /// What ``publishWhenRoom(_:content:metadata:parent:buffers:unless:)`` keeps ``pendingBytes`` under, roughly.
    public static let pendingBytesBound = 64 << 20

    private enum State {
        case open, running, closed
    }

    /// The connection with the ports that the sockets are bound at. To be written back if the kernel chose any.
    public let boundConnection: ConnectionFile
    /// The session in the headers of this kernel's messages.
    public let session: String

    private let context: ZeroMQContext
    private let queue: OutgoingQueue
    private let wire: WireFormat
    private let loop: ChannelLoop
    private let heartbeat: Heartbeat
    private let condition = NSCondition()
    private var state = State.open

    /// Opens and binds the sockets. Where a port is 0 or less the system chooses one; see ``boundPorts``.
    /// - Throws: ``ChannelError``, ``MessageSigner/UnsupportedScheme``.
    public init(connection: ConnectionFile, session: String) throws {
        let wire = WireFormat(signer: try MessageSigner(key: connection.key, scheme: connection.signatureScheme))
        let context = try ZeroMQContext()
        let queue = try OutgoingQueue()
        var bound = connection.choosingSocketFiles()
        var sockets: [Channel: Socket] = [:]
        for channel in [Channel.shell, .control, .stdin, .iopub] {
            let socket = try Socket.open(channel, of: bound, in: context)
            if bound.transport == .tcp, let port = socket.boundPort { bound.ports[channel] = port }
            sockets[channel] = socket
        }
        let echo = try Socket.open(.heartbeat, of: bound, in: context)
        if bound.transport == .tcp, let port = echo.boundPort { bound.ports[.heartbeat] = port }

        self.session = session
        self.context = context
        self.queue = queue
        self.wire = wire
        boundConnection = bound
        loop = ChannelLoop(sockets: sockets, queue: queue, wire: wire, session: session)
        heartbeat = Heartbeat(socket: echo)
    }

    deinit {
        // A running loop sends what is queued and ends by itself.
        queue.close()
    }

    /// The port of each channel, or over ipc the number at the end of its socket file.
    public var boundPorts: [Channel: Int] { boundConnection.ports }

    // MARK: - Life

    /// Starts to receive and to send. A second call does nothing.
    /// - Parameters:
    ///   - onMessage: Called with each message on the thread that owns the sockets; must return fast.
    ///   - onRejection: Called there with what is wrong with frames that are no message of this connection. Logs by default.
    public func start(
        onMessage: @escaping @Sendable (Channel, Message) -> Void,
        onRejection: @escaping @Sendable (Channel, WireFormatError) -> Void = { channel, error in
            FileHandle.standardError.write(Data("hooke: \(channel.rawValue): \(error)\n".utf8))
        }
    ) {
        let mayStart = condition.withLock {
            guard state == .open else { return false }
            state = .running
            return true
        }
        guard mayStart else { return }
        let echoEnded = DispatchSemaphore(value: 0)
        Thread.detach(named: "hooke heartbeat") { [heartbeat] in
            heartbeat.run()
            echoEnded.signal()
        }
        Thread.detach(named: "hooke channels") { [loop, context, weak self] in
            loop.run(onMessage: onMessage, onRejection: onRejection)
            context.shutDown()
            echoEnded.wait()
            context.terminate()
            self?.didClose()
        }
    }

    /// Sends all that is queued, closes the sockets and waits for that, which takes about two seconds at most. Messages sent afterwards
    /// are dropped. On the thread that calls back from ``start(onMessage:onRejection:)`` it does not wait.
    public func flushAndClose() {
        queue.close()
        if queue.isOwnedByThisThread { return }
        condition.lock()
        defer { condition.unlock() }
        if state == .open {
            loop.run()
            heartbeat.close()
            context.terminate()
            state = .closed
        }
        while state != .closed { condition.wait() }
    }

    private func didClose() {
        condition.withLock {
            state = .closed
            condition.broadcast()
        }
    }

    // MARK: - Sending

    /// Signs a message and queues it. On iopub the topic `kernel.<session>.<type>` takes the place of identities.
    public func send(_ message: Message, on channel: Channel) {
        var message = message
        if channel == .iopub { message.identities = [Data("kernel.\(session).\(message.header.type)".utf8)] }
        queue.enqueue(.init(channel: channel, frames: wire.encode(message)))
    }

    /// Answers a request, on the channel that it came in on.
    public func reply(
        to request: Message, type: String, content: JSONValue, metadata: JSONValue = [:], buffers: [Data] = [], on channel: Channel
    ) {
        send(
            Message(replyingTo: request, type: type, session: session, content: content, metadata: metadata, buffers: buffers), on: channel)
    }

    /// Publishes on iopub. Never waits.
    public func publish(
        _ type: String, content: JSONValue, metadata: JSONValue = [:], parent: Message?, buffers: [Data] = []
    ) {
        send(Message(type: type, session: session, parent: parent, content: content, metadata: metadata, buffers: buffers), on: .iopub)
    }

    /// Publishes on iopub, after waiting while more than ``pendingBytesBound`` bytes are pending: for outputs that come faster than
    /// clients take them. Does not wait on the thread that owns the sockets, nor once the channels close.
    /// - Parameter isCancelled: Asked some 20 times a second; when it holds the message is published at once.
    public func publishWhenRoom(
        _ type: String, content: JSONValue, metadata: JSONValue = [:], parent: Message?, buffers: [Data] = [],
        unless isCancelled: () -> Bool = { false }
    ) {
        queue.waitForRoom(bound: Self.pendingBytesBound, unless: isCancelled)
        publish(type, content: content, metadata: metadata, parent: parent, buffers: buffers)
    }

    /// Bytes that are queued and not yet handed to ZeroMQ.
    public var pendingBytes: Int { queue.pendingBytes }
}
