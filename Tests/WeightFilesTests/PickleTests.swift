import Foundation
import Tensors
import Testing
import WeightFiles

/// Pickles that no `torch.save` writes, in files of the old format, which need nothing around them.
@Suite struct PickleTests {
    static let magic: [UInt8] = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]
    static let before = magic + [0x80, 2, UInt8(ascii: "M"), 0xE9, 3, 0x2E, 0x80, 2] + Array("}.".utf8)

    /// A file whose value is this pickle, and which has one storage "0" of so many floats 0, 1, …, or none.
    static func file(_ pickle: [UInt8], count: Int? = 6) -> Data {
        let keys = count == nil ? [] : text("0") + Array("a".utf8)
        var data = Data(before + pickle + [0x80, 2] + Array("]".utf8) + keys + Array(".".utf8))
        guard let count else { return data }
        withUnsafeBytes(of: Int64(count).littleEndian) { data.append(contentsOf: $0) }
        for i in 0..<count { withUnsafeBytes(of: Float(i)) { data.append(contentsOf: $0) } }
        return data
    }

    static func failure(_ pickle: [UInt8], count: Int? = 6) -> String {
        WeightReference.failure { _ = try PyTorchFile(data: file(pickle, count: count), name: "f") }
    }

    static func text(_ text: String) -> [UInt8] { [UInt8(ascii: "X"), UInt8(text.utf8.count), 0, 0, 0] + Array(text.utf8) }
    static func long(_ number: Int) -> [UInt8] { [0x8A, 8] + withUnsafeBytes(of: number.littleEndian) { Array($0) } }
    static func tuple(_ items: [UInt8]...) -> [UInt8] { Array("(".utf8) + items.joined() + Array("t".utf8) }
    static func name(_ name: String) -> [UInt8] { Array("c\(name)\n".utf8) }

    /// `_rebuild_tensor_v2` of the storage.
    static func tensor(_ shape: [Int], _ strides: [Int], offset: Int = 0, count: Int = 6, key: String = "0") -> [UInt8] {
        let storage = tuple(text("storage"), name("torch\nFloatStorage"), text(key), text("cpu"), long(count)) + Array("Q".utf8)
        func integers(_ values: [Int]) -> [UInt8] { Array("(".utf8) + values.flatMap(long) + Array("t".utf8) }
        let arguments = tuple(storage, long(offset), integers(shape), integers(strides), [0x89], Array("N".utf8))
        return name("torch._utils\n_rebuild_tensor_v2") + arguments + Array("R".utf8)
    }

    static func dictionary(_ items: [UInt8]) -> [UInt8] { [0x80, 2] + Array("}(".utf8) + items + Array("u.".utf8) }

    @Test func `a pickle made here is read`() throws {
        let file = try PyTorchFile(data: Self.file(Self.dictionary(Self.text("w") + Self.tensor([2, 2], [1, 2], offset: 1))), name: "f")
        #expect(try file.tensor("w") == Tensor(shape: [2, 2], scalars: [1, 3, 2, 4]))
    }

    @Test func `a tensor that does not lie in its storage is named`() {
        func failure(_ shape: [Int], _ strides: [Int], offset: Int = 0, count: Int = 6, key: String = "0") -> String {
            Self.failure(Self.dictionary(Self.text("w") + Self.tensor(shape, strides, offset: offset, count: count, key: key)))
        }
        #expect(failure([2, 3], [3, 1]) == "no error")
        #expect(failure([7], [1]).contains("'w' of shape [7] and strides [1] leaves its storage of 6 numbers"))
        #expect(failure([6], [1], offset: 1).contains("leaves its storage"))
        #expect(failure([2], [1], offset: -1).contains("begins at -1"))
        #expect(failure([2], [1], offset: .max).contains("begins at"))
        #expect(failure([2], [-1], offset: 1).contains("leaves its storage"))
        #expect(failure([3], [.max]).contains("leaves its storage"))
        #expect(failure([3, 3], [.max / 2, .max / 2]).contains("leaves its storage"))
        #expect(failure([-1], [1]).contains("which is too large"))
        #expect(failure([1 << 40, 1 << 40], [0, 0]).contains("which is too large"))
        #expect(failure([0, 1 << 40, 1 << 40], [0, 0, 0]).contains("which is too large"))
        #expect(failure([1 << 30], [0]).contains("repeats a storage of 6 numbers"))
        #expect(failure([6], [1], count: 7).contains("in a storage of 7 numbers, of which the file has 6"))
        #expect(failure([6], [1], key: "1").contains("the list of its storages does not fit"))
        let without = Self.failure(Self.dictionary(Self.text("w") + Self.tensor([6], [1])), count: nil)
        #expect(without.contains("'w' is in the storage '0', which the file does not have"))
        #expect(failure([2, 2], [1]).contains("2 sizes and 1 strides"))
        #expect(failure([Int](repeating: 1, count: 33), [Int](repeating: 1, count: 33)).contains("33 axes"))
    }

    @Test func `what is not on the white list is refused with its place`() {
        let place = Self.before.count + 2
        for name in ["builtins\neval", "posix\nsystem", "torch\nload", "torch.hub\nload", "collections\ndefaultdict"] {
            let failure = Self.failure([0x80, 2] + Self.name(name) + Array("(tR.".utf8))
            let spelled = name.replacingOccurrences(of: "\n", with: ".")
            #expect(failure.contains("asks for '\(spelled)' at byte \(place)"), "\(failure)")
        }
        #expect(Self.failure([0x80, 2] + Self.name("torch._utils\n_rebuild_qtensor") + Array(".".utf8)).contains("quantized numbers"))
        for (operation, name) in [("i", "INST"), ("o", "OBJ"), ("P", "PERSID"), ("\u{7F}", "operation 0x7f"), ("2", "DUP")] {
            let failure = Self.failure([0x80, 2] + Array(operation.utf8))
            #expect(failure.contains("the pickle's \(name) at byte \(place) is unknown"), "\(failure)")
        }
    }

    @Test func `operations that do not fit are named with their place`() {
        let place = Self.before.count + 2
        for (pickle, expected) in [
            ("R", "REDUCE at byte \(place) finds the stack empty"), ("t", "TUPLE at byte \(place) finds no mark"),
            ("NN.", "STOP at byte \(place + 2) leaves 2 values"), ("Nb.", "BUILD"), ("NNs.", "SETITEM"),
            ("}(Nu.", "has a key without a value"), ("h\u{5}.", "recalls 5, which was not stored"), ("N)R.", "calls what is no name"),
            ("NQ.", "takes a tuple"), (")Q.", "something else than a storage"),
            ("X\u{7F}\u{7F}\u{7F}\u{7F}", "needs 2139062143 bytes"), ("ctorch\nFloatStorage\n)R.", "calls a type"), ("Na.", "has no list"),
        ] {
            let failure = Self.failure([0x80, 2] + Array(pickle.utf8))
            #expect(failure.contains(expected), "\(pickle): \(failure)")
        }
        #expect(Self.failure([0x80, 9]).contains("PROTO at byte \(place - 2) announces protocol 9"))
    }

    @Test func `dictionaries that contain themselves or each other many times are refused in bounded time`() {
        // d = {}; d["d"] = d
        let cycle = [0x80, 2] + Array("}q\u{0}".utf8) + Self.text("d") + Array("h\u{0}s.".utf8)
        #expect(Self.failure(cycle, count: nil).contains("contain themselves"))
        // Every tuple holds the one before it ten times: 10^25 paths.
        var bomb: [UInt8] = [0x80, 2] + Array("(]q\u{0}".utf8)
        for _ in 0..<25 { bomb += Array("(".utf8) + (0..<10).flatMap { _ in Array("h\u{0}".utf8) } + Array("tq\u{0}".utf8) }
        #expect(Self.failure(bomb + Array("t.".utf8), count: nil).contains("hold each other more than 2000000 times"))
        // A list of 100,000 numbers in a list 100,000 times.
        let long = [0x80, 2] + Array("](".utf8) + [UInt8](repeating: 0x88, count: 100_000) + Array("eq\u{0}](".utf8)
        let repeated = long + (0..<100_000).flatMap { _ in Array("h\u{0}".utf8) } + Array("e".utf8) + [0x86, 0x2E]
        #expect(Self.failure(repeated, count: nil).contains("hold each other more than 2000000 times"))
        // The same long list of pairs makes a dictionary again and again.
        var copies: [UInt8] = [0x80, 2] + Array("](NN".utf8) + [0x86] + Array("q\u{1}".utf8)
        for _ in 0..<100_000 { copies += Array("h\u{1}".utf8) }
        copies += Array("eq\u{0}".utf8)
        for _ in 0..<100_000 { copies += Self.name("collections\nOrderedDict") + Array("h\u{0}".utf8) + [0x85] + Array("R".utf8) }
        #expect(Self.failure(copies).contains("makes more than 2000000 values"))
        let many = [0x80, 2] + [UInt8](repeating: UInt8(ascii: "N"), count: 2_100_000)
        #expect(Self.failure(many).contains("makes more than 2000000 values"))
    }
}
