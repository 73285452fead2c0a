/// Sums over windows of `2 radius + 1` neighbouring channels, zero outside, for a block of pixels at once.
///
/// Windows of 1, 2, 4, ... are built by doubling and the full one is put together from them, so every step is a vector addition and
/// nothing is subtracted (which would lose precision). The pixels lie one after the other with zeros between them, so that each step
/// is one long loop; what windows across two pixels hold is not read.
struct SlidingWindowSum {
    /// Pixels in a full block.
    let capacity: Int
    /// Floats from one pixel to the next in `values` and `sums`.
    let stride: Int
    /// Where the values go before ``sum(pixels:)``; only the channels of each pixel may be written.
    let values: UnsafeMutablePointer<Float>
    /// Where the sums are afterwards.
    let sums: UnsafeMutablePointer<Float>
    private let padded: UnsafeMutablePointer<Float>
    private let doubled: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>)
    private let window: Int

    /// Four buffers of about 4 kB stay in the first-level cache.
    private static func capacity(stride: Int) -> Int { max(1, 1024 / stride) }

    static func scratchCount(channels: Int, radius: Int) -> Int {
        let stride = channels + 2 * radius
        return 4 * stride * capacity(stride: stride)
    }

    /// - Parameter scratch: ``scratchCount(channels:radius:)`` floats.
    init(channels: Int, radius: Int, scratch: UnsafeMutablePointer<Float>) {
        stride = channels + 2 * radius
        capacity = Self.capacity(stride: stride)
        window = 2 * radius + 1
        let length = stride * capacity
        padded = scratch
        values = scratch + radius
        doubled = (scratch + length, scratch + 2 * length)
        sums = scratch + 3 * length
        padded.update(repeating: 0, count: length)
    }

    /// Sums the first `pixels` pixels of the block.
    func sum(pixels: Int) {
        let total = pixels * stride
        // The last window begins here; nothing after it is summed.
        let windows = total - window + 1
        var current = padded, (next, spare) = doubled
        var length = total
        var (size, offset) = (1, 0)
        while true {
            if window & size != 0 {
                let from = current + offset
                if offset == 0 {
                    sums.update(from: from, count: windows)
                } else {
                    for i in 0..<windows { sums[i] += from[i] }
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
