import CZeroMQ
import Foundation

extension Socket {
    /// Opens and binds the socket of a channel at the connection's address, encrypted if the connection has keys.
    static func open(_ channel: Channel, of connection: ConnectionFile, in context: ZeroMQContext) throws(ChannelError) -> Socket {
        let socket = try Socket(context, type: channel == .iopub ? ZMQ_XPUB : ZMQ_ROUTER, channel: channel)
        // Replies given just before the end, shutdown's above all, still get out.
        try socket.set(ZMQ_LINGER, Int32(1000), name: "ZMQ_LINGER")
        switch channel {
        case .shell, .control, .stdin:
            try socket.set(ZMQ_MAXMSGSIZE, Int64(512 << 20), name: "ZMQ_MAXMSGSIZE")
            // A router drops what is beyond. No client leaves that many replies unread.
            try socket.set(ZMQ_SNDHWM, Int32(10_000), name: "ZMQ_SNDHWM")
        case .iopub:
            try socket.set(ZMQ_MAXMSGSIZE, Int64(64 << 10), name: "ZMQ_MAXMSGSIZE")
            // Every subscriber is welcomed (JEP 65), not just the first to a topic.
            try socket.set(ZMQ_XPUB_VERBOSE, Int32(1), name: "ZMQ_XPUB_VERBOSE")
            try socket.setDropping(false)
        case .heartbeat: try socket.set(ZMQ_MAXMSGSIZE, Int64(64 << 10), name: "ZMQ_MAXMSGSIZE")
        }
        if channel != .iopub {
            // A client that reconnects under its identity takes over from its dead connection.
            try socket.set(ZMQ_ROUTER_HANDOVER, Int32(1), name: "ZMQ_ROUTER_HANDOVER")
        }
        if connection.transport == .tcp, connection.ip.contains(":") { try socket.set(ZMQ_IPV6, Int32(1), name: "ZMQ_IPV6") }
        if let curve = connection.curve {
            try socket.set(ZMQ_CURVE_SERVER, Int32(1), name: "ZMQ_CURVE_SERVER")
            try socket.set(ZMQ_CURVE_SECRETKEY, curve.secretKey, name: "ZMQ_CURVE_SECRETKEY")
            try socket.set(ZMQ_CURVE_PUBLICKEY, curve.publicKey, name: "ZMQ_CURVE_PUBLICKEY")
        }
        try socket.bind(connection.endpoint(for: channel))
        return socket
    }

    /// Whether an iopub socket drops messages for subscribers that do not keep up, or refuses to send.
    func setDropping(_ isDropping: Bool) throws(ChannelError) {
        try set(ZMQ_XPUB_NODROP, Int32(isDropping ? 0 : 1), name: "ZMQ_XPUB_NODROP")
    }

    /// The port that a socket was bound at; nil over ipc.
    var boundPort: Int? {
        boundEndpoint.split(separator: ":").last.flatMap { Int($0) }
    }
}

extension ConnectionFile {
    /// The connection with a free number for each ipc socket that the kernel is to choose. Over tcp the system chooses, on binding.
    func choosingSocketFiles() -> ConnectionFile {
        guard transport == .ipc else { return self }
        var result = self
        for channel in Channel.allCases where result.port(for: channel) == 0 {
            let taken = Set(result.ports.values)
            let free = (1...65_535).first { !taken.contains($0) && !FileManager.default.fileExists(atPath: "\(ip)-\($0)") }
            result.ports[channel] = free ?? 0
        }
        return result
    }
}
