/// A type of elements in a `.npy` file.
struct NumPyElement {
    let type: NumberType
    let isBigEndian: Bool
    /// Bytes of one element.
    var size: Int { type.size }

    /// The type that NumPy's `descr` names, such as `<f4`: byte order, kind, bytes; nothing for types that are not numbers.
    init?(_ descr: String) {
        guard let order = descr.utf8.first, "<>|=".utf8.contains(order), let type = Self.types[String(descr.dropFirst())],
            type.size == 1 || order != UInt8(ascii: "|")
        else { return nil }
        (self.type, isBigEndian) = (type, order == UInt8(ascii: ">"))
    }

    private static let types: [String: NumberType] = [
        "f2": .float16, "f4": .float32, "f8": .float64, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64, "u1": .uint8,
        "u2": .uint16, "u4": .uint32, "u8": .uint64, "b1": .bool,
    ]

    /// Writes `target.count` elements from `bytes` as floats.
    func convert(_ bytes: UnsafeRawBufferPointer, to target: UnsafeMutableBufferPointer<Float>) {
        type.convert(bytes, isBigEndian: isBigEndian, to: target)
    }
}
