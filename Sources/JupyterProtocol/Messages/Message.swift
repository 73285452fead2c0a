import Foundation

/// One message of the Jupyter messaging protocol.
///
///     Message(replyingTo: request, type: "execute_reply", session: session, content: ["status": "ok"])
///     Message(type: "stream", session: session, parent: request, content: ["name": "stdout", "text": "hello"])
public struct Message: Equatable, Sendable {
    /// ZeroMQ's routing prefix: who sent a request and gets its reply; the topic on iopub.
    public var identities: [Data]
    public var header: MessageHeader
    /// The header of the message that caused this one; `{}` without one.
    public var parentHeader: JSONValue
    public var metadata: JSONValue
    public var content: JSONValue
    /// Binary data, which signatures do not cover.
    public var buffers: [Data]

    /// A message of parts.
    public init(
        identities: [Data] = [], header: MessageHeader, parentHeader: JSONValue = [:], metadata: JSONValue = [:], content: JSONValue = [:],
        buffers: [Data] = []
    ) {
        self.identities = identities
        self.header = header
        self.parentHeader = parentHeader
        self.metadata = metadata
        self.content = content
        self.buffers = buffers
    }

    /// A message that a request caused, or none, for whoever listens: what is published on iopub.
    public init(
        type: String, session: String, parent: Message?, content: JSONValue = [:], metadata: JSONValue = [:], buffers: [Data] = []
    ) {
        self.init(
            header: MessageHeader(type: type, session: session), parentHeader: parent?.header.json ?? [:], metadata: metadata,
            content: content, buffers: buffers)
    }

    /// A message to the sender of a request: its reply, or a question on stdin that came up while it was worked on.
    public init(
        replyingTo request: Message, type: String, session: String, content: JSONValue = [:], metadata: JSONValue = [:],
        buffers: [Data] = []
    ) {
        self.init(
            identities: request.identities,
            header: MessageHeader(type: type, session: session, subshellID: request.header.subshellID),
            parentHeader: request.header.json, metadata: metadata, content: content, buffers: buffers)
    }
}
