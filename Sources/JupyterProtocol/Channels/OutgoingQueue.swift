import Foundation

/// What is to be sent, in order, from any thread to the one that owns the sockets, which is woken by a file descriptor.
///
/// Sendable: every mutable member is touched only while `condition` is locked; the descriptors of the pipe never change.
final class OutgoingQueue: @unchecked Sendable {
    /// A message as frames, and where it goes.
    struct Entry {
        let channel: Channel
        let frames: [Data]
        let size: Int

        init(channel: Channel, frames: [Data]) {
            self.channel = channel
            self.frames = frames
            size = frames.reduce(0) { $0 + $1.count }
        }
    }

    /// Becomes readable when there is something to do.
    let descriptor: Int32
    private let waker: Int32
    private let condition = NSCondition()
    private var entries: [Entry] = []
    private var pending = 0
    private var closing = false
    private var owner: pthread_t?

    init() throws(ChannelError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .outOfResources(reason: String(cString: strerror(errno))) }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        descriptor = ends[0]
        waker = ends[1]
    }

    deinit {
        Glibc.close(descriptor)
        Glibc.close(waker)
    }

    // MARK: Any thread

    /// Bytes that were enqueued and not yet sent.
    var pendingBytes: Int { condition.withLock { pending } }

    /// Adds a message, unless the queue is closing.
    func enqueue(_ entry: Entry) {
        condition.withLock {
            guard !closing else { return }
            entries.append(entry)
            pending += entry.size
            if entries.count == 1 { wake() }
        }
    }

    /// Lets nothing more in. What is there is still sent.
    func close() {
        condition.withLock {
            closing = true
            wake()
            condition.broadcast()
        }
    }

    /// Waits until fewer bytes than the bound are pending, the queue closes or the condition, asked some 20 times a second, holds. Never
    /// waits on the thread that sends.
    func waitForRoom(bound: Int, unless isCancelled: () -> Bool) {
        condition.lock()
        defer { condition.unlock() }
        if let owner, pthread_equal(owner, pthread_self()) != 0 { return }
        while pending >= bound, !closing, !isCancelled() { _ = condition.wait(until: Date(timeIntervalSinceNow: 0.05)) }
    }

    /// Whether this thread is the one that sends.
    var isOwnedByThisThread: Bool {
        condition.withLock { owner.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
    }

    private func wake() {
        // A pipe that is full wakes as well.
        var byte: UInt8 = 0
        _ = write(waker, &byte, 1)
    }

    // MARK: The thread that sends

    /// Makes the calling thread the one that sends, or, with false, ends that.
    func own(_ isOwner: Bool) { condition.withLock { owner = isOwner ? pthread_self() : nil } }

    /// All messages that were added since, and whether these are the last.
    func take() -> (entries: [Entry], isLast: Bool) {
        var bytes = [UInt8](repeating: 0, count: 512)
        _ = read(descriptor, &bytes, bytes.count)
        return condition.withLock {
            defer { entries = [] }
            return (entries, closing)
        }
    }

    /// Notes that a message has been handed to ZeroMQ.
    func didSend(_ entry: Entry) {
        condition.withLock {
            pending -= entry.size
            condition.signal()
        }
    }
}
