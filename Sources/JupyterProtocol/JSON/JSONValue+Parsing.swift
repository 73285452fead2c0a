import Foundation

extension JSONValue {
    /// How deep values may be nested, in both directions.
    public static let maximumDepth = 512
    /// How many values one text may hold. It bounds the memory a text takes: large numeric data belong into binary buffers.
    public static let maximumCount = 4_000_000

    /// Reads one JSON text (RFC 8259) in UTF-8. Integers beyond 64 bits become floating-point numbers; halves of surrogate pairs
    /// standing alone become U+FFFD, as there is no such Swift string.
    /// - Throws: ``JSONError``, for whatever bytes.
    public init(parsing data: Data) throws(JSONError) {
        let result: Result<JSONValue, JSONError> = data.withUnsafeBytes { bytes in
            var parser = JSONParser(bytes: bytes)
            do throws(JSONError) { return .success(try parser.parseText()) } catch { return .failure(error) }
        }
        self = try result.get()
    }

    /// Reads one JSON text.
    /// - Throws: ``JSONError``.
    public init(parsing text: String) throws(JSONError) { try self.init(parsing: Data(text.utf8)) }
}

/// A recursive-descent parser over bytes that outlive it. Each access is bounds-checked by `peek` or by a comparison with `end`.
private struct JSONParser {
    private let bytes: UnsafeRawBufferPointer
    private let end: Int
    private var position = 0
    private var depth = 0
    private var count = 0

    /// No number that anyone writes is longer.
    private static let longestNumber = 1024

    init(bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        end = bytes.count
    }

    mutating func parseText() throws(JSONError) -> JSONValue {
        skipSpace()
        let value = try parseValue()
        skipSpace()
        guard position == end else { throw failure(.trailingBytes) }
        return value
    }

    // MARK: Bytes

    private func failure(_ problem: JSONError.Problem) -> JSONError { JSONError(problem: problem, offset: position) }

    private func unexpected() -> JSONError {
        position < end ? failure(.unexpectedByte(bytes[position])) : failure(.unexpectedEnd)
    }

    /// The byte at the position; 0, which is valid nowhere outside strings, past the end.
    private var peek: UInt8 { position < end ? bytes[position] : 0 }

    /// The bytes between two positions that were passed, in one piece: slices of buffers are copied byte by byte.
    private func slice(_ start: Int, _ end: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[start..<end]) }

    private mutating func skipSpace() {
        while position < end {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func expect(_ word: StaticString) throws(JSONError) {
        for offset in 0..<word.utf8CodeUnitCount {
            guard peek == word.utf8Start[offset] else { throw unexpected() }
            position += 1
        }
    }

    // MARK: Values

    private mutating func parseValue() throws(JSONError) -> JSONValue {
        count += 1
        guard count <= JSONValue.maximumCount else { throw failure(.tooManyValues(limit: JSONValue.maximumCount)) }
        switch peek {
        case UInt8(ascii: "{"): return try parseObject()
        case UInt8(ascii: "["): return try parseArray()
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t"):
            try expect("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try expect("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try expect("null")
            return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try parseNumber()
        default: throw unexpected()
        }
    }

    private mutating func enter() throws(JSONError) {
        depth += 1
        guard depth <= JSONValue.maximumDepth else { throw failure(.tooDeep(limit: JSONValue.maximumDepth)) }
        position += 1
        skipSpace()
    }

    private mutating func parseArray() throws(JSONError) -> JSONValue {
        try enter()
        var elements: [JSONValue] = []
        if peek == UInt8(ascii: "]") {
            position += 1
        } else {
            while true {
                elements.append(try parseValue())
                skipSpace()
                let separator = peek
                guard separator == UInt8(ascii: ",") || separator == UInt8(ascii: "]") else { throw unexpected() }
                position += 1
                if separator == UInt8(ascii: "]") { break }
                skipSpace()
            }
        }
        depth -= 1
        return .array(elements)
    }

    private mutating func parseObject() throws(JSONError) -> JSONValue {
        try enter()
        var members: [String: JSONValue] = [:]
        if peek == UInt8(ascii: "}") {
            position += 1
        } else {
            while true {
                guard peek == UInt8(ascii: "\"") else { throw unexpected() }
                let key = try parseString()
                skipSpace()
                guard peek == UInt8(ascii: ":") else { throw unexpected() }
                position += 1
                skipSpace()
                members[key] = try parseValue()
                skipSpace()
                let separator = peek
                guard separator == UInt8(ascii: ",") || separator == UInt8(ascii: "}") else { throw unexpected() }
                position += 1
                if separator == UInt8(ascii: "}") { break }
                skipSpace()
            }
        }
        depth -= 1
        return .object(members)
    }

    // MARK: Numbers

    private mutating func skipDigits() -> Int {
        let start = position
        while position < end, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) { position += 1 }
        return position - start
    }

    private mutating func parseNumber() throws(JSONError) -> JSONValue {
        let start = position
        if peek == UInt8(ascii: "-") { position += 1 }
        let first = peek
        let digits = skipDigits()
        guard digits == 1 || (digits > 1 && first != UInt8(ascii: "0")) else { throw failure(.invalidNumber) }
        var isInteger = true
        if peek == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            guard skipDigits() > 0 else { throw failure(.invalidNumber) }
        }
        if peek | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
            guard skipDigits() > 0 else { throw failure(.invalidNumber) }
        }
        guard position - start <= Self.longestNumber else { throw failure(.invalidNumber) }
        let text = String(decoding: slice(start, position), as: UTF8.self)
        if isInteger, let value = Int64(text) { return .integer(value) }
        guard let value = Double(text) else { throw failure(.invalidNumber) }
        return .double(value)
    }

    // MARK: Strings

    private mutating func parseString() throws(JSONError) -> String {
        position += 1
        let start = position
        try skipPlainBytes()
        if peek == UInt8(ascii: "\"") {
            position += 1
            return try string(slice(start, position - 1))
        }
        var unescaped = Array(slice(start, position))
        while peek == UInt8(ascii: "\\") {
            position += 1
            try parseEscape(into: &unescaped)
            let run = position
            try skipPlainBytes()
            unescaped.append(contentsOf: slice(run, position))
        }
        position += 1
        return try string(unescaped)
    }

    /// Advances to a quotation mark or backslash, which exists when this returns.
    private mutating func skipPlainBytes() throws(JSONError) {
        while position < end {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return }
            guard byte >= 0x20 else { throw failure(.controlCharacterInString) }
            position += 1
        }
        throw failure(.unexpectedEnd)
    }

    private func string(_ utf8: some Collection<UInt8>) throws(JSONError) -> String {
        guard let result = String(validating: utf8, as: UTF8.self) else { throw failure(.invalidUTF8) }
        return result
    }

    private mutating func parseEscape(into result: inout [UInt8]) throws(JSONError) {
        let letter = peek
        guard position < end else { throw failure(.unexpectedEnd) }
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(letter)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "u"): result.append(contentsOf: UTF8.encode(try parseUnicodeEscape()) ?? UTF8.encodedReplacementCharacter)
        default: throw failure(.invalidEscape)
        }
    }

    /// The scalar after `\u`, joining a surrogate pair when its second half follows.
    private mutating func parseUnicodeEscape() throws(JSONError) -> UnicodeScalar {
        let unit = try parseHexadecimal()
        if let scalar = UnicodeScalar(unit) { return scalar }
        let resume = position
        if unit < 0xDC00, peek == UInt8(ascii: "\\") {
            position += 1
            if peek == UInt8(ascii: "u") {
                position += 1
                let low = try parseHexadecimal()
                if (0xDC00...0xDFFF).contains(low),
                    let scalar = UnicodeScalar(0x10000 + (UInt32(unit) & 0x3FF) << 10 + UInt32(low) & 0x3FF)
                { return scalar }
            }
            position = resume
        }
        return "\u{FFFD}"
    }

    private mutating func parseHexadecimal() throws(JSONError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch peek {
            case let byte where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte): digit = byte - UInt8(ascii: "0")
            case let byte where (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20):
                digit = (byte | 0x20) - UInt8(ascii: "a") + 10
            default: throw position < end ? failure(.invalidEscape) : failure(.unexpectedEnd)
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }
}
