import CZeroMQ
import Foundation

/// Why a kernel could not report its ports to its launcher. It has to end then: nobody knows where it is.
public enum RegistrationError: Error, Equatable, CustomStringConvertible, Sendable {
    case unreachable(endpoint: String, reason: String)
    case noAcknowledgement(endpoint: String, seconds: Int)

    public var description: String {
        switch self {
        case .unreachable(let endpoint, let reason): return "cannot register at \(endpoint): \(reason). Check registration_ip and registration_port."
        case .noAcknowledgement(let endpoint, let seconds):
            return "cannot register at \(endpoint): no acknowledgement signed with the connection's key came within \(seconds) seconds. "
                + "Check that the launcher still waits for kernels."
        }
    }
}

extension RegistrationFile {
    /// How long a launcher may take to acknowledge.
    private static let patience = 5

    /// Tells the launcher where the channels of `bound` are, and waits for its acknowledgement.
    ///
    /// Both messages are a delimiter, a signature and one frame of content.
    /// - Throws: ``RegistrationError``, ``ChannelError``, ``MessageSigner/UnsupportedScheme``.
    public func register(_ bound: ConnectionFile) throws {
        let signer = try MessageSigner(key: bound.key, scheme: bound.signatureScheme)
        let context = try ZeroMQContext()
        let socket = try Socket(context, type: ZMQ_DEALER, channel: .control)
        defer {
            socket.close()
            context.terminate()
        }
        try socket.set(ZMQ_LINGER, Int32(1000), name: "ZMQ_LINGER")
        try socket.set(ZMQ_MAXMSGSIZE, Int64(64 << 10), name: "ZMQ_MAXMSGSIZE")
        guard zmq_connect(socket.pollHandle, endpoint) == 0 else { throw RegistrationError.unreachable(endpoint: endpoint, reason: Socket.lastError) }

        var content: JSONValue = ["kernel_id": .string(kernelID)]
        for channel in Channel.allCases { content[channel.portField] = .string(String(bound.port(for: channel))) }
        let body = content.serialised()
        guard socket.send([WireFormat.delimiter, signer.signature(of: [body]), body]) else {
            throw RegistrationError.unreachable(endpoint: endpoint, reason: Socket.lastError)
        }

        let end = ContinuousClock.now + .seconds(Self.patience)
        while ContinuousClock.now < end {
            var item = zmq_pollitem_t(socket: socket.pollHandle, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0)
            zmq_poll(&item, 1, 100)
            // Whatever else arrives is nobody's acknowledgement.
            guard case .frames(let frames) = socket.receive(), let delimiter = frames.firstIndex(of: WireFormat.delimiter),
                frames.count == delimiter + 3, signer.isValid(signature: frames[delimiter + 1], of: [frames[delimiter + 2]])
            else { continue }
            return
        }
        throw RegistrationError.noAcknowledgement(endpoint: endpoint, seconds: Self.patience)
    }
}
