import CZlib
import Foundation

/// The parts of the ZIP format that `.npz` files and PyTorch's `.pth` files use: stored and deflated entries, found through the central
/// directory (PKWARE's APPNOTE.TXT, sections 4.3 and 4.4), with 64-bit sizes where there are any (ZIP64).
///
/// Nothing is read but the directory until an entry is asked for. No entry can unpack to more than 1032 times the bytes of the file,
/// all together; who wants a tighter bound compares `size` and `compressedSize` first.
package struct ZipArchive: Sendable {
    package struct Entry: Sendable {
        package let name: String
        package let isDeflated: Bool
        package let checksum: UInt32
        package let size, compressedSize, headerStart: Int

        /// The name in errors.
        package var label: String { "'\(name.prefix(60))'" }
    }

    /// Why an archive is refused.
    package struct Flaw: Error {
        package let reason: String
        package init(reason: String) { self.reason = reason }
    }

    package let entries: [Entry]
    private let file: FileBytes

    package init(_ file: FileBytes) throws(Flaw) {
        self.file = file
        entries = try file.withUnsafeBytes { bytes throws(Flaw) in try Self.directory(bytes) }
    }

    private static func directory(_ bytes: UnsafeRawBufferPointer) throws(Flaw) -> [Entry] {
        let end = try ZipEnd(bytes)
        var (entries, names, position, used): ([Entry], Set<String>, Int, Int) = ([], [], end.start, 0)
        for _ in 0..<end.count {
            guard position <= bytes.count - 46, bytes.number(4, at: position) == 0x0201_4B50 else {
                throw Flaw(reason: "its directory breaks off after \(entries.count) of \(end.count) entries")
            }
            let nameEnd = position + 46 + bytes.number(2, at: position + 28)
            let extraEnd = nameEnd + bytes.number(2, at: position + 30)
            guard extraEnd <= bytes.count else { throw Flaw(reason: "a name in its directory goes beyond the end") }
            let name = String(decoding: bytes[(position + 46)..<nameEnd], as: UTF8.self)
            let (flags, method) = (bytes.number(2, at: position + 8), bytes.number(2, at: position + 10))
            guard flags & 1 == 0 else { throw Flaw(reason: "'\(name.prefix(60))' is encrypted") }
            guard method == 0 || method == 8 else {
                throw Flaw(reason: "'\(name.prefix(60))' is compressed by method \(method); only stored and deflated entries are known")
            }
            guard names.insert(name).inserted else { throw Flaw(reason: "'\(name.prefix(60))' appears twice") }
            // Size, compressed size and place, each in 8 bytes of the ZIP64 extra field where its 4 bytes are all ones.
            var numbers = [(24, 4), (20, 4), (42, 4)].map { bytes.number($1, at: position + $0) }
            if numbers.contains(0xFFFF_FFFF), var extra = ZipEnd.longNumbers(bytes, nameEnd..<extraEnd) {
                for i in numbers.indices where numbers[i] == 0xFFFF_FFFF {
                    guard extra.count >= 8 else { throw Flaw(reason: "'\(name.prefix(60))' lacks its 64-bit sizes") }
                    numbers[i] = bytes.number(8, at: extra.lowerBound)
                    extra = extra.lowerBound + 8..<extra.upperBound
                }
            }
            let entry = Entry(
                name: name, isDeflated: method == 8, checksum: UInt32(bytes.number(4, at: position + 16)), size: numbers[0],
                compressedSize: numbers[1], headerStart: numbers[2])
            // Entries that overlap could unpack to any size; deflate packs at most 1032 bytes into one.
            guard entry.size >= 0, entry.compressedSize >= 0, entry.compressedSize <= bytes.count - used,
                method == 8 ? entry.size / 1032 <= entry.compressedSize : entry.size == entry.compressedSize
            else { throw Flaw(reason: "\(entry.label) has sizes that \(bytes.count) bytes cannot hold") }
            guard (0...bytes.count).contains(entry.headerStart) else {
                throw Flaw(reason: "\(entry.label) lies at \(entry.headerStart), beyond the end")
            }
            used += entry.compressedSize
            entries.append(entry)
            position = extraEnd + bytes.number(2, at: position + 32)
        }
        return entries
    }

    /// Where the bytes of an entry lie in the file, as they are stored there.
    package func place(of entry: Entry) throws(Flaw) -> Range<Int> {
        try file.withUnsafeBytes { bytes throws(Flaw) in
            let header = entry.headerStart
            guard header <= bytes.count - 30, bytes.number(4, at: header) == 0x0403_4B50 else {
                throw Flaw(reason: "\(entry.label) is not where the directory says")
            }
            let start = header + 30 + bytes.number(2, at: header + 26) + bytes.number(2, at: header + 28)
            guard start <= bytes.count, entry.compressedSize <= bytes.count - start else {
                throw Flaw(reason: "\(entry.label) goes beyond the end")
            }
            return start..<start + entry.compressedSize
        }
    }

    /// Calls `body` with the contents of an entry, unpacked and checked.
    package func withContents<R>(of entry: Entry, _ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
        let place = try place(of: entry)
        return try file.withUnsafeBytes { bytes in
            let stored = UnsafeRawBufferPointer(rebasing: bytes[place])
            func check(_ contents: UnsafeRawBufferPointer) throws(Flaw) {
                guard Self.checksum(contents) == entry.checksum else { throw Flaw(reason: "the checksum of \(entry.label) is wrong") }
            }
            guard entry.isDeflated else {
                try check(stored)
                return try body(stored)
            }
            // One byte more than announced, so that contents that are too long do not look complete.
            let unpacked = UnsafeMutableRawBufferPointer.allocate(byteCount: entry.size + 1, alignment: 64)
            defer { unpacked.deallocate() }
            let result = try Self.inflate(stored, into: unpacked)
            guard result.isComplete, result.count == entry.size else {
                throw Flaw(reason: "\(entry.label) does not unpack to the \(entry.size) bytes it announces")
            }
            let contents = UnsafeRawBufferPointer(rebasing: unpacked[..<entry.size])
            try check(contents)
            return try body(contents)
        }
    }

    /// At most `count` bytes from the beginning of an entry, unpacked but not checked.
    package func beginning(of entry: Entry, count: Int) throws(Flaw) -> [UInt8] {
        let place = try place(of: entry)
        return try file.withUnsafeBytes { bytes throws(Flaw) in
            let stored = UnsafeRawBufferPointer(rebasing: bytes[place])
            guard entry.isDeflated else { return Array(stored.prefix(count)) }
            let unpacked = UnsafeMutableRawBufferPointer.allocate(byteCount: min(count, entry.size), alignment: 64)
            defer { unpacked.deallocate() }
            return Array(unpacked.prefix(try Self.inflate(stored, into: unpacked).count))
        }
    }

    /// Unpacks until the end of the stream or until `target` is full.
    private static func inflate(
        _ stored: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) throws(Flaw) -> (count: Int, isComplete: Bool) {
        var stream = z_stream()
        // Negative: deflate alone, without the header of zlib.
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw Flaw(reason: "zlib could not be started")
        }
        defer { inflateEnd(&stream) }
        // zlib counts in 32 bits.
        let (most, input) = (1 << 30, UnsafeMutableRawBufferPointer(mutating: stored).bindMemory(to: UInt8.self))
        let output = target.bindMemory(to: UInt8.self)
        var (read, written, status) = (0, 0, Z_OK)
        while status == Z_OK {
            let (given, room) = (min(most, input.count - read), min(most, output.count - written))
            (stream.next_in, stream.avail_in) = (input.baseAddress.map { $0 + read }, UInt32(given))
            (stream.next_out, stream.avail_out) = (output.baseAddress.map { $0 + written }, UInt32(room))
            status = CZlib.inflate(&stream, Z_NO_FLUSH)
            (read, written) = (read + given - Int(stream.avail_in), written + room - Int(stream.avail_out))
        }
        return (written, status == Z_STREAM_END)
    }

    static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        UInt32(truncatingIfNeeded: crc32_z(0, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count))
    }
}

extension UnsafeRawBufferPointer {
    /// The little-endian number in `width` bytes; those of 8 bytes may come out negative.
    func number(_ width: Int, at position: Int) -> Int {
        var number = 0
        for byte in (0..<width).reversed() { number = number << 8 | Int(self[position + byte]) }
        return number
    }
}
