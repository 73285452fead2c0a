import CZeroMQ
import Foundation
import JupyterProtocol

/// A client of a kernel's channels, made of plain ZeroMQ sockets whose every wait ends after ten seconds.
final class TestClient {
    struct Failure: Error {
        let reason: String
    }

    private let context: UnsafeMutableRawPointer
    private var sockets: [UnsafeMutableRawPointer] = []
    private let connection: ConnectionFile
    private var wire: WireFormat

    init(of connection: ConnectionFile) throws {
        guard let context = zmq_ctx_new() else { throw Failure(reason: "no context") }
        self.context = context
        self.connection = connection
        wire = WireFormat(signer: try MessageSigner(key: connection.key))
    }

    deinit {
        sockets.forEach { zmq_close($0) }
        zmq_ctx_term(context)
    }

    /// A socket connected to a channel, of the type that Jupyter's clients use.
    func connect(_ channel: Channel, topic: String = "", receiveLimit: Int32 = 1000) throws -> UnsafeMutableRawPointer {
        let type = channel == .iopub ? ZMQ_SUB : channel == .heartbeat ? ZMQ_REQ : ZMQ_DEALER
        guard let socket = zmq_socket(context, type) else { throw Failure(reason: "no socket") }
        sockets.append(socket)
        for (option, value) in [(ZMQ_RCVTIMEO, 10_000), (ZMQ_SNDTIMEO, 10_000), (ZMQ_LINGER, 0), (ZMQ_RCVHWM, receiveLimit)] {
            var value = value
            zmq_setsockopt(socket, option, &value, 4)
        }
        if let curve = connection.curve {
            zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, curve.publicKey, 40)
            zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, curve.publicKey, 40)
            zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, curve.secretKey, 40)
        }
        if channel == .iopub { zmq_setsockopt(socket, ZMQ_SUBSCRIBE, topic, topic.utf8.count) }
        guard zmq_connect(socket, connection.endpoint(for: channel)) == 0 else { throw Failure(reason: "cannot connect") }
        return socket
    }

    func send(_ frames: [Data], to socket: UnsafeMutableRawPointer) throws {
        for (index, frame) in frames.enumerated() {
            let flags = index < frames.count - 1 ? ZMQ_SNDMORE : 0
            guard frame.withUnsafeBytes({ zmq_send(socket, $0.baseAddress, $0.count, flags) }) >= 0 else {
                throw Failure(reason: "cannot send")
            }
        }
    }

    func frames(from socket: UnsafeMutableRawPointer) throws -> [Data] {
        var result: [Data] = []
        var message = zmq_msg_t()
        zmq_msg_init(&message)
        defer { zmq_msg_close(&message) }
        repeat {
            guard zmq_msg_recv(&message, socket, 0) >= 0 else { throw Failure(reason: "nothing received") }
            result.append(Data(bytes: zmq_msg_data(&message), count: zmq_msg_size(&message)))
        } while zmq_msg_more(&message) != 0
        return result
    }

    func send(_ message: Message, to socket: UnsafeMutableRawPointer) throws { try send(wire.encode(message), to: socket) }

    func message(from socket: UnsafeMutableRawPointer) throws -> Message { try wire.decode(try frames(from: socket)) }
}

/// A value behind a lock.
final class Locked<Value>: @unchecked Sendable {
    // Sendable: `value` is touched only while `lock` is held.
    private let lock = NSLock()
    private var value: Value
    init(_ value: Value) { self.value = value }
    func with<Result>(_ body: (inout Value) -> Result) -> Result { lock.withLock { body(&value) } }
}
