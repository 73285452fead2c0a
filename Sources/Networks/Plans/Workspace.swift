import Glibc
import Synchronization

/// Memory for running plans. Slabs are kept for the next run, so that a loop touches the same memory again and again.
final class WorkspacePool: Sendable {
    private let free = Mutex<[Slab]>([])
    /// At most this many slabs wait for the next run, and no more floats in all (a gigabyte: a batch of 32 images with its gradient). New
    /// memory is not free: the system clears it page by page, which for a large batch takes as long as a third of the run.
    private static let (keptSlabs, keptCount) = (2, 1 << 28)

    // Nobody waits for the lock: a notebook may have stopped the thread that holds it, for good. Without it there is new memory.

    /// Calls `body` with at least `count` floats, aligned to a cache line and not initialized.
    /// - Parameter willAllocate: called before memory is taken from the system; may refuse.
    func withSlab<R>(
        _ count: Int, willAllocate: () throws -> Void = {}, _ body: (UnsafeMutablePointer<Float>) throws -> R
    ) throws -> R {
        let kept = free.withLockIfAvailable { slabs -> Slab? in
            guard let index = slabs.firstIndex(where: { $0.count >= count }) else {
                if !slabs.isEmpty { slabs.removeFirst() }
                return nil
            }
            return slabs.remove(at: index)
        }
        let slab: Slab
        if let kept = kept.flatMap({ $0 }) {
            slab = kept
        } else {
            try willAllocate()
            slab = Slab(count: count)
        }
        defer {
            _ = free.withLockIfAvailable { slabs in
                let kept = slabs.reduce(0) { $0 + $1.count }
                if slabs.count < Self.keptSlabs, kept + slab.count <= Self.keptCount { slabs.append(slab) }
            }
        }
        return try body(slab.base)
    }

    /// Sendable because the pool hands a slab to one run at a time, which alone uses the memory.
    private final class Slab: @unchecked Sendable {
        let base: UnsafeMutablePointer<Float>
        let count: Int

        init(count: Int) {
            self.count = count
            let bytes = max(count, 16) * 4
            // A plan walks through many megabytes; with large pages the poolings' gradients took 8 % less time.
            let isLarge = bytes >= 1 << 22
            let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: isLarge ? 1 << 21 : 64)
            if isLarge { _ = madvise(memory, bytes, Int32(MADV_HUGEPAGE)) }
            base = memory.bindMemory(to: Float.self, capacity: max(count, 16))
        }

        deinit { base.deallocate() }
    }
}
