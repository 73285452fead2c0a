import CZeroMQ
import Foundation

/// The loop of the one thread that owns the shell, control, stdin and iopub sockets: sends what is enqueued, receives, welcomes
/// subscribers.
///
/// Messages are sent in the order in which they were enqueued, across channels. There is one exception: while a subscriber does not
/// read, what goes to iopub waits for it for a while instead of being dropped, and control replies overtake, so that an interrupt or
/// a shutdown is answered all the same.
///
/// Sendable: made on one thread, which hands it on and keeps no use of it; from then on `run` is its only user.
final class ChannelLoop: @unchecked Sendable {
    /// How long a subscriber may stand still before messages to it are dropped; how long when the kernel is ending.
    private static let patience = Duration.seconds(10), lastPatience = Duration.seconds(1)
    /// How many messages are sent before requests are looked at again.
    private static let sendingTurn = 256

    private let sockets: [Channel: Socket]
    private let queue: OutgoingQueue
    private let session: String
    private var wire: WireFormat
    private var backlog: [OutgoingQueue.Entry] = []
    private var stalledSince: ContinuousClock.Instant?
    private var isOutOfPatience = false
    private var isClosing = false

    init(sockets: [Channel: Socket], queue: OutgoingQueue, wire: WireFormat, session: String) {
        self.sockets = sockets
        self.queue = queue
        self.wire = wire
        self.session = session
    }

    /// Runs until the queue is closed and empty, then closes the sockets.
    func run(
        onMessage: (Channel, Message) -> Void = { _, _ in }, onRejection: (Channel, WireFormatError) -> Void = { _, _ in }
    ) {
        queue.own(true)
        while true {
            let (entries, isLast) = queue.take()
            backlog.append(contentsOf: entries)
            isClosing = isLast
            sendBacklog()
            if isClosing, backlog.isEmpty { break }
            poll(milliseconds: backlog.isEmpty ? -1 : stalledSince == nil ? 0 : 10)
            // Control first: its requests must not wait behind others.
            for channel in [Channel.control, .shell, .stdin] { receive(on: channel, onMessage, onRejection) }
            welcomeSubscribers()
        }
        for socket in sockets.values { socket.close() }
        queue.own(false)
    }

    private func poll(milliseconds: Int) {
        var items = sockets.values.map { zmq_pollitem_t(socket: $0.pollHandle, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0) }
        items.append(zmq_pollitem_t(socket: nil, fd: queue.descriptor, events: Int16(ZMQ_POLLIN), revents: 0))
        // A signal ends the wait early, which is as good as a message.
        zmq_poll(&items, Int32(items.count), milliseconds)
    }

    // MARK: Receiving

    private func receive(on channel: Channel, _ onMessage: (Channel, Message) -> Void, _ onRejection: (Channel, WireFormatError) -> Void) {
        switch sockets[channel]?.receive() {
        case .frames(let frames):
            do throws(WireFormatError) { onMessage(channel, try wire.decode(frames)) } catch { onRejection(channel, error) }
        case .tooLarge: onRejection(channel, .tooLarge(limit: "\(Socket.maximumFrames) frames or \(Socket.maximumSize) bytes"))
        case .nothing, .terminated, nil: break
        }
    }

    /// Publishes `iopub_welcome` for each subscription that has come in (JEP 65). Other frames from subscribers mean nothing.
    private func welcomeSubscribers() {
        guard let socket = sockets[.iopub] else { return }
        while true {
            switch socket.receive() {
            case .frames(let frames):
                guard frames.count == 1, let frame = frames.first, frame.first == 1,
                    let topic = String(validating: frame.dropFirst(), as: UTF8.self)
                else { continue }
                var welcome = Message(type: "iopub_welcome", session: session, parent: nil, content: ["subscription": .string(topic)])
                welcome.identities = [Data(topic.utf8)]
                sendDropping(wire.encode(welcome), to: socket)
            case .tooLarge: continue
            case .nothing, .terminated: return
            }
        }
    }

    // MARK: Sending

    private func sendBacklog() {
        var sent = 0
        while sent < min(backlog.count, Self.sendingTurn), send(backlog[sent]) { sent += 1 }
        backlog.removeFirst(sent)
        if stalledSince != nil { backlog.removeAll { $0.channel == .control && send($0) } }
    }

    private func send(_ entry: OutgoingQueue.Entry) -> Bool {
        guard let socket = sockets[entry.channel] else { return true }
        if entry.channel == .iopub {
            // Subscriptions take effect when ZeroMQ next looks at them, which sending does: their welcome has to come first.
            welcomeSubscribers()
            guard publish(entry.frames, to: socket) else { return false }
        } else {
            // Routers drop what they cannot deliver; a refusal would be no reason to send twice.
            _ = socket.send(entry.frames)
        }
        queue.didSend(entry)
        return true
    }

    /// Sends to all subscribers; false if one of them is behind and still has time.
    private func publish(_ frames: [Data], to socket: Socket) -> Bool {
        if socket.send(frames, force: { try? socket.setDropping(true) }) {
            stalledSince = nil
            isOutOfPatience = false
            return true
        }
        let now = ContinuousClock.now
        let since = stalledSince ?? now
        isOutOfPatience = isOutOfPatience || now - since >= (isClosing ? Self.lastPatience : Self.patience)
        guard isOutOfPatience else {
            stalledSince = since
            return false
        }
        stalledSince = nil
        sendDropping(frames, to: socket)
        return true
    }

    /// Sends to the subscribers that keep up.
    private func sendDropping(_ frames: [Data], to socket: Socket) {
        try? socket.setDropping(true)
        _ = socket.send(frames)
        try? socket.setDropping(false)
    }
}
