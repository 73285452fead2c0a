import Foundation
import JupyterProtocol
import Testing

/// SplitMix64, so that a failing mutation can be met again.
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite struct WireFormatTests {
    private let request = Message(
        identities: [Data("client".utf8), Data([0, 255])],
        header: MessageHeader(type: "execute_request", session: "s", username: "me", subshellID: "sub"),
        metadata: ["cellId": "c"], content: ["code": "print(\"é😀\")", "silent": false, "n": [1, 2.5, nil]],
        buffers: [Data([1, 2, 3]), Data(), WireFormat.delimiter])

    private func wire(key: String = "key") throws -> WireFormat { WireFormat(signer: try MessageSigner(key: key)) }

    private func error(_ frames: [Data], key: String = "key") throws -> WireFormatError? {
        var wire = try wire(key: key)
        do {
            _ = try wire.decode(frames)
            return nil
        } catch { return error }
    }

    /// Frames whose signature is right, whatever the dictionaries.
    private func signed(_ parts: [String]) throws -> [Data] {
        let parts = parts.map { Data($0.utf8) }
        return [WireFormat.delimiter, try MessageSigner(key: "key").signature(of: parts)] + parts
    }

    @Test func `a message survives the wire, signed and unsigned`() throws {
        for key in ["key", ""] {
            var wire = try wire(key: key)
            #expect(try wire.decode(wire.encode(request)) == request)
        }
    }

    @Test func `replies go to the sender, and carry its header as parent`() {
        let reply = Message(replyingTo: request, type: "execute_reply", session: "kernel", content: ["status": "ok"])
        #expect(reply.identities == request.identities && reply.parentHeader == request.header.json)
        #expect(reply.header.subshellID == "sub" && reply.header.version == MessageHeader.protocolVersion && reply.header.id != request.header.id)
        let orphan = Message(type: "status", session: "kernel", parent: nil)
        #expect(orphan.parentHeader == [:] && orphan.identities.isEmpty)
    }

    @Test func `dates are ISO 8601 to the microsecond`() throws {
        let date = MessageHeader(type: "t", session: "s").date
        #expect(date.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/#) != nil)
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        let parsed = try #require(formatter.date(from: date))
        #expect(abs(parsed.timeIntervalSinceNow) < 60)
    }

    @Test func `a message sent a second time is refused, also among many others`() throws {
        var wire = try wire()
        let frames = wire.encode(request)
        _ = try wire.decode(frames)
        for _ in 0..<1000 { _ = try wire.decode(wire.encode(Message(type: "t", session: "s", parent: nil))) }
        #expect(throws: WireFormatError.replayedSignature) { try wire.decode(frames) }
    }

    @Test func `the history of signatures is bounded, and the oldest is forgotten`() throws {
        var wire = try wire()
        let first = wire.encode(request)
        _ = try wire.decode(first)
        func receive(_ count: Int) throws {
            for number in 0..<count {
                var message = Message(type: "t", session: "s", parent: nil)
                message.header.id = "\(number) of \(count)"
                _ = try wire.decode(wire.encode(message))
            }
        }
        try receive(65_535)
        #expect(throws: WireFormatError.replayedSignature) { try wire.decode(first) }
        try receive(1)
        #expect(try wire.decode(first) == request)
    }

    @Test func `fields of a header that Hooke does not know come back to the client`() throws {
        let header = #"{"msg_id":"1","msg_type":"t","trace":{"id":5}}"#
        var wire = try wire()
        let message = try wire.decode(signed([header, "{}", "{}", "{}"]))
        let reply = Message(replyingTo: message, type: "r", session: "k")
        #expect(reply.parentHeader["trace"] == ["id": 5] && reply.parentHeader["msg_id"] == "1" && reply.header.json["trace"] == nil)
    }

    @Test func `a signature with a wrong key is refused, and buffers are not part of it`() throws {
        var frames = try wire(key: "other").encode(request)
        #expect(try error(frames) == .invalidSignature)
        frames = try wire().encode(request)
        frames[frames.count - 1] = Data("changed".utf8)
        #expect(try error(frames) == nil)
        frames[6] = Data("{}".utf8)
        #expect(try error(frames) == .invalidSignature)
    }

    @Test func `malformed frames give errors that say what is wrong`() throws {
        let header = request.header.json.description
        #expect(try error([]) == .missingDelimiter(frames: 0))
        #expect(try error([Data("x".utf8), Data()]) == .missingDelimiter(frames: 2))
        #expect(try error([WireFormat.delimiter, Data(), Data()]) == .missingFrames(found: 2))
        #expect(try error(signed(["{", "{}", "{}", "{}"])) == .invalidJSON(part: .header, JSONError(problem: .unexpectedEnd, offset: 1)))
        #expect(try error(signed([header, "[]", "{}", "{}"])) == .notAnObject(part: .parentHeader))
        #expect(try error(signed([header, "{}", "null", "{}"])) == .notAnObject(part: .metadata))
        #expect(try error(signed([header, "{}", "{}", "\"\""])) == .notAnObject(part: .content))
        #expect(
            try error(signed([#"{"msg_id":"1"}"#, "{}", "{}", "{}"]))
                == .invalidField(part: .header, field: "msg_type", found: "missing"))
        #expect(
            try error(signed([#"{"msg_id":7,"msg_type":"t"}"#, "{}", "{}", "{}"]))?.description
                == #"message refused: field "msg_id" of its header is 7; expected a string"#)
        #expect(try error(signed([#"{"msg_id":"1","msg_type":"t","subshell_id":null}"#, "{}", "{}", "{}"])) == nil)
    }

    @Test func `20 000 mutated messages are refused or read, and never crash`() throws {
        var random = SeededGenerator(state: 1)
        var unsigned = try wire(key: ""), signed = try wire()
        let original = unsigned.encode(request)
        var refused = 0, accepted = 0
        let fragments = ["{", "}", "[", "\"", "\\u", "\\ud800", "\\", ":", ",", "1e", "-", "null", "\u{0}", "<IDS|MSG>"].map { Data($0.utf8) }
        for _ in 0..<20_000 {
            var frames = original
            for _ in 0..<Int.random(in: 1...3, using: &random) where !frames.isEmpty {
                let index = Int.random(in: 0..<frames.count, using: &random)
                switch Int.random(in: 0..<7, using: &random) {
                case 0: frames.remove(at: index)
                case 1: frames.insert(frames[Int.random(in: 0..<frames.count, using: &random)], at: index)
                case 2: frames[index] = Data((0..<40).map { _ in UInt8.random(in: 0...255, using: &random) })
                case 3: frames[index] = frames[index].prefix(Int.random(in: 0...frames[index].count, using: &random))
                default:
                    var bytes = Array(frames[index])
                    let position = Int.random(in: 0...bytes.count, using: &random)
                    if Bool.random(using: &random) {
                        bytes.insert(contentsOf: fragments.randomElement(using: &random) ?? Data(), at: position)
                    } else if position < bytes.count {
                        bytes[position] = UInt8.random(in: 0...255, using: &random)
                    }
                    frames[index] = Data(bytes)
                }
            }
            do {
                let message = try unsigned.decode(frames)
                accepted += 1
                #expect(try unsigned.decode(unsigned.encode(message)) == message)
            } catch { refused += 1 }
            do {
                _ = try signed.decode(frames)
                Issue.record("a message without a signature was accepted")
            } catch { #expect(!"\(error)".isEmpty) }
        }
        #expect(refused > 2_000 && accepted > 2_000)
    }
}
