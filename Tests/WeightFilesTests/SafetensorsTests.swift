import Foundation
import Tensors
import Testing
import WeightFiles

@Suite struct SafetensorsTests {
    /// A file with any header.
    static func bytes(_ header: String, data: Int = 0, announced: UInt64? = nil) -> Data {
        var file = Data()
        withUnsafeBytes(of: (announced ?? UInt64(header.utf8.count)).littleEndian) { file.append(contentsOf: $0) }
        return file + Data(header.utf8) + Data(repeating: 0, count: data)
    }

    static func failure(_ header: String, data: Int = 0, announced: UInt64? = nil) -> String {
        do {
            _ = try SafetensorsFile(data: bytes(header, data: data, announced: announced), name: "f")
            return "no error"
        } catch { return "\(error)" }
    }

    @Test func `what is written can be read, and the same content gives the same bytes`() throws {
        let tensors = ["b": Tensor(shape: [2, 3], scalars: [1, -2, 3.5, .pi, 0, -0.0]), "a": Tensor(zeros: [0, 4]), "ü\"\\": Tensor(7)]
        let data = try SafetensorsFile.encode(tensors, metadata: ["name": "π \n \"quoted\" 😀"])
        #expect(try data == SafetensorsFile.encode(tensors, metadata: ["name": "π \n \"quoted\" 😀"]))
        let file = try SafetensorsFile(data: data, name: "test")
        #expect(file.tensorNames == ["a", "b", "ü\"\\"])
        #expect(file.metadata == ["name": "π \n \"quoted\" 😀"])
        for (name, tensor) in tensors { #expect(try file.tensor(name) == tensor) }
    }

    @Test func `numbers of sixteen bits are converted exactly`() throws {
        let header = #"{"h":{"dtype":"F16","shape":[4],"data_offsets":[0,8]},"b":{"dtype":"BF16","shape":[2],"data_offsets":[8,12]}}"#
        // F16: 1, -2, 65504, 2^-24; BF16: 1, -3.140625.
        let values: [UInt16] = [0x3C00, 0xC000, 0x7BFF, 0x0001, 0x3F80, 0xC049]
        var data = Self.bytes(header)
        for value in values { withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) } }
        let file = try SafetensorsFile(data: data, name: "test")
        #expect(try file.tensor("h").scalars == [1, -2, 65504, 0x1p-24])
        #expect(try file.tensor("b").scalars == [1, -3.140625])
    }

    @Test func `a wrong file is refused with an error that names the tensor and the reason`() {
        let one = { (entry: String) in #"{"w":"# + entry + "}" }
        #expect(Self.failure("{}") == "no error")
        #expect(Self.failure("{}   ") == "no error")
        #expect(Self.failure("{}", announced: 3).contains("header of 3 bytes"))
        #expect(Self.failure("{}", announced: .max).contains("header of 18446744073709551615 bytes"))
        #expect(Self.failure(" {}").contains("begins with '{'"))
        #expect(Self.failure("{} x").contains("only spaces"))
        #expect(Self.failure(one(#"{"dtype":"F32","shape":[2],"data_offsets":[0,4]}"#), data: 4).contains("'w' has 4 bytes"))
        #expect(Self.failure(one(#"{"dtype":"I64","shape":[1],"data_offsets":[0,8]}"#), data: 8).contains("the type I64"))
        #expect(Self.failure(one(#"{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#), data: 3).contains("outside of the 3 bytes"))
        #expect(Self.failure(one(#"{"dtype":"F32","shape":[1],"data_offsets":[4,0]}"#), data: 8).contains("lies at 4 to 0"))
        #expect(Self.failure(one(#"{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#), data: 8).contains("belong to no tensor"))
        #expect(Self.failure(one(#"{"dtype":"F32","shape":[1],"data_offsets":[4,8]}"#), data: 8).contains("a hole"))
        let pair = #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#
        #expect(Self.failure(pair, data: 12).contains("an overlap in the data before the tensor 'b'"))
        let huge = one(#"{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}"#)
        #expect(Self.failure(huge).contains("too large"))
        #expect(Self.failure(one(#"{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,0]}"#)).contains("too large"))
        #expect(Self.failure(one(#"{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}"#), data: 4).contains("expected ']'"))
        #expect(Self.failure(one(#"{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}"#), data: 4).contains("not negative"))
        #expect(Self.failure(one(#"{"dtype":"F32","shape":[1]}"#)).contains("needs dtype, shape"))
        #expect(Self.failure(one(#"{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}"#), data: 4).contains("repeated"))
        let twice = #"{"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#
        #expect(Self.failure(twice).contains("'w' appears twice"))
        #expect(Self.failure(#"{"__metadata__":{"a":1}}"#).contains("expected '\"'"))
        #expect(Self.failure(#"{"__metadata__":{"a":"\ud800"}}"#).contains("surrogate"))
        #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: "/") }
        #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: "/dev/zero") }
        #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: "/no/such/file.safetensors") }
    }

    @Test func `a hundred thousand damaged files neither crash nor read beyond their end`() throws {
        var random = CounterRandom(seed: 42)
        let valid = try SafetensorsFile.encode(
            ["weight": Tensor(zeros: [2, 3]), "bias": Tensor(zeros: [3]), "empty": Tensor(zeros: [0])],
            metadata: ["architecture": "mini-inception", "classes": "[\"a\"]"])
        let original = Array(valid)
        let fragments = [
            "9223372036854775807", "18446744073709551616", "-1", "[]", "{}", "\"", "\\u", "\\ud83d\\ude00", "[0,0]", "null", "1e9", ",", ":",
            "\"shape\":[", "\"dtype\":\"F16\"", "0", "[4294967296,4294967296]",
        ].map { Array($0.utf8) }
        var (opened, refused) = (0, 0)
        for _ in 0..<100_000 {
            var bytes = original
            for _ in 0..<random.integer(in: 1..<4) where !bytes.isEmpty {
                let place = random.integer(in: 0..<min(bytes.count, 8 + 400))
                switch random.integer(in: 0..<6) {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes[place] ^= 1 << UInt8(random.integer(in: 0..<8))
                case 2: bytes.remove(at: place)
                case 3: bytes.insert(contentsOf: fragments[random.integer(in: 0..<fragments.count)], at: place)
                case 4: bytes.removeSubrange(place..<min(bytes.count, place + random.integer(in: 1..<40)))
                default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 30)], at: place)
                }
            }
            // Half of the files announce the length that their header has, to get past the first check.
            if random.next() & 1 == 0, bytes.count >= 8, let end = bytes.lastIndex(of: UInt8(ascii: "}")), end >= 8 {
                withUnsafeBytes(of: UInt64(end - 7).littleEndian) { bytes.replaceSubrange(0..<8, with: $0) }
            }
            do {
                let file = try SafetensorsFile(data: Data(bytes), name: "fuzz")
                for name in file.tensorNames {
                    let tensor = try file.tensor(name)
                    #expect(tensor.count * 2 <= bytes.count)
                }
                opened += 1
            } catch is SafetensorsError { refused += 1 }
        }
        #expect(opened > 100 && refused > 50_000, "\(opened) opened, \(refused) refused")
    }
}
