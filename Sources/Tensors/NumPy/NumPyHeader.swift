/// The header of a `.npy` file: a Python dictionary with exactly the keys `descr`, `fortran_order` and `shape`
/// (NumPy Enhancement Proposal 1; versions 1.0, 2.0 and 3.0 differ in the width of the length and in the text's encoding).
struct NumPyHeader: Equatable {
    /// The type of the elements, as in `<f4`: byte order, kind, bytes.
    var type: String
    var isFortranOrder: Bool
    var shape: [Int]
    /// Where the elements begin.
    var dataStart: Int

    /// Why a header is refused.
    struct Flaw: Error { let reason: String }

    /// The bytes that are read to find the header of an array in an archive; NumPy itself reads at most 10,000 of text.
    static let largest = 1 << 16

    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    init(_ bytes: UnsafeRawBufferPointer) throws(Flaw) {
        guard bytes.count >= 10, bytes.prefix(6).elementsEqual(Self.magic) else {
            throw Flaw(reason: "it does not begin with the six bytes 93 'NUMPY'")
        }
        let version = bytes[6]
        guard (1...3).contains(version) else { throw Flaw(reason: "version \(version).\(bytes[7]) of the format is not known") }
        let start = version == 1 ? 10 : 12
        guard bytes.count >= start else { throw Flaw(reason: "it ends inside the header") }
        let length = (8..<start).reversed().reduce(0) { $0 << 8 | Int(bytes[$1]) }
        guard length <= bytes.count - start else {
            throw Flaw(reason: "it announces a header of \(length) bytes, and \(bytes.count - start) follow")
        }
        var parser = Parser(text: Array(bytes[start..<start + length]))
        (type, isFortranOrder, shape) = try parser.dictionary()
        dataStart = start + length
    }

    /// The bytes that precede the elements of a tensor of the given shape: version 1.0, or 2.0 when the shape is very long.
    static func bytes(shape: [Int]) -> [UInt8] {
        let tuple = shape.count == 1 ? "(\(shape[0]),)" : "(\(shape.map(String.init).joined(separator: ", ")))"
        var text = Array("{'descr': '<f4', 'fortran_order': False, 'shape': \(tuple), }".utf8)
        let start = text.count + 75 > 0xFFFF ? 12 : 10
        // Elements begin at a multiple of 64 bytes, so that the file can be mapped.
        text += [UInt8](repeating: 0x20, count: 63 - (start + text.count) % 64) + [0x0A]
        let length = (0..<(start - 8)).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
        return magic + [start == 10 ? 1 : 2, 0] + length + text
    }

    /// Reads the one dictionary that may stand there; nothing of Python beyond it.
    private struct Parser {
        let text: [UInt8]
        var position = 0

        mutating func dictionary() throws(Flaw) -> (type: String, isFortranOrder: Bool, shape: [Int]) {
            var (type, order, shape): (String?, Bool?, [Int]?)
            try expect("{")
            while !accept("}") {
                let key = try string()
                try expect(":")
                switch key {
                case "descr" where type == nil:
                    skipSpace()
                    guard position < text.count, text[position] == UInt8(ascii: "'") || text[position] == UInt8(ascii: "\"") else {
                        throw Flaw(reason: "its elements are records, not numbers")
                    }
                    type = try string()
                case "fortran_order" where order == nil: order = try boolean()
                case "shape" where shape == nil: shape = try tuple()
                default: throw Flaw(reason: "the key '\(key.prefix(40))' of the header comes twice or is not known")
                }
                if !accept(",") {
                    try expect("}")
                    break
                }
            }
            skipSpace()
            guard position == text.count else { throw flaw("the end") }
            guard let type, let order, let shape else { throw Flaw(reason: "the header lacks 'descr', 'fortran_order' or 'shape'") }
            return (type, order, shape)
        }

        private func flaw(_ expected: String) -> Flaw { Flaw(reason: "the header should have \(expected) at its byte \(position)") }

        private mutating func skipSpace() {
            while position < text.count, text[position] == 0x20 || text[position] == 0x0A || text[position] == 0x09 { position += 1 }
        }

        private mutating func accept(_ word: String) -> Bool {
            skipSpace()
            guard text[position...].starts(with: word.utf8) else { return false }
            position += word.utf8.count
            return true
        }

        private mutating func expect(_ word: String) throws(Flaw) { if !accept(word) { throw flaw("'\(word)'") } }

        private mutating func string() throws(Flaw) -> String {
            skipSpace()
            guard position < text.count, text[position] == UInt8(ascii: "'") || text[position] == UInt8(ascii: "\""),
                let end = text[(position + 1)...].firstIndex(of: text[position])
            else { throw flaw("a string") }
            defer { position = end + 1 }
            return String(decoding: text[(position + 1)..<end], as: UTF8.self)
        }

        private mutating func boolean() throws(Flaw) -> Bool {
            if accept("True") { return true }
            if accept("False") { return false }
            throw flaw("True or False")
        }

        private mutating func tuple() throws(Flaw) -> [Int] {
            var numbers: [Int] = []
            try expect("(")
            while !accept(")") {
                let digits = text[position...].prefix { (0x30...0x39).contains($0) }
                guard !digits.isEmpty, let number = Int(String(decoding: digits, as: UTF8.self)) else { throw flaw("a length") }
                position += digits.count
                // Python 2 wrote long integers with an L.
                _ = accept("L")
                numbers.append(number)
                guard numbers.count <= 64 else { throw Flaw(reason: "it has more than 64 axes") }
                if !accept(",") {
                    try expect(")")
                    break
                }
            }
            return numbers
        }
    }
}
