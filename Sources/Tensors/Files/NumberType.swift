/// How a file stores numbers, and how they become 32-bit floats: exactly for halves, bfloat16, integers up to 2^24 and booleans;
/// doubles and larger integers are rounded to the nearest float.
public enum NumberType: String, CaseIterable, Sendable {
    case float16, bfloat16, float32, float64
    case int8, int16, int32, int64
    case uint8, uint16, uint32, uint64
    case bool

    /// Bytes of one number.
    public var size: Int {
        switch self {
        case .int8, .uint8, .bool: 1
        case .float16, .bfloat16, .int16, .uint16: 2
        case .float32, .int32, .uint32: 4
        case .float64, .int64, .uint64: 8
        }
    }

    /// Writes `target.count` numbers from `bytes`, which need no alignment.
    package func convert(_ bytes: UnsafeRawBufferPointer, isBigEndian: Bool = false, to target: UnsafeMutableBufferPointer<Float>) {
        require(bytes.count >= target.count * size, "\(target.count) numbers of type \(self) in \(bytes.count) bytes")
        func load<Stored: FixedWidthInteger>(_: Stored.Type, _ float: (Stored) -> Float) {
            Self.load(bytes, isBigEndian, target, float)
        }
        switch self {
        case .float16: load(UInt16.self, Self.half)
        case .bfloat16: load(UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
        case .float32:
            if isBigEndian == (Int(bigEndian: 1) == 1) {
                UnsafeMutableRawBufferPointer(target).copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<(target.count * 4)]))
            } else {
                load(UInt32.self) { Float(bitPattern: $0) }
            }
        case .float64: load(UInt64.self) { Float(Double(bitPattern: $0)) }
        case .int8: load(Int8.self) { Float($0) }
        case .int16: load(Int16.self) { Float($0) }
        case .int32: load(Int32.self) { Float($0) }
        case .int64: load(Int64.self) { Float($0) }
        case .uint8: load(UInt8.self) { Float($0) }
        case .uint16: load(UInt16.self) { Float($0) }
        case .uint32: load(UInt32.self) { Float($0) }
        case .uint64: load(UInt64.self) { Float($0) }
        case .bool: load(UInt8.self) { $0 == 0 ? 0 : 1 }
        }
    }

    /// Half to single precision in operations that the compiler can vectorize; processors without F16C have none for it. A half with
    /// its bits moved to a single's place is 2^-112 of its value, also when it is subnormal; infinities and NaN have all exponent bits.
    @inline(__always)
    private static func half(_ bits: UInt16) -> Float {
        let magnitude = UInt32(bits & 0x7FFF) << 13, sign = UInt32(bits & 0x8000) << 16
        let finite = (Float(bitPattern: magnitude) * 0x1p112).bitPattern
        return Float(bitPattern: (magnitude >= 0x1F << 23 ? magnitude | 0x7F80_0000 : finite) | sign)
    }

    @inline(__always)
    private static func load<Stored: FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, _ isBigEndian: Bool, _ target: UnsafeMutableBufferPointer<Float>, _ float: (Stored) -> Float
    ) {
        guard let from = bytes.baseAddress, let to = target.baseAddress else { return }
        let step = MemoryLayout<Stored>.size
        if isBigEndian {
            for i in 0..<target.count {
                to[i] = float(Stored(bigEndian: from.loadUnaligned(fromByteOffset: i &* step, as: Stored.self)))
            }
        } else {
            for i in 0..<target.count {
                to[i] = float(Stored(littleEndian: from.loadUnaligned(fromByteOffset: i &* step, as: Stored.self)))
            }
        }
    }
}
