import Tensors

/// Damages files: as a bad disk or a broken download would, and as somebody would who knows the format.
public struct Mutator {
    private var random: CounterRandom
    /// What is put into files: words of their formats, and numbers that programs stumble over.
    private let words: [[UInt8]]

    public init(seed: UInt64, words: [[UInt8]]) {
        random = CounterRandom(seed: seed)
        self.words = words + Self.numbers
    }

    /// Numbers at the ends of their ranges, in the widths that files have them.
    private static let numbers: [[UInt8]] = {
        let values: [UInt64] = [
            0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 1 << 40, 1 << 62, 1 << 63, .max - 7, .max,
        ]
        return values.flatMap { value in
            [1, 2, 4, 8].map { width in (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) } }
        }
    }()

    public mutating func integer(below bound: Int) -> Int { random.integer(in: 0..<max(1, bound)) }

    /// One to four changes, some with pieces of another file.
    public mutating func mutate(_ bytes: inout [UInt8], with other: [UInt8]) {
        for _ in 0...integer(below: 4) where !bytes.isEmpty {
            // The beginning is where the structure is, more often than not.
            let place = integer(below: integer(below: 2) == 0 ? min(bytes.count, 256) : bytes.count)
            switch integer(below: 9) {
            case 0: bytes[place] ^= 1 << UInt8(integer(below: 8))
            case 1: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 2: overwrite(&bytes, at: place, words[integer(below: words.count)])
            case 3:
                let from = integer(below: bytes.count)
                overwrite(&bytes, at: place, Array(bytes[from..<min(bytes.count, from + 1 + integer(below: 16))]))
            case 4: bytes.insert(contentsOf: words[integer(below: words.count)], at: place)
            case 5: bytes.removeSubrange(place..<min(bytes.count, place + 1 + integer(below: 32)))
            case 6: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 1 + integer(below: 64))], at: place)
            case 7: bytes.removeSubrange(place...)
            default:
                let from = integer(below: other.count)
                let piece = other[min(from, other.count)...].prefix(64)
                bytes.replaceSubrange(place..<min(bytes.count, place + integer(below: 64)), with: piece)
            }
        }
    }

    private func overwrite(_ bytes: inout [UInt8], at place: Int, _ new: [UInt8]) {
        for (i, byte) in new.enumerated() where place + i < bytes.count { bytes[place + i] = byte }
    }
}
