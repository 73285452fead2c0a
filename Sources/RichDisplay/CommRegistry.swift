import Foundation

/// What happens to a comm.
public enum CommEvent: Sendable { case open, message, close }

/// How messages of comms reach the front end. The kernel installs one.
public protocol CommTransport: AnyObject, Sendable {
    /// Tells the front end.
    func send(_ event: CommEvent, of comm: Comm, _ message: CommMessage)
}

/// The targets and open comms of this process, and the place where the kernel connects them with the front end.
public enum CommRegistry {
    nonisolated(unsafe) private static var installed: CommTransport?
    nonisolated(unsafe) private static var targets: [String: (Comm, CommMessage) throws -> Void] = [:]
    nonisolated(unsafe) private static var comms: [String: Comm] = [:]
    private static let lock = NSLock()  // guards all of the above

    /// The way to the front end, if there is one.
    public static var transport: CommTransport? {
        get { lock.withLock { installed } }
        set { lock.withLock { installed = newValue } }
    }

    /// The open comms.
    public static var openComms: [Comm] { lock.withLock { Array(comms.values) } }

    static func register(_ target: String, _ opened: ((Comm, CommMessage) throws -> Void)?) { lock.withLock { targets[target] = opened } }
    static func add(_ comm: Comm) { lock.withLock { comms[comm.id] = comm } }
    static func remove(_ comm: Comm) { lock.withLock { _ = comms.removeValue(forKey: comm.id) } }

    /// Takes a comm that the front end opened. False, and nothing else, when no cell has registered its target or the
    /// identifier is taken.
    /// - Throws: what the target's handler throws; then the comm is closed.
    public static func receiveOpen(id: String, target: String, _ message: CommMessage) throws -> Bool {
        let comm = Comm(id: id, target: target)
        let opened = lock.withLock { () -> ((Comm, CommMessage) throws -> Void)? in
            guard let opened = targets[target], comms[id] == nil else { return nil }
            comms[id] = comm
            return opened
        }
        guard let opened else { return false }
        do { try opened(comm, message) } catch {
            try comm.close()
            throw error
        }
        return true
    }

    /// Hands a message from the front end to its comm. False when there is no such comm.
    /// - Throws: what the handler throws.
    public static func receive(_ event: CommEvent, id: String, _ message: CommMessage) throws -> Bool {
        guard let comm = lock.withLock({ comms[id] }) else { return false }
        if event == .close { try comm.receiveClose(message) } else { try comm.receive(message) }
        return true
    }
}
