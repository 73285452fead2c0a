/// Places buffers with known lifetimes in one slab of memory; buffers that are never alive at the same time may share a place.
struct SlabLayout {
    struct Request {
        var count: Int
        /// The first and last step that touch the buffer.
        var lifetime: ClosedRange<Int>
    }

    /// The offset of every buffer, in floats, aligned to a cache line.
    let offsets: [Int]
    /// Floats in all.
    let count: Int

    /// First fit, in the order in which the buffers come to life.
    init(_ requests: [Request]) {
        var offsets = [Int](repeating: 0, count: requests.count)
        var alive: [(place: Range<Int>, until: Int)] = []
        var end = 0
        let order = requests.indices.sorted {
            (requests[$0].lifetime.lowerBound, -requests[$0].count) < (requests[$1].lifetime.lowerBound, -requests[$1].count)
        }
        for index in order {
            let request = requests[index], size = (request.count + 15) / 16 * 16
            alive.removeAll { $0.until < request.lifetime.lowerBound }
            alive.sort { $0.place.lowerBound < $1.place.lowerBound }
            var offset = 0
            for other in alive {
                if offset + size <= other.place.lowerBound { break }
                offset = max(offset, other.place.upperBound)
            }
            offsets[index] = offset
            alive.append((offset..<offset + size, request.lifetime.upperBound))
            end = max(end, offset + size)
        }
        (self.offsets, count) = (offsets, end)
    }
}
