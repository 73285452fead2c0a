import CZeroMQ
import Foundation

/// One ZeroMQ socket. Like those it is used by one thread at a time.
final class Socket {
    /// How many bytes and frames one message may have; what is beyond is read and dropped.
    static let maximumFrames = 4096
    static let maximumSize = 1 << 30

    let channel: Channel
    private let context: ZeroMQContext
    private var handle: UnsafeMutableRawPointer?
    /// The file of a socket bound over ipc, which ZeroMQ would leave behind.
    private var socketFile: String?

    /// What ZeroMQ needs to poll the socket; nil when it is closed.
    var pollHandle: UnsafeMutableRawPointer? { handle }

    static var lastError: String { String(cString: zmq_strerror(zmq_errno())) }

    init(_ context: ZeroMQContext, type: Int32, channel: Channel) throws(ChannelError) {
        self.context = context
        guard let handle = zmq_socket(context.pointer, type) else { throw .outOfResources(reason: Self.lastError) }
        self.handle = handle
        self.channel = channel
    }

    deinit { close() }

    func close() {
        guard let handle else { return }
        if let socketFile { unlink(socketFile) }
        zmq_close(handle)
        self.handle = nil
    }

    // MARK: Options

    func set(_ option: Int32, _ value: Int32, name: String) throws(ChannelError) {
        var value = value
        guard zmq_setsockopt(handle, option, &value, MemoryLayout<Int32>.size) == 0 else {
            throw .cannotConfigure(channel: channel, option: name, reason: Self.lastError)
        }
    }

    func set(_ option: Int32, _ value: Int64, name: String) throws(ChannelError) {
        var value = value
        guard zmq_setsockopt(handle, option, &value, MemoryLayout<Int64>.size) == 0 else {
            throw .cannotConfigure(channel: channel, option: name, reason: Self.lastError)
        }
    }

    func set(_ option: Int32, _ value: String, name: String) throws(ChannelError) {
        guard zmq_setsockopt(handle, option, value, value.utf8.count) == 0 else {
            throw .cannotConfigure(channel: channel, option: name, reason: Self.lastError)
        }
    }

    func bind(_ endpoint: String) throws(ChannelError) {
        guard zmq_bind(handle, endpoint) == 0 else {
            throw .cannotBind(channel: channel, endpoint: endpoint, reason: Self.lastError)
        }
        if endpoint.hasPrefix("ipc://") { socketFile = String(endpoint.dropFirst("ipc://".count)) }
    }

    /// The address that the socket was bound at, with the port the system chose.
    var boundEndpoint: String {
        var buffer = [CChar](repeating: 0, count: 1024)
        var size = buffer.count
        guard zmq_getsockopt(handle, ZMQ_LAST_ENDPOINT, &buffer, &size) == 0 else { return "" }
        return String(decoding: buffer.prefix(max(0, size - 1)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    // MARK: Messages

    /// What one attempt to receive gave.
    enum Received {
        case frames([Data])
        case tooLarge
        case nothing
        case terminated
    }

    /// The next message; without `wait`, `.nothing` if there is none now.
    func receive(wait: Bool = false) -> Received {
        var frames: [Data] = []
        var size = 0
        var count = 0
        var message = zmq_msg_t()
        zmq_msg_init(&message)
        defer { zmq_msg_close(&message) }
        while true {
            let received = zmq_msg_recv(&message, handle, wait || count > 0 ? 0 : ZMQ_DONTWAIT)
            if received < 0 {
                switch zmq_errno() {
                case EINTR: continue
                case EAGAIN: return .nothing
                default: return .terminated
                }
            }
            count += 1
            let length = zmq_msg_size(&message)
            // Both are bounded by what ZeroMQ itself accepts, so that the sum cannot overflow.
            size += length
            if count <= Self.maximumFrames, size <= Self.maximumSize {
                frames.append(zmq_msg_data(&message).map { Data(bytes: $0, count: length) } ?? Data())
            } else {
                frames = []
            }
            if zmq_msg_more(&message) == 0 { break }
        }
        return count <= Self.maximumFrames && size <= Self.maximumSize ? .frames(frames) : .tooLarge
    }

    /// Hands a message to ZeroMQ; false if the socket does not take the first frame now. `force` is called when it does not take a
    /// later one, and must see to it that it does.
    func send(_ frames: [Data], force: () -> Void = {}) -> Bool {
        for (index, frame) in frames.enumerated() {
            let flags = ZMQ_DONTWAIT | (index < frames.count - 1 ? ZMQ_SNDMORE : 0)
            var attempts = 0
            while frame.withUnsafeBytes({ zmq_send(handle, $0.baseAddress, $0.count, flags) }) < 0 {
                let error = zmq_errno()
                if error == EINTR { continue }
                guard error == EAGAIN else { return true }  // unroutable or shutting down: there is nobody to send to
                if index == 0 { return false }
                force()
                attempts += 1
                if attempts > 1 { usleep(1000) }
            }
        }
        return true
    }
}
