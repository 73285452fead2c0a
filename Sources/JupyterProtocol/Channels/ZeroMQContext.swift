import CZeroMQ
import Foundation

/// A ZeroMQ context. Sockets hold on to theirs, so that it ends after the last of them.
///
/// Sendable: `isTerminated` is touched only while `lock` is held, the pointer never changes, and ZeroMQ allows contexts to be used from
/// any thread.
final class ZeroMQContext: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
    private let lock = NSLock()
    private var isTerminated = false

    init() throws(ChannelError) {
        guard let pointer = zmq_ctx_new() else { throw .outOfResources(reason: Socket.lastError) }
        self.pointer = pointer
    }

    deinit { terminate() }

    /// Makes every blocking call on the context's sockets return.
    func shutDown() {
        lock.withLock { if !isTerminated { zmq_ctx_shutdown(pointer) } }
    }

    /// Waits until what was sent is out, no longer than the sockets linger. All sockets must be closed.
    func terminate() {
        lock.withLock {
            guard !isTerminated else { return }
            isTerminated = true
            while zmq_ctx_term(pointer) != 0, zmq_errno() == EINTR {}
        }
    }
}
