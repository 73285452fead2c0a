/// Where the directory of a ZIP archive begins and how many entries it lists: from the record at the end, before a comment of any
/// length, or from the ZIP64 record that it stands for where its numbers are too short.
struct ZipEnd {
    let start, count: Int

    init(_ bytes: UnsafeRawBufferPointer) throws(ZipArchive.Flaw) {
        guard let position = Self.record(bytes) else { throw ZipArchive.Flaw(reason: "it does not end like a ZIP archive") }
        var (count, start) = (bytes.number(2, at: position + 10), bytes.number(4, at: position + 16))
        // The locator of the ZIP64 record stands right before.
        if count == 0xFFFF || start == 0xFFFF_FFFF, position >= 20, bytes.number(4, at: position - 20) == 0x0706_4B50 {
            let long = bytes.number(8, at: position - 12)
            guard long >= 0, long <= bytes.count - 56, bytes.number(4, at: long) == 0x0606_4B50 else {
                throw ZipArchive.Flaw(reason: "its ZIP64 record is not at \(long), where it should be")
            }
            (count, start) = (bytes.number(8, at: long + 32), bytes.number(8, at: long + 48))
        }
        // Every entry of the directory has 46 bytes and more.
        guard start >= 0, start <= bytes.count, count >= 0, count <= (bytes.count - start) / 46 else {
            throw ZipArchive.Flaw(reason: "its directory of \(count) entries at \(start) does not fit into \(bytes.count) bytes")
        }
        (self.start, self.count) = (start, count)
    }

    /// The last record that announces a comment which ends where the file ends.
    private static func record(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard bytes.count >= 22 else { return nil }
        return stride(from: bytes.count - 22, through: max(0, bytes.count - 22 - 0xFFFF), by: -1).first {
            bytes.number(4, at: $0) == 0x0605_4B50 && $0 + 22 + bytes.number(2, at: $0 + 20) == bytes.count
        }
    }

    /// Where the 64-bit numbers lie in the extra fields of an entry.
    static func longNumbers(_ bytes: UnsafeRawBufferPointer, _ extra: Range<Int>) -> Range<Int>? {
        var position = extra.lowerBound
        while position + 4 <= extra.upperBound {
            let end = position + 4 + bytes.number(2, at: position + 2)
            guard end <= extra.upperBound else { return nil }
            if bytes.number(2, at: position) == 1 { return position + 4..<end }
            position = end
        }
        return nil
    }
}
