import Foundation

/// A conversation between cells and a part of the front end, such as a widget: messages both ways, beside the outputs.
///
///     Comm.register("echo") { comm, opening in              // the front end opens
///         comm.onMessage { try comm.send(["heard": try $0.decode([String: Int].self)], buffers: $0.buffers) }
///     }
///     let comm = try Comm(target: "plot", data: ["zoom": 2])  // or a cell does
///
/// Handlers run between cells; those of a subshell run while a cell computes. It is safe to share: what changes is guarded
/// by `lock`, and handlers are called outside it.
public final class Comm: @unchecked Sendable {
    /// What a handler is: it gets a message, and what it throws is shown to the user.
    public typealias Handler = (CommMessage) throws -> Void

    /// Unique among all comms of the kernel.
    public let id: String
    /// What the comm was opened to.
    public let target: String

    private let lock = NSLock()
    private var messageHandler: Handler?
    private var closeHandler: Handler?
    private var open = true

    init(id: String, target: String) {
        self.id = id
        self.target = target
    }

    /// Opens a comm to a target of the front end.
    /// - Parameters:
    ///   - data: written as a JSON object.
    ///   - metadata: written as a JSON object.
    /// - Throws: ``CommError/noNotebook(target:)``, and what encoding throws.
    public convenience init(
        target: String, data: some Encodable = [String: String](), metadata: some Encodable = [String: String](), buffers: [Data] = []
    ) throws {
        self.init(id: UUID().uuidString.lowercased(), target: target)
        guard let transport = CommRegistry.transport else { throw CommError.noNotebook(target: target) }
        let message = try CommMessage(encoding: data, metadata: metadata, buffers: buffers)
        CommRegistry.add(self)
        transport.send(.open, of: self, message)
    }

    /// Whether neither side has closed the comm.
    public var isOpen: Bool { lock.withLock { open } }

    /// Sets what is called with each message from the front end.
    public func onMessage(_ handler: @escaping Handler) { lock.withLock { messageHandler = handler } }

    /// Sets what is called when the front end closes the comm.
    public func onClose(_ handler: @escaping Handler) { lock.withLock { closeHandler = handler } }

    /// Sends a message to the front end.
    /// - Throws: ``CommError``, and what encoding throws.
    public func send(
        _ data: some Encodable, metadata: some Encodable = [String: String](), buffers: [Data] = []
    ) throws {
        guard isOpen else { throw CommError.closed(target: target) }
        guard let transport = CommRegistry.transport else { throw CommError.noNotebook(target: target) }
        transport.send(.message, of: self, try CommMessage(encoding: data, metadata: metadata, buffers: buffers))
    }

    /// Closes the comm. On a closed one it does nothing.
    /// - Throws: what encoding throws.
    public func close(_ data: some Encodable = [String: String]()) throws {
        let message = try CommMessage(encoding: data, metadata: [String: String](), buffers: [])
        guard end() else { return }
        CommRegistry.transport?.send(.close, of: self, message)
    }

    /// Makes the comm a closed one; false if it was already.
    private func end() -> Bool {
        CommRegistry.remove(self)
        return lock.withLock {
            defer { open = false }
            return open
        }
    }

    func receive(_ message: CommMessage) throws { try lock.withLock({ messageHandler })?(message) }

    func receiveClose(_ message: CommMessage) throws {
        guard end() else { return }
        try lock.withLock({ closeHandler })?(message)
    }
}

extension Comm {
    /// Registers what is called with each comm that the front end opens to a target, and with the message that opens it.
    /// Registering a target again replaces what was there.
    public static func register(_ target: String, _ opened: @escaping (Comm, CommMessage) throws -> Void) {
        CommRegistry.register(target, opened)
    }

    /// Forgets a target: comms opened to it from then on are closed again.
    public static func unregister(_ target: String) { CommRegistry.register(target, nil) }
}
