import Foundation

/// Reads what the compiler notes in an object file for the linker: `swift-autolink-extract` without a process.
enum ObjectFile {
    /// The flags in the ELF section `.swift1_autolink_entries`, such as `-lswiftCore`; empty when there is none.
    static func autolinkFlags(of path: String) -> [String] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        let bytes = [UInt8](data)
        func number(_ offset: Int, _ size: Int) -> Int? {
            guard offset >= 0, offset <= bytes.count - size else { return nil }
            return (0..<size).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
        }
        // ELF, 64 bits, little-endian: every platform that Hooke runs on.
        guard bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]), let table = number(40, 8), let size = number(58, 2), let count = number(60, 2),
            let names = number(62, 2), table < bytes.count, size >= 64
        else { return [] }
        func header(_ index: Int) -> (name: Int, offset: Int, length: Int)? {
            let start = table + index * size
            guard let name = number(start, 4), let offset = number(start + 24, 8), let length = number(start + 32, 8) else { return nil }
            return (name, offset, length)
        }
        guard let strings = header(names) else { return [] }
        let wanted = Array(".swift1_autolink_entries".utf8) + [0]
        for index in 0..<count {
            guard let section = header(index), section.offset >= 0, section.length >= 0, section.offset <= bytes.count - section.length else { continue }
            let name = strings.offset + section.name
            guard name >= 0, name <= bytes.count - wanted.count, Array(bytes[name..<name + wanted.count]) == wanted else { continue }
            let text = bytes[section.offset..<section.offset + section.length].split(whereSeparator: { $0 == 0 || $0 == 32 })
            var flags: [String] = []
            for flag in text.map({ String(decoding: $0, as: UTF8.self) }) where !flags.contains(flag) { flags.append(flag) }
            return flags
        }
        return []
    }
}
