import CZeroMQ
import Foundation
import JupyterProtocol
import Testing

@Suite(.timeLimit(.minutes(2))) struct KernelChannelsTests {
    private func request(_ type: String, content: JSONValue = [:]) -> Message {
        Message(type: type, session: "client", parent: nil, content: content)
    }

    /// Channels that answer `x_request` with `x_reply` and the same content, and list what they refuse.
    private func echo(
        _ connection: ConnectionFile = ConnectionFile(key: "key"), refused: Locked<[WireFormatError]> = Locked([])
    ) throws -> KernelChannels {
        let channels = try KernelChannels(connection: connection, session: "kernel")
        channels.start(
            onMessage: { [unowned channels] channel, message in
                let type = message.header.type.replacingOccurrences(of: "_request", with: "_reply")
                channels.reply(to: message, type: type, content: message.content, buffers: message.buffers, on: channel)
            },
            onRejection: { _, error in refused.with { $0.append(error) } })
        return channels
    }

    private func checkAllChannels(_ connection: ConnectionFile) throws {
        let channels = try echo(connection)
        defer { channels.flushAndClose() }
        let client = try TestClient(of: channels.boundConnection)
        for channel in [Channel.shell, .control, .stdin] {
            let socket = try client.connect(channel)
            var question = request("kernel_info_request", content: ["n": 1])
            question.buffers = [Data([0, 1]), Data(count: 100_000)]
            try client.send(question, to: socket)
            let reply = try client.message(from: socket)
            #expect(reply.header.type == "kernel_info_reply" && reply.header.session == "kernel")
            #expect(reply.parentHeader == question.header.json && reply.content == ["n": 1] && reply.buffers == question.buffers)
        }
        let heartbeat = try client.connect(.heartbeat)
        try client.send([Data("ping".utf8)], to: heartbeat)
        #expect(try client.frames(from: heartbeat) == [Data("ping".utf8)])
        let iopub = try client.connect(.iopub)
        #expect(try client.message(from: iopub).header.type == "iopub_welcome")
    }

    @Test func `requests are answered on every channel over tcp`() throws {
        try checkAllChannels(ConnectionFile(key: "key"))
        try checkAllChannels(ConnectionFile(key: ""))
    }

    @Test func `requests are answered on every channel over ipc`() throws {
        let prefix = FileManager.default.temporaryDirectory.appendingPathComponent("hooke-\(UUID().uuidString.prefix(8))").path
        try checkAllChannels(ConnectionFile(transport: .ipc, ip: prefix, key: "key"))
        // The numbers were for the kernel to choose: 1 to 5. Nothing is left of them.
        for number in 1...5 { #expect(!FileManager.default.fileExists(atPath: "\(prefix)-\(number)")) }
    }

    @Test func `requests are answered on every channel under CURVE, and clients without it get nothing`() throws {
        var publicKey = [CChar](repeating: 0, count: 41), secretKey = publicKey
        #expect(zmq_curve_keypair(&publicKey, &secretKey) == 0)
        func text(_ key: [CChar]) -> String { String(decoding: key.prefix(40).map { UInt8(bitPattern: $0) }, as: UTF8.self) }
        let connection = ConnectionFile(key: "key", curve: .init(publicKey: text(publicKey), secretKey: text(secretKey)))
        try checkAllChannels(connection)

        let channels = try echo(connection)
        defer { channels.flushAndClose() }
        var plain = channels.boundConnection
        plain.curve = nil
        let client = try TestClient(of: plain)
        let shell = try client.connect(.shell)
        var wait: Int32 = 500
        zmq_setsockopt(shell, ZMQ_RCVTIMEO, &wait, 4)
        try? client.send(request("kernel_info_request"), to: shell)
        #expect(throws: TestClient.Failure.self) { try client.frames(from: shell) }
    }

    @Test func `every subscriber is welcomed first, with its topic`() throws {
        let channels = try echo()
        defer { channels.flushAndClose() }
        // Something is published all the time, as from a running cell.
        let isDone = Locked(false)
        let stopped = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            while !isDone.with({ $0 }) {
                channels.publish("stream", content: ["name": "stdout"], parent: nil)
                usleep(200)
            }
            stopped.signal()
        }
        defer {
            isDone.with { $0 = true }
            stopped.wait()
        }
        let client = try TestClient(of: channels.boundConnection)
        for topic in ["", "", "kernel.kernel.stream", "kernel.kernel.stream"] {
            let socket = try client.connect(.iopub, topic: topic)
            let welcome = try client.message(from: socket)
            #expect(welcome.header.type == "iopub_welcome" && welcome.parentHeader == [:])
            #expect(welcome.content == ["subscription": .string(topic)] && welcome.identities == [Data(topic.utf8)])
            let next = try client.message(from: socket)
            #expect(next.header.type == "stream" && next.identities == [Data("kernel.kernel.stream".utf8)])
        }
    }

    @Test func `heartbeats are echoed while the kernel is busy`() throws {
        let channels = try KernelChannels(connection: ConnectionFile(key: "key"), session: "kernel")
        let entered = DispatchSemaphore(value: 0), release = DispatchSemaphore(value: 0)
        channels.start { _, _ in
            entered.signal()
            release.wait()
        }
        defer {
            release.signal()
            channels.flushAndClose()
        }
        let client = try TestClient(of: channels.boundConnection)
        try client.send(request("execute_request"), to: client.connect(.shell))
        #expect(entered.wait(timeout: .now() + 10) == .success)
        let heartbeat = try client.connect(.heartbeat)
        for beat in 0..<20 {
            try client.send([Data("beat \(beat)".utf8)], to: heartbeat)
            #expect(try client.frames(from: heartbeat) == [Data("beat \(beat)".utf8)])
        }
    }

    @Test func `garbage, wrong signatures and repeated messages are refused, and the next request is answered`() throws {
        let refused = Locked<[WireFormatError]>([])
        let channels = try echo(refused: refused)
        defer { channels.flushAndClose() }
        let client = try TestClient(of: channels.boundConnection)
        let shell = try client.connect(.shell)
        let good = WireFormat(signer: try MessageSigner(key: "key")).encode(request("a_request"))
        let forged = WireFormat(signer: try MessageSigner(key: "guess")).encode(request("b_request"))
        try client.send([Data()], to: shell)
        try client.send(Array(repeating: Data([255, 0]), count: 5000), to: shell)
        try client.send(forged, to: shell)
        try client.send(good, to: shell)
        try client.send(good, to: shell)
        try client.send(request("c_request"), to: shell)
        #expect(try client.message(from: shell).header.type == "a_reply")
        #expect(try client.message(from: shell).header.type == "c_reply")
        #expect(
            refused.with { $0 } == [
                .missingDelimiter(frames: 2), .tooLarge(limit: "4096 frames or 1073741824 bytes"), .invalidSignature, .replayedSignature,
            ])
    }

    @Test func `subscriptions that are not UTF-8 and other noise on iopub are ignored`() throws {
        let channels = try echo()
        defer { channels.flushAndClose() }
        let client = try TestClient(of: channels.boundConnection)
        let iopub = try client.connect(.iopub)
        #expect(try client.message(from: iopub).header.type == "iopub_welcome")
        let invalid: [UInt8] = [0xFF, 0xFE]
        zmq_setsockopt(iopub, ZMQ_SUBSCRIBE, invalid, 2)
        zmq_setsockopt(iopub, ZMQ_UNSUBSCRIBE, invalid, 2)
        zmq_setsockopt(iopub, ZMQ_SUBSCRIBE, "x", 1)
        #expect(try client.message(from: iopub).content == ["subscription": "x"])
    }

    @Test func `what one thread publishes arrives complete and in order`() throws {
        let channels = try echo()
        defer { channels.flushAndClose() }
        let client = try TestClient(of: channels.boundConnection)
        let iopub = try client.connect(.iopub)
        #expect(try client.message(from: iopub).header.type == "iopub_welcome")
        // More than ZeroMQ itself holds for a subscriber.
        for number in 0..<5000 { channels.publish("stream", content: ["n": JSONValue(number)], parent: nil) }
        for number in 0..<5000 where try client.message(from: iopub).content["n"]?.integerValue != number {
            Issue.record("message \(number) is out of order")
            break
        }
        #expect(channels.pendingBytes == 0)
    }

    @Test func `a publisher that waits for room loses nothing and stays within the bound`() throws {
        let channels = try echo()
        defer { channels.flushAndClose() }
        let client = try TestClient(of: channels.boundConnection)
        let iopub = try client.connect(.iopub, receiveLimit: 10)
        #expect(try client.message(from: iopub).header.type == "iopub_welcome")
        let most = Locked(0)
        Thread.detachNewThread {
            for number in 0..<1600 {
                channels.publishWhenRoom("stream", content: ["n": JSONValue(number)], parent: nil, buffers: [Data(count: 100_000)])
                most.with { $0 = max($0, channels.pendingBytes) }
            }
        }
        for number in 0..<1600 where try client.message(from: iopub).content["n"]?.integerValue != number {
            Issue.record("message \(number) is out of order")
            break
        }
        #expect(most.with { $0 } < KernelChannels.pendingBytesBound + 200_000)
    }

    @Test func `control is answered while a subscriber does not read, and closing does not wait for it`() throws {
        let channels = try echo()
        let client = try TestClient(of: channels.boundConnection)
        let iopub = try client.connect(.iopub, receiveLimit: 1)
        #expect(try client.message(from: iopub).header.type == "iopub_welcome")
        let text = JSONValue.string(String(repeating: "x", count: 40_000))
        for _ in 0..<3200 { channels.publish("stream", content: ["text": text], parent: nil) }
        let control = try client.connect(.control)
        try client.send(request("interrupt_request"), to: control)
        #expect(try client.message(from: control).header.type == "interrupt_reply")
        #expect(channels.pendingBytes > KernelChannels.pendingBytesBound)
        // There is no room, so that this publishes only because it is cancelled.
        var questions = 0
        channels.publishWhenRoom("stream", content: [:], parent: nil) {
            questions += 1
            return questions > 2
        }
        #expect(questions == 3)
        channels.flushAndClose()
        #expect(channels.pendingBytes == 0)
    }

    @Test func `a reply queued just before closing still arrives`() throws {
        let channels = try KernelChannels(connection: ConnectionFile(key: "key"), session: "kernel")
        channels.start { [unowned channels] channel, message in
            channels.reply(to: message, type: "shutdown_reply", content: ["restart": false], on: channel)
            channels.flushAndClose()
        }
        let client = try TestClient(of: channels.boundConnection)
        let control = try client.connect(.control)
        try client.send(request("shutdown_request"), to: control)
        #expect(try client.message(from: control).header.type == "shutdown_reply")
        channels.flushAndClose()
        channels.flushAndClose()
        channels.publish("status", content: [:], parent: nil)
        #expect(channels.pendingBytes == 0)
    }

    @Test func `channels that never started close as well`() throws {
        let channels = try KernelChannels(connection: ConnectionFile(key: "key"), session: "kernel")
        #expect(channels.boundPorts.values.allSatisfy { $0 > 0 } && Set(channels.boundPorts.values).count == 5)
        channels.publish("status", content: [:], parent: nil)
        channels.flushAndClose()
        // The ports are free again.
        let again = try KernelChannels(connection: channels.boundConnection, session: "kernel")
        #expect(again.boundPorts == channels.boundPorts)
    }

    @Test func `a port in use is named in the error`() throws {
        let first = try KernelChannels(connection: ConnectionFile(key: "key"), session: "a")
        let port = try #require(first.boundPorts[.control])
        let error = #expect(throws: ChannelError.self) {
            try KernelChannels(connection: ConnectionFile(ports: [.control: port], key: "key"), session: "b")
        }
        #expect(
            error?.description
                == "cannot bind control at tcp://127.0.0.1:\(port): Address already in use. "
                + "Check \"control_port\" and \"ip\" in the connection file, and that no other kernel uses them.")
        #expect(throws: MessageSigner.UnsupportedScheme.self) {
            try KernelChannels(connection: ConnectionFile(key: "key", signatureScheme: "hmac-sha1"), session: "c")
        }
    }
}
