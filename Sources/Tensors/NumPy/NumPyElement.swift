/// A type of elements in a `.npy` file, and how its bytes become floats.
struct NumPyElement {
    /// Bytes of one element.
    let size: Int
    private let isBigEndian: Bool
    private let kind: UInt8

    /// The type that NumPy's `descr` names, such as `<f4`; nothing for types that are not numbers.
    init?(_ descr: String) {
        let text = Array(descr.utf8)
        guard text.count == 3, let order = text.first, "<>|=".utf8.contains(order),
            let size = Int(String(decoding: text[2...], as: UTF8.self))
        else { return nil }
        switch text[1] {
        case UInt8(ascii: "f"): guard [2, 4, 8].contains(size) else { return nil }
        case UInt8(ascii: "i"), UInt8(ascii: "u"): guard [1, 2, 4, 8].contains(size) else { return nil }
        case UInt8(ascii: "b"): guard size == 1 else { return nil }
        default: return nil
        }
        guard size == 1 || order != UInt8(ascii: "|") else { return nil }
        self.size = size
        isBigEndian = order == UInt8(ascii: ">")
        kind = text[1]
    }

    /// Writes `target.count` elements from `bytes` as floats. Doubles and integers beyond 2^24 are rounded to the nearest float.
    func convert(_ bytes: UnsafeRawBufferPointer, to target: UnsafeMutableBufferPointer<Float>) {
        switch (kind, size) {
        case (UInt8(ascii: "f"), 2): load(bytes, target, UInt16.self) { Float(Float16(bitPattern: $0)) }
        case (UInt8(ascii: "f"), 4): load(bytes, target, UInt32.self) { Float(bitPattern: $0) }
        case (UInt8(ascii: "f"), _): load(bytes, target, UInt64.self) { Float(Double(bitPattern: $0)) }
        case (UInt8(ascii: "i"), 1): load(bytes, target, Int8.self) { Float($0) }
        case (UInt8(ascii: "i"), 2): load(bytes, target, Int16.self) { Float($0) }
        case (UInt8(ascii: "i"), 4): load(bytes, target, Int32.self) { Float($0) }
        case (UInt8(ascii: "i"), _): load(bytes, target, Int64.self) { Float($0) }
        case (UInt8(ascii: "u"), 2): load(bytes, target, UInt16.self) { Float($0) }
        case (UInt8(ascii: "u"), 4): load(bytes, target, UInt32.self) { Float($0) }
        case (UInt8(ascii: "u"), 8): load(bytes, target, UInt64.self) { Float($0) }
        case (UInt8(ascii: "b"), _): load(bytes, target, UInt8.self) { $0 == 0 ? 0 : 1 }
        default: load(bytes, target, UInt8.self) { Float($0) }
        }
    }

    @inline(__always)
    private func load<Stored: FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, _ target: UnsafeMutableBufferPointer<Float>, _: Stored.Type, _ convert: (Stored) -> Float
    ) {
        for i in 0..<target.count {
            let stored = bytes.loadUnaligned(fromByteOffset: i * MemoryLayout<Stored>.size, as: Stored.self)
            target[i] = convert(isBigEndian ? Stored(bigEndian: stored) : Stored(littleEndian: stored))
        }
    }
}
