import Foundation

/// The most recent valid signatures, by which a message sent a second time is known. Forgets the oldest when full.
struct SignatureHistory {
    /// As many as jupyter_client keeps.
    static let capacity = 65_536

    private var known: Set<Data> = []
    private var ring: [Data] = []
    private var oldest = 0

    /// Remembers a signature; false if it was there already.
    mutating func insert(_ signature: Data) -> Bool {
        guard known.insert(signature).inserted else { return false }
        if ring.count < Self.capacity {
            ring.append(signature)
        } else {
            known.remove(ring[oldest])
            ring[oldest] = signature
            oldest = (oldest + 1) % Self.capacity
        }
        return true
    }
}
