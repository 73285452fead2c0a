import Foundation

/// Messages as ZeroMQ frames: identities, `<IDS|MSG>`, signature, header, parent header, metadata, content, buffers.
///
/// Decoding remembers signatures, so that a recorded message cannot be sent again; one value serves all channels of a connection.
public struct WireFormat: Sendable {
    /// What separates identities from the message.
    public static let delimiter = Data("<IDS|MSG>".utf8)

    private let signer: MessageSigner
    private var history = SignatureHistory()

    public init(signer: MessageSigner) { self.signer = signer }

    /// The frames of a message, signed.
    public func encode(_ message: Message) -> [Data] {
        let parts = [message.header.json, message.parentHeader, message.metadata, message.content].map { $0.serialised() }
        return message.identities + [Self.delimiter, signer.signature(of: parts)] + parts + message.buffers
    }

    /// The message in the frames.
    /// - Throws: ``WireFormatError``, for whatever frames. Nothing is parsed before its signature is verified.
    public mutating func decode(_ frames: [Data]) throws(WireFormatError) -> Message {
        guard let delimiter = frames.firstIndex(of: Self.delimiter) else { throw .missingDelimiter(frames: frames.count) }
        let rest = frames[(delimiter + 1)...]
        guard rest.count >= 5 else { throw .missingFrames(found: rest.count) }
        let signature = frames[delimiter + 1]
        let parts = Array(frames[(delimiter + 2)..<(delimiter + 6)])
        guard signer.isValid(signature: signature, of: parts) else { throw .invalidSignature }
        if signer.isSigning, !history.insert(signature) { throw .replayedSignature }
        return Message(
            identities: Array(frames[..<delimiter]),
            header: try MessageHeader(Self.object(parts[0], .header)),
            parentHeader: try Self.object(parts[1], .parentHeader),
            metadata: try Self.object(parts[2], .metadata),
            content: try Self.object(parts[3], .content),
            buffers: Array(frames[(delimiter + 6)...]))
    }

    private static func object(_ data: Data, _ part: WireFormatError.Part) throws(WireFormatError) -> JSONValue {
        let value: JSONValue
        do { value = try JSONValue(parsing: data) } catch { throw .invalidJSON(part: part, error) }
        guard case .object = value else { throw .notAnObject(part: part) }
        return value
    }
}
