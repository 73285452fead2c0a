import Foundation

/// Reads what the compiler notes in object files and libraries for the linker and for the runtime.
enum ObjectFile {
    /// A section: where it is in the file and in memory, counted from where the file is loaded.
    struct Section {
        let address, offset, length: Int
    }

    /// The flags in the section `.swift1_autolink_entries`, such as `-lswiftCore`; empty when there is none.
    static func autolinkFlags(of path: String) -> [String] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        let bytes = [UInt8](data)
        guard let section = section(".swift1_autolink_entries", in: bytes) else { return [] }
        let text = bytes[section.offset..<section.offset + section.length].split(whereSeparator: { $0 == 0 || $0 == 32 })
        var flags: [String] = []
        for flag in text.map({ String(decoding: $0, as: UTF8.self) }) where !flags.contains(flag) { flags.append(flag) }
        return flags
    }

    /// The section in which a library lists the conformances that it makes; nil when it makes none.
    static func conformances(of library: String) -> Section? {
        FileManager.default.contents(atPath: library).flatMap { section("swift5_protocol_conformances", in: [UInt8]($0)) }
    }

    private static func section(_ wanted: String, in bytes: [UInt8]) -> Section? {
        func number(_ offset: Int, _ size: Int) -> Int? {
            guard offset >= 0, offset <= bytes.count - size else { return nil }
            return (0..<size).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
        }
        // ELF, 64 bits, little-endian: every platform that Hooke runs on.
        guard bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]), let table = number(40, 8), let size = number(58, 2), let count = number(60, 2),
            let names = number(62, 2), table >= 0, table < bytes.count, size >= 64
        else { return nil }
        func header(_ index: Int) -> (name: Int, section: Section)? {
            let start = table + index * size
            guard let name = number(start, 4), let address = number(start + 16, 8), let offset = number(start + 24, 8), let length = number(start + 32, 8)
            else { return nil }
            return (name, Section(address: address, offset: offset, length: length))
        }
        guard let strings = header(names)?.section else { return nil }
        let text = Array(wanted.utf8) + [0]
        for index in 0..<count {
            guard let (name, section) = header(index), section.offset >= 0, section.length >= 0, section.offset <= bytes.count - section.length
            else { continue }
            let start = strings.offset + name
            if start >= 0, start <= bytes.count - text.count, Array(bytes[start..<start + text.count]) == text { return section }
        }
        return nil
    }
}
