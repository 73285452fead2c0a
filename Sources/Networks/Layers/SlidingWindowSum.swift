/// Sums over windows of `2 radius + 1` neighbours, zero outside. Windows of 1, 2, 4, ... are built by doubling and the full one is
/// put together from them, so every step is a vector addition and nothing is subtracted (which would lose precision).
struct SlidingWindowSum {
    /// Where the values go before ``sum()``.
    let values: UnsafeMutablePointer<Float>
    /// Where the sums are afterwards.
    let sums: UnsafeMutablePointer<Float>
    private let padded: UnsafeMutablePointer<Float>
    private let doubled: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>)
    private let channels, radius: Int

    /// - Parameter scratch: `4 * (channels + 2 * radius)` floats.
    init(channels: Int, radius: Int, scratch: UnsafeMutablePointer<Float>) {
        let length = channels + 2 * radius
        (self.channels, self.radius) = (channels, radius)
        padded = scratch
        values = scratch + radius
        doubled = (scratch + length, scratch + 2 * length)
        sums = scratch + 3 * length
        padded.update(repeating: 0, count: length)
    }

    mutating func sum() {
        let window = 2 * radius + 1
        var current = padded, (next, spare) = doubled
        var length = channels + 2 * radius
        var (size, offset) = (1, 0)
        while true {
            if window & size != 0 {
                let from = current + offset
                if offset == 0 {
                    sums.update(from: from, count: channels)
                } else {
                    for c in 0..<channels { sums[c] += from[c] }
                }
                offset += size
            }
            if 2 * size > window { return }
            length -= size
            let shifted = current + size
            for i in 0..<length { next[i] = current[i] + shifted[i] }
            (current, next, spare) = (next, spare, next)
            size *= 2
        }
    }
}
