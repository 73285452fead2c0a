import Foundation

extension ZipArchive {
    /// An archive of stored entries; nothing when it would need ZIP64.
    package static func archive(_ files: [(name: String, contents: Data)]) -> Data? {
        var (archive, directory) = (Data(), Data())
        for (name, contents) in files {
            let (start, name) = (archive.count, Array(name.utf8))
            guard start + contents.count < 0xFFFF_FFFF - 0x1_0000_0, name.count <= 0xFFFF, files.count < 0xFFFF else { return nil }
            // Version 2.0, names in UTF-8, stored, 1 January 1980: the same tensors make the same bytes.
            var shared = Data()
            for (width, value) in [(2, 20), (2, 0x0800), (2, 0), (2, 0), (2, 0x21)] { shared.append(width, value) }
            for value in [Int(contents.withUnsafeBytes(checksum)), contents.count, contents.count] { shared.append(4, value) }
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

extension Data {
    fileprivate mutating func append(_ width: Int, _ number: Int) {
        for byte in 0..<width { append(UInt8(truncatingIfNeeded: number >> (8 * byte))) }
    }
}
