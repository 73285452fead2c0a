import Foundation

/// The most recent valid signatures, by which a message sent a second time is known. Forgets the oldest when full.
struct SignatureHistory {
    /// As many as jupyter_client keeps.
    static let capacity = 65_536

    private var known: Set<SIMD16<UInt8>> = []
    private var ring: [SIMD16<UInt8>] = []
    private var oldest = 0

    /// Remembers a valid signature; false if it was there already.
    mutating func insert(_ signature: Data) -> Bool {
        // Half of the 256 bits tell signatures apart as surely, in half the memory.
        var half = SIMD16<UInt8>()
        for (index, digit) in signature.prefix(32).enumerated() {
            half[index / 2] = half[index / 2] << 4 | (digit < UInt8(ascii: "a") ? digit & 15 : (digit & 15) + 9)
        }
        guard known.insert(half).inserted else { return false }
        if ring.count < Self.capacity {
            ring.append(half)
        } else {
            known.remove(ring[oldest])
            ring[oldest] = half
            oldest = (oldest + 1) % Self.capacity
        }
        return true
    }
}
