import CZlib
import Foundation

/// The parts of the ZIP format that `.npz` files use: stored and deflated entries, found through the central directory
/// (PKWARE's APPNOTE.TXT, sections 4.3 and 4.4). Archives of 4 GB and more (ZIP64) are refused.
struct ZipArchive {
    struct Entry {
        let name: String
        let isDeflated: Bool
        let checksum: UInt32
        let size, compressedSize, headerStart: Int
    }

    /// Why an archive is refused.
    struct Flaw: Error { let reason: String }

    private let bytes: [UInt8]
    let entries: [Entry]

    init(_ data: Data) throws(Flaw) {
        bytes = [UInt8](data)
        let directory = try Self.end(of: bytes)
        var (entries, position, used): ([Entry], Int, Int) = ([], directory.start, 0)
        for _ in 0..<directory.count {
            guard position + 46 <= bytes.count, bytes.number(4, at: position) == 0x0201_4B50 else {
                throw Flaw(reason: "its directory breaks off after \(entries.count) of \(directory.count) entries")
            }
            let nameEnd = position + 46 + bytes.number(2, at: position + 28)
            guard nameEnd <= bytes.count else { throw Flaw(reason: "a name in its directory goes beyond the end") }
            let name = String(decoding: bytes[(position + 46)..<nameEnd], as: UTF8.self)
            let (flags, method) = (bytes.number(2, at: position + 8), bytes.number(2, at: position + 10))
            guard flags & 1 == 0 else { throw Flaw(reason: "'\(name.prefix(40))' is encrypted") }
            guard method == 0 || method == 8 else {
                throw Flaw(reason: "'\(name.prefix(40))' is compressed by method \(method); only stored and deflated entries are known")
            }
            let entry = Entry(
                name: name, isDeflated: method == 8, checksum: UInt32(bytes.number(4, at: position + 16)),
                size: bytes.number(4, at: position + 24), compressedSize: bytes.number(4, at: position + 20),
                headerStart: bytes.number(4, at: position + 42))
            // Entries that overlap could unpack to any size; deflate packs at most 1032 bytes into one.
            used += entry.compressedSize
            guard used <= bytes.count, method == 8 ? entry.size / 1032 <= entry.compressedSize : entry.size == entry.compressedSize else {
                throw Flaw(reason: "'\(name.prefix(40))' has sizes that \(bytes.count) bytes cannot hold")
            }
            entries.append(entry)
            position = nameEnd + bytes.number(2, at: position + 30) + bytes.number(2, at: position + 32)
        }
        self.entries = entries
    }

    /// Where the directory begins, and how many entries it lists: from the record at the end, before a comment of any length.
    private static func end(of bytes: [UInt8]) throws(Flaw) -> (start: Int, count: Int) {
        let noArchive = Flaw(reason: "it does not end like a ZIP archive")
        guard bytes.count >= 22 else { throw noArchive }
        for position in stride(from: bytes.count - 22, through: Swift.max(0, bytes.count - 22 - 0xFFFF), by: -1)
        where bytes.number(4, at: position) == 0x0605_4B50 && position + 22 + bytes.number(2, at: position + 20) == bytes.count {
            let (count, start) = (bytes.number(2, at: position + 10), bytes.number(4, at: position + 16))
            guard count != 0xFFFF, start != 0xFFFF_FFFF else {
                throw Flaw(reason: "it is a ZIP64 archive: of 4 GB or 65,535 arrays and more")
            }
            return (start, count)
        }
        throw noArchive
    }

    /// The contents of an entry, unpacked and checked.
    func contents(of entry: Entry) throws(Flaw) -> Data {
        let header = entry.headerStart
        guard header + 30 <= bytes.count, bytes.number(4, at: header) == 0x0403_4B50 else {
            throw Flaw(reason: "'\(entry.name.prefix(40))' is not where the directory says")
        }
        let start = header + 30 + bytes.number(2, at: header + 26) + bytes.number(2, at: header + 28)
        guard start + entry.compressedSize <= bytes.count else { throw Flaw(reason: "'\(entry.name.prefix(40))' goes beyond the end") }
        let stored = bytes[start..<start + entry.compressedSize]
        let contents = entry.isDeflated ? try Self.inflated(stored, entry) : Data(stored)
        guard Self.checksum(contents) == entry.checksum else { throw Flaw(reason: "the checksum of '\(entry.name.prefix(40))' is wrong") }
        return contents
    }

    private static func inflated(_ stored: ArraySlice<UInt8>, _ entry: Entry) throws(Flaw) -> Data {
        var stream = z_stream()
        // Negative: deflate alone, without the header of zlib.
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw Flaw(reason: "zlib could not be started")
        }
        defer { inflateEnd(&stream) }
        // One byte more than announced, so that contents that are too long do not look complete.
        var contents = [UInt8](repeating: 0, count: entry.size + 1)
        var input = Array(stored)
        let (inputSize, room) = (UInt32(input.count), UInt32(contents.count))
        let status = input.withUnsafeMutableBufferPointer { input in
            contents.withUnsafeMutableBufferPointer { contents in
                (stream.next_in, stream.avail_in) = (input.baseAddress, inputSize)
                (stream.next_out, stream.avail_out) = (contents.baseAddress, room)
                return inflate(&stream, Z_FINISH)
            }
        }
        guard status == Z_STREAM_END, Int(stream.total_out) == entry.size else {
            throw Flaw(reason: "'\(entry.name.prefix(40))' does not unpack to the \(entry.size) bytes it announces")
        }
        return Data(contents.dropLast())
    }

    private static func checksum(_ data: Data) -> UInt32 {
        data.withUnsafeBytes { bytes in
            UInt32(truncatingIfNeeded: crc32_z(0, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count))
        }
    }

    /// An archive of stored entries; nothing when it would need ZIP64.
    static func archive(_ files: [(name: String, contents: Data)]) -> Data? {
        var (archive, directory) = (Data(), Data())
        for (name, contents) in files {
            let (start, name) = (archive.count, Array(name.utf8))
            guard start + contents.count < 0xFFFF_FFFF - 0x1_0000_0, name.count <= 0xFFFF, files.count < 0xFFFF else { return nil }
            // Version 2.0, names in UTF-8, stored, 1 January 1980: the same tensors make the same bytes.
            var shared = Data()
            for (width, value) in [(2, 20), (2, 0x0800), (2, 0), (2, 0), (2, 0x21)] { shared.append(width, value) }
            for value in [Int(checksum(contents)), contents.count, contents.count] { shared.append(4, value) }
            shared.append(2, name.count)
            shared.append(2, 0)
            archive.append(4, 0x0403_4B50)
            archive += shared + name + contents
            directory.append(4, 0x0201_4B50)
            directory.append(2, 20)
            directory += shared
            for (width, value) in [(2, 0), (2, 0), (2, 0), (4, 0), (4, start)] { directory.append(width, value) }
            directory += name
        }
        let start = archive.count
        guard start + directory.count < 0xFFFF_FFFF else { return nil }
        archive += directory
        archive.append(4, 0x0605_4B50)
        for (width, value) in [(2, 0), (2, 0), (2, files.count), (2, files.count), (4, directory.count), (4, start), (2, 0)] {
            archive.append(width, value)
        }
        return archive
    }
}

extension [UInt8] {
    /// The little-endian number in `width` bytes.
    fileprivate func number(_ width: Int, at position: Int) -> Int {
        (0..<width).reversed().reduce(0) { $0 << 8 | Int(self[position + $1]) }
    }
}

extension Data {
    fileprivate mutating func append(_ width: Int, _ number: Int) {
        for byte in 0..<width { append(UInt8(truncatingIfNeeded: number >> (8 * byte))) }
    }
}
