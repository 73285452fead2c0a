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

    @Test func `half precision takes half the space, rounds to the nearest half, and refuses what it cannot hold`() throws {
        let numbers: [Float] = [0, -0.0, 1, 1.0004883, 0.1, -3.14159, 65504, 5.9604645e-8, 1e-9, .infinity]
        let data = try SafetensorsFile.encode(["w": Tensor(numbers)], precision: .half)
        let file = try SafetensorsFile(data: data, name: "half")
        #expect(file.type(of: "w") == .float16)
        // What NumPy's float16 makes of the same numbers.
        #expect(try file.tensor("w").scalars == [0, 0, 1, 1, 0.099975586, -3.140625, 65504, 5.9604645e-8, 0, .infinity])
        #expect(throws: SafetensorsError.self) { try SafetensorsFile.encode(["large": Tensor([70000])], precision: .half) }
        do { _ = try SafetensorsFile.encode(["large": Tensor([70000])], precision: .half) } catch { #expect("\(error)".contains("large")) }
    }

    @Test func `files of the safetensors library are read, and floats are views of them`() throws {
        let types = try SafetensorsFile(path: WeightReference.folder + "types.safetensors")
        #expect(types.tensorNames == WeightReference.types.keys.sorted() && types.metadata == ["format": "pt"])
        for (name, values) in WeightReference.types { #expect(try types.tensor(name) == values, "\(name)") }
        #expect(types.type(of: "bfloat") == .bfloat16)
        #expect(try types.tensor("float").isMapped && !types.tensor("half").isMapped)
        let plain = try SafetensorsFile(path: WeightReference.folder + "plain.safetensors")
        #expect(try plain.tensor("a") == WeightReference.ramp(0, 2, 3) && plain.tensor("b") == WeightReference.ramp(1, 4))
        #expect(try plain.tensor("a").isMapped && plain.layout == .outputsFirst)
    }

    /// With HOOKE_WEIGHTS_OUTPUT the file stays for `weight_files_reference.py --read`.
    @Test func `a file can say that its axes are in Hooke's order`() throws {
        let kept = ProcessInfo.processInfo.environment["HOOKE_WEIGHTS_OUTPUT"]
        let folder = kept ?? NSTemporaryDirectory() + "hooke-weights-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { if kept == nil { try? FileManager.default.removeItem(atPath: folder) } }
        let tensors = ["a": WeightReference.ramp(0, 2, 3), "b": WeightReference.ramp(1, 4)]
        try SafetensorsFile.write(tensors, metadata: ["name": "π"], layout: .outputsLast, to: folder + "/plain.safetensors")
        let file = try SafetensorsFile(path: folder + "/plain.safetensors")
        #expect(file.layout == .outputsLast && file.metadata == ["name": "π", "layout": "hwio"])
        for (name, values) in tensors { #expect(try file.tensor(name) == values && file.tensor(name).isMapped) }
        let usual = try SafetensorsFile(data: SafetensorsFile.encode(tensors, metadata: file.metadata), name: "usual")
        #expect(usual.layout == .outputsFirst && usual.metadata == ["name": "π"])
    }

    @Test func `a file that somebody writes into gives no more tensors`() throws {
        let path = NSTemporaryDirectory() + "hooke-\(UUID().uuidString).safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try SafetensorsFile.write(["w": Tensor(zeros: [1000])], to: path)
        let file = try SafetensorsFile(path: path)
        try SafetensorsFile.write(["w": Tensor(repeating: 1, shape: [1000])], to: path)
        #expect(try file.tensor("w").max() == 0, "a file that is replaced stays as it was for who has it open")
        let changed = try SafetensorsFile(path: path)
        try FileHandle(forWritingTo: URL(fileURLWithPath: path)).truncate(atOffset: 100)
        #expect(WeightReference.failure { _ = try changed.tensor("w") }.contains("has written into it since it was opened"))
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
        #expect(Self.failure(one(#"{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}"#), data: 8).contains("the type F8_E4M3"))
        #expect(Self.failure(one(#"{"dtype":"F32","shape":[0,1099511627776,1099511627776],"data_offsets":[0,0]}"#)).contains("too large"))
        #expect(Self.failure(#"{"__metadata__":{"layout":"chwn"}}"#).contains("layout 'chwn'"))
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
}
