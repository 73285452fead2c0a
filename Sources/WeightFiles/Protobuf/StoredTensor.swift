import Tensors

/// Where a tensor of a protobuf file is, and how its numbers are written: nothing is copied until somebody asks for it.
struct StoredTensor: Sendable {
    enum Place: Sendable {
        /// A run of little-endian numbers.
        case run(Range<Int>)
        /// The same in another file.
        case external(file: Int, Range<Int>)
        /// A repeated field, packed or not, of the message; its last number repeats to fill the shape.
        case field(Int, message: Range<Int>, stored: Int)
    }

    var number: NumberType
    var shape: [Int]
    var count: Int
    var place: Place

    /// The numbers of a field as 32-bit floats; runs become tensors without this (`Tensor(shape:in:at:type:)`).
    func floats(in file: UnsafeRawBufferPointer, into result: UnsafeMutableBufferPointer<Float>) throws(WireReader.Failure) {
        switch number {
        case .float32:
            try fill(result, file, { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) })
        case .float64: try fill(result, file, { Float(Double(bitPattern: $0)) })
        case .float16: try fill(result, file, { Float(Float16(bitPattern: UInt16(truncatingIfNeeded: $0))) })
        case .bfloat16: try fill(result, file, { Float(bitPattern: UInt32(truncatingIfNeeded: $0) << 16) })
        case .uint64: try fill(result, file, { Float($0) })
        default: try fill(result, file, { [number] in Float(number.integer($0)) })
        }
    }

    /// Whole numbers; those of 64 bits without a sign must fit 63.
    func integers(in file: UnsafeRawBufferPointer) throws(WireReader.Failure) -> [Int] {
        var failure: WireReader.Failure?
        let result = [Int](unsafeUninitializedCapacity: count) { buffer, initialized in
            buffer.initialize(repeating: 0)
            initialized = count
            do throws(WireReader.Failure) { try fill(buffer, file, { [number] in number.integer($0) }) } catch { failure = error }
        }
        if let failure { throw failure }
        return result
    }

    /// Writes every element of `result`, each made from the bits of a stored number.
    @inline(__always)
    private func fill<T>(
        _ result: UnsafeMutableBufferPointer<T>, _ file: UnsafeRawBufferPointer, _ convert: (UInt64) -> T
    ) throws(WireReader.Failure) {
        switch place {
        case .run(let range), .external(_, let range):
            precondition(range.upperBound <= file.count && range.count == count * number.size && result.count == count)
            let bytes = UnsafeRawBufferPointer(rebasing: file[range])
            switch number.size {
            case 1: for i in 0..<count { result[i] = convert(UInt64(bytes[i])) }
            case 2:
                for i in 0..<count { result[i] = convert(UInt64(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self)))) }
            case 4:
                for i in 0..<count { result[i] = convert(UInt64(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self)))) }
            default:
                for i in 0..<count { result[i] = convert(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * i, as: UInt64.self))) }
            }
        case .field(let field, let message, _):
            var last: T = convert(0), next = 0
            try Self.forEach(field: field, of: number, WireReader(file, message)) { bits in
                last = convert(bits)
                if next < result.count { result[next] = last }
                next += 1
            }
            for i in min(next, result.count)..<result.count { result[i] = last }
        }
    }

    /// Calls `body` with the bits of every number in a repeated field of a message. Floats have 4 bytes, doubles 8, everything else,
    /// the bits of 16-bit floats too, is a varint.
    static func forEach(
        field: Int, of number: NumberType, _ message: WireReader, _ body: (UInt64) -> Void
    ) throws(WireReader.Failure) {
        var message = message
        while let (found, value) = try message.next() {
            guard found == field else { continue }
            switch (value, number) {
            case (.fixed32(let bits), .float32): body(UInt64(bits))
            case (.fixed64(let bits), .float64): body(bits)
            case (.varint(let bits), _) where number != .float32 && number != .float64: body(bits)
            case (.bytes, _):
                var list = try message.message(value).reader
                while !list.isAtEnd {
                    switch number {
                    case .float32: body(UInt64(try list.fixed32()))
                    case .float64: body(try list.fixed64())
                    default: body(try list.varint())
                    }
                }
            default: throw WireReader.Failure(position: message.position, reason: "the numbers in field \(field) are of another type")
            }
        }
    }

    /// How many numbers a repeated field holds.
    static func stored(field: Int, of number: NumberType, _ message: WireReader) throws(WireReader.Failure) -> Int {
        var count = 0
        try forEach(field: field, of: number, message) { _ in count += 1 }
        return count
    }
}

extension NumberType {
    var isInteger: Bool {
        switch self {
        case .float32, .float64, .float16, .bfloat16: false
        default: true
        }
    }

    /// The whole number with these bits; a 64-bit one that does not fit is the largest.
    func integer(_ bits: UInt64) -> Int {
        switch self {
        case .int8: Int(Int8(truncatingIfNeeded: bits))
        case .uint8: Int(UInt8(truncatingIfNeeded: bits))
        case .int16: Int(Int16(truncatingIfNeeded: bits))
        case .uint16: Int(UInt16(truncatingIfNeeded: bits))
        case .int32: Int(Int32(truncatingIfNeeded: bits))
        case .uint32: Int(UInt32(truncatingIfNeeded: bits))
        case .uint64: Int(clamping: bits)
        case .bool: bits == 0 ? 0 : 1
        default: Int(Int64(bitPattern: bits))
        }
    }
}
