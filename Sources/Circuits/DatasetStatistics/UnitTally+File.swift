import Foundation

/// A tally in a file: a line of text with its key, numbers, the bytes of all arrays, and a checksum. Files are read on the machine that
/// wrote them; whatever is not exactly what is expected counts as no file.
extension UnitTally {
    private static let format = "hooke dataset statistics 1"

    func encoded(key: String) -> Data {
        var data = Data((Self.format + "\n" + key + "\n").utf8)
        func append(_ number: Int) { withUnsafeBytes(of: Int64(number)) { data.append(contentsOf: $0) } }
        func append(_ texts: [String]) {
            append(texts.count)
            for text in texts {
                append(text.utf8.count)
                data.append(contentsOf: text.utf8)
            }
        }
        for number in [units, places, classes, isRectified ? 1 : 0, next, looked, skipped, sampled] { append(number) }
        append(parts)
        append(skippedExamples)
        for bytes in arrays { data.append(contentsOf: bytes) }
        append(Int(truncatingIfNeeded: Self.checksum(data)))
        return data
    }

    /// Takes over what a file holds.
    /// - Returns: whether the file is whole and of this key; if not, the tally may hold anything and is to be thrown away.
    func restore(_ data: Data, key: String, pictures: Int) -> Bool {
        guard data.count >= 8 else { return false }
        let body = data.dropLast(8), sum = data.suffix(8).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
        guard sum == Self.checksum(body) else { return false }
        var rest = body[...]
        func number() -> Int? {
            guard rest.count >= 8 else { return nil }
            defer { rest = rest.dropFirst(8) }
            return Int(rest.prefix(8).withUnsafeBytes { $0.loadUnaligned(as: Int64.self) })
        }
        func texts(atMost limit: Int) -> [String]? {
            guard let count = number(), (0...limit).contains(count) else { return nil }
            var result: [String] = []
            for _ in 0..<count {
                guard let length = number(), length >= 0, length <= rest.count else { return nil }
                result.append(String(decoding: rest.prefix(length), as: UTF8.self))
                rest = rest.dropFirst(length)
            }
            return result
        }
        let head = Data((Self.format + "\n" + key + "\n").utf8)
        guard rest.starts(with: head) else { return false }
        rest = rest.dropFirst(head.count)
        for expected in [units, places, classes, isRectified ? 1 : 0] where number() != expected { return false }
        guard let next = number(), let looked = number(), let skipped = number(), let sampled = number(),
            let parts = texts(atMost: Self.mostParts), let examples = texts(atMost: Self.namedSkips),
            rest.count == arrays.reduce(0, { $0 + $1.count })
        else { return false }
        (self.next, self.looked, self.skipped, self.sampled) = (next, looked, skipped, sampled)
        (self.parts, skippedExamples) = (parts, examples)
        for bytes in arrays {
            rest.prefix(bytes.count).withUnsafeBytes { bytes.copyMemory(from: $0) }
            rest = rest.dropFirst(bytes.count)
        }
        return isSound(pictures: pictures)
    }

    /// Files that could not be read are named up to so many.
    static let namedSkips = 20

    /// FNV-1a over words of eight bytes.
    private static func checksum(_ data: Data) -> UInt64 {
        data.withUnsafeBytes { bytes in
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            let words = bytes.count / 8
            for word in 0..<words {
                hash = (hash ^ bytes.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self)) &* 0x0000_0100_0000_01B3
            }
            for byte in bytes[(words * 8)...] { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
            return hash
        }
    }
}
