/// Reads the fields of one protobuf message, in place.
///
/// Protobuf's wire format is a run of fields, each a key (field number and wire type, as a varint) and a value: a varint, 4 or 8 bytes, or
/// a length and so many bytes, which may be a message again. That is all of it (protobuf.dev/programming-guides/encoding), so this reader
/// is smaller than what would be needed to use swift-protobuf, and for files of weights it is the better one:
///
/// - Tensors stay where they are. A field of bytes is a range of the mapped file; swift-protobuf copies every `bytes` field into a `Data`
///   and every packed list into an array when a file is opened, so that InceptionV1 would be in memory twice before its first use.
/// - No generated code (onnx.proto and TensorFlow's graph.proto with its imports make some 15,000 lines of Swift), no plugin, no dependency
///   to compile: two readers that name the few fields they read.
/// - Memory is bounded on hostile input. Two bytes of a file can announce a node, which takes a hundred times as much in memory; the
///   readers count what they keep (``ReadingBudget``), a decoder of whole messages cannot. Nesting is that of the readers' code, never that
///   of the file: no message is read recursively.
///
/// It is strict where the format leaves freedom that no writer uses: groups (deprecated since 2008), field number 0, varints beyond ten
/// bytes and lengths beyond the message's end are errors. Unknown fields are skipped, as the format demands.
package struct WireReader {
    /// What was wrong, at which byte of the file.
    package struct Failure: Error {
        package var position: Int
        package var reason: String
    }

    package enum Value {
        case varint(UInt64)
        case fixed32(UInt32)
        case fixed64(UInt64)
        /// Bytes of the file: a string, a message, or a packed list.
        case bytes(Range<Int>)
    }

    /// The whole file; positions are positions in it.
    private let file: UnsafeRawBufferPointer
    package private(set) var position: Int
    private let end: Int

    /// - Parameter range: the bytes of the message; they lie inside of the file.
    package init(_ file: UnsafeRawBufferPointer, _ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= file.count, "a message outside of its file")
        (self.file, position, end) = (file, range.lowerBound, range.upperBound)
    }

    var isAtEnd: Bool { position == end }

    /// The next field; nil at the end of the message.
    package mutating func next() throws(Failure) -> (number: Int, value: Value)? {
        guard position < end else { return nil }
        let start = position
        let key = try varint()
        let number = key >> 3
        guard number > 0, number < 1 << 29 else { throw Failure(position: start, reason: "a field has the number \(number)") }
        switch key & 7 {
        case 0: return (Int(number), .varint(try varint()))
        case 1: return (Int(number), .fixed64(try fixed64()))
        case 2:
            let length = try varint()
            guard length <= UInt64(end - position) else {
                throw Failure(position: start, reason: "field \(number) announces \(length) bytes, and \(end - position) follow")
            }
            defer { position += Int(length) }
            return (Int(number), .bytes(position..<position + Int(length)))
        case 5: return (Int(number), .fixed32(try fixed32()))
        default: throw Failure(position: start, reason: "field \(number) has the wire type \(key & 7)")
        }
    }

    /// Seven bits a byte, the lowest first; the highest bit says that more follow.
    mutating func varint() throws(Failure) -> UInt64 {
        let start = position
        var value: UInt64 = 0
        for index in 0..<10 {
            guard position < end else { throw Failure(position: start, reason: "a number is cut") }
            let byte = file[position]
            position += 1
            value |= UInt64(byte & 0x7F) << UInt64(7 * index)
            guard byte & 0x80 != 0 else {
                guard index < 9 || byte <= 1 else { break }
                return value
            }
        }
        throw Failure(position: start, reason: "a number has more than 64 bits")
    }

    mutating func fixed32() throws(Failure) -> UInt32 {
        guard end - position >= 4 else { throw Failure(position: position, reason: "a number is cut") }
        defer { position += 4 }
        return UInt32(littleEndian: file.loadUnaligned(fromByteOffset: position, as: UInt32.self))
    }

    mutating func fixed64() throws(Failure) -> UInt64 {
        guard end - position >= 8 else { throw Failure(position: position, reason: "a number is cut") }
        defer { position += 8 }
        return UInt64(littleEndian: file.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }
}

// MARK: The values that a reader expects

extension WireReader {
    private func mismatch(_ what: String) -> Failure { Failure(position: position, reason: "a field before here should be \(what)") }

    /// A message inside of this one, as a reader and its place.
    func message(_ value: Value) throws(Failure) -> (reader: WireReader, range: Range<Int>) {
        guard case .bytes(let range) = value else { throw mismatch("a message") }
        return (WireReader(file, range), range)
    }

    func bytes(_ value: Value) throws(Failure) -> Range<Int> {
        guard case .bytes(let range) = value else { throw mismatch("bytes") }
        return range
    }

    func string(_ value: Value) throws(Failure) -> String {
        guard let string = try stringIfText(value) else { throw mismatch("text in UTF-8") }
        return string
    }

    /// Nil for bytes that are no UTF-8.
    func stringIfText(_ value: Value) throws(Failure) -> String? {
        String(validating: UnsafeRawBufferPointer(rebasing: file[try bytes(value)]), as: UTF8.self)
    }

    /// A signed number of up to 64 bits.
    func integer(_ value: Value) throws(Failure) -> Int {
        guard case .varint(let bits) = value else { throw mismatch("a number") }
        return Int(bitPattern: UInt(bits))
    }

    func float(_ value: Value) throws(Failure) -> Float {
        guard case .fixed32(let bits) = value else { throw mismatch("a 32-bit number") }
        return Float(bitPattern: bits)
    }

    /// Calls `body` for every number of a repeated field, which may be packed or not.
    func integers(_ value: Value, _ body: (Int) throws(Failure) -> Void) throws(Failure) {
        guard case .bytes(let range) = value else { return try body(integer(value)) }
        var list = WireReader(file, range)
        while !list.isAtEnd { try body(Int(bitPattern: UInt(list.varint()))) }
    }

    func floats(_ value: Value, _ body: (Float) throws(Failure) -> Void) throws(Failure) {
        guard case .bytes(let range) = value else { return try body(float(value)) }
        var list = WireReader(file, range)
        while !list.isAtEnd { try body(Float(bitPattern: list.fixed32())) }
    }
}
