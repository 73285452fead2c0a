/// A strict reader of just the JSON that a safetensors header holds: an object of tensor entries, and of strings under `__metadata__`.
/// Duplicate keys, unknown keys, fractions and anything nested otherwise are errors.
struct SafetensorsHeader {
    struct Entry {
        var name: String
        var type: String
        var shape: [Int]
        var begin, end: Int
    }

    private(set) var entries: [Entry] = []
    private(set) var metadata: [String: String] = [:]

    struct Failure: Error {
        var position: Int
        var reason: String
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) {
        self.bytes = bytes
        guard peek == UInt8(ascii: "{") else { throw failure("a header begins with '{'") }
        var names: Set<String> = []
        var hasMetadata = false
        try object { reader, name throws(Failure) in
            if name == "__metadata__" {
                guard !hasMetadata else { throw reader.failure("'__metadata__' appears twice") }
                hasMetadata = true
                try reader.readMetadata()
            } else {
                guard names.insert(name).inserted else { throw reader.failure("the tensor '\(name)' appears twice") }
                try reader.readEntry(name)
            }
        }
        while let byte = peek {
            guard byte == UInt8(ascii: " ") else { throw failure("only spaces may follow the header") }
            position += 1
        }
    }

    private mutating func readMetadata() throws(Failure) {
        try object { reader, key throws(Failure) in
            let value = try reader.string()
            guard reader.metadata.updateValue(value, forKey: key) == nil else {
                throw reader.failure("'\(key)' appears twice in '__metadata__'")
            }
        }
    }

    private mutating func readEntry(_ name: String) throws(Failure) {
        var type: String?, shape: [Int]?, offsets: [Int]?
        try object { reader, key throws(Failure) in
            switch key {
            case "dtype" where type == nil: type = try reader.string()
            case "shape" where shape == nil: shape = try reader.integers(atMost: 16)
            case "data_offsets" where offsets == nil: offsets = try reader.integers(atMost: 2)
            default: throw reader.failure("the tensor '\(name)' has a key '\(key)' that is unknown or repeated")
            }
        }
        guard let type, let shape, let offsets, offsets.count == 2 else {
            throw failure("the tensor '\(name)' needs dtype, shape and two data_offsets")
        }
        entries.append(Entry(name: name, type: type, shape: shape, begin: offsets[0], end: offsets[1]))
    }

    // MARK: JSON

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func failure(_ reason: String) -> Failure { Failure(position: position, reason: reason) }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }

    private mutating func accept(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(Failure) {
        guard accept(character) else { throw failure("expected '\(character)'") }
    }

    private mutating func object(_ member: (inout SafetensorsHeader, String) throws(Failure) -> Void) throws(Failure) {
        try expect("{")
        if accept("}") { return }
        repeat {
            let key = try string()
            try expect(":")
            try member(&self, key)
        } while accept(",")
        try expect("}")
    }

    private mutating func integers(atMost limit: Int) throws(Failure) -> [Int] {
        try expect("[")
        var values: [Int] = []
        if accept("]") { return values }
        repeat {
            guard values.count < limit else { throw failure("more than \(limit) numbers") }
            values.append(try integer())
        } while accept(",")
        try expect("]")
        return values
    }

    private mutating func integer() throws(Failure) -> Int {
        skipSpace()
        let start = position
        var value = 0
        while let byte = peek, (0x30...0x39).contains(byte) {
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = product.addingReportingOverflow(Int(byte - 0x30))
            guard !tooLarge, !overflow else { throw failure("a number is too large") }
            value = sum
            position += 1
        }
        guard position > start else { throw failure("expected a whole number that is not negative") }
        guard bytes[start] != 0x30 || position == start + 1 else { throw failure("a number begins with 0") }
        return value
    }

    private mutating func string() throws(Failure) -> String {
        try expect("\"")
        var content: [UInt8] = []
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: content, as: UTF8.self) else { throw failure("a string is not UTF-8") }
                return string
            case UInt8(ascii: "\\"): content += Array(String(Character(try escape())).utf8)
            case 0..<0x20: throw failure("a control character in a string")
            default: content.append(byte)
            }
        }
        throw failure("a string does not end")
    }

    private mutating func escape() throws(Failure) -> Unicode.Scalar {
        guard let byte = peek else { throw failure("a string does not end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let unit = try hexadecimal()
            if let scalar = Unicode.Scalar(unit) { return scalar }
            // A surrogate pair.
            guard (0xD800..<0xDC00).contains(unit), peek == UInt8(ascii: "\\") else { throw failure("half of a surrogate pair") }
            position += 1
            guard peek == UInt8(ascii: "u") else { throw failure("half of a surrogate pair") }
            position += 1
            let low = try hexadecimal()
            guard (0xDC00..<0xE000).contains(low),
                let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
            else { throw failure("half of a surrogate pair") }
            return scalar
        default: throw failure("an unknown escape in a string")
        }
    }

    private mutating func hexadecimal() throws(Failure) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw failure("four hexadecimal digits follow \\u")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
