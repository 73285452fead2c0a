import Foundation
import Tensors
import Testing

@Suite struct NumPyFileTests {
    private let folder = TensorReference.committed + "/npy/"
    private var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() } }

    @Test func `every type of number that NumPy writes is read`() throws {
        let types = try names.filter { $0.hasPrefix("type-") }
        #expect(types.count == 18)
        let numbers = Tensor((-6..<6).map { Float($0) }).reshaped([3, 4])
        for name in types {
            let isBoolean = name.hasSuffix("b1.npy"), isUnsigned = name.contains("u") || isBoolean
            let expected = isBoolean ? numbers .!= 0 : isUnsigned ? abs(numbers) : numbers
            #expect(try Tensor(npy: folder + name) == expected, "\(name)")
        }
    }

    @Test func `orders, versions and ranks are read`() throws {
        let quarters = Tensor((-6..<6).map { Float($0) / 4 }).reshaped([3, 4])
        for name in ["fortran", "version2", "version3"] { #expect(try Tensor(npy: folder + name + ".npy") == quarters) }
        #expect(try Tensor(npy: folder + "scalar.npy") == Tensor(2.5) && Tensor(npy: folder + "vector.npy") == quarters.slice(0))
        #expect(try Tensor(npy: folder + "empty.npy").shape == [0, 4])
        #expect(try Tensor(npy: folder + "cube-fortran.npy") == Tensor((0..<24).map { Float($0) }).reshaped([2, 3, 4]))
    }

    @Test func `stored and deflated archives are read`() throws {
        for name in ["stored", "deflated"] {
            let file = try NPZFile(path: folder + name + ".npz")
            #expect(file.names == ["numbers", "quarters", "zeros"])
            #expect(try file.tensor("quarters") * 4 == file.tensor("numbers") && file.tensor("zeros") == Tensor(zeros: [40, 50]))
            #expect(throws: NumPyFileError.noArray(named: "ones", file: folder + name + ".npz", available: file.names)) {
                try file.tensor("ones")
            }
        }
    }

    @Test func `what is written is read back, whatever its shape`() throws {
        let random = noise(7, 3)
        let tensors = ["": Tensor(zeros: [0, 3]), "a": Tensor(1), "b/c": random, "d": random.transposed, "é": random.slice(2)]
        for tensor in tensors.values { #expect(try Tensor(npyData: tensor.npyData()) == tensor) }
        let file = try NPZFile(data: NPZFile.data(tensors))
        for (name, tensor) in tensors { #expect(try file.tensor(name) == tensor) }
        #expect(try NPZFile.data(tensors) == NPZFile.data(tensors))
        #expect(noise(3).npyData().count == 128 + 12)
    }

    /// With HOOKE_NUMPY_OUTPUT the files stay for `tensors_reference.py --read`.
    @Test func `files are written whole`() throws {
        let kept = ProcessInfo.processInfo.environment["HOOKE_NUMPY_OUTPUT"]
        let output = kept ?? NSTemporaryDirectory() + "hooke-npy-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        defer { if kept == nil { try? FileManager.default.removeItem(atPath: output) } }
        let ramp = Tensor((0..<24).map { Float($0) / 8 - 1 })
        let tensors = [
            "matrix": ramp.reshaped([4, 6]), "cube": ramp.reshaped([2, 3, 4]), "scalar": Tensor(2.5), "empty": Tensor(zeros: [0, 3]),
        ]
        for (name, tensor) in tensors {
            try tensor.write(npy: "\(output)/\(name).npy")
            #expect(try Tensor(npy: "\(output)/\(name).npy") == tensor)
        }
        try NPZFile.write(tensors, to: output + "/written.npz")
        #expect(try NPZFile(path: output + "/written.npz").tensor("cube") == tensors["cube"])
        #expect(throws: NumPyFileError.self) { try ramp.write(npy: "\(output)/no/such/folder.npy") }
        #expect(throws: NumPyFileError.self) { try Tensor(npy: "\(output)/missing.npy") }
    }

    // MARK: - Hostile bytes

    /// A tensor no larger than the bytes justify, or an error in words.
    private func outcome(_ bytes: [UInt8]) -> NumPyFileError? {
        do throws(NumPyFileError) {
            #expect(try Tensor(npyData: Data(bytes)).count <= bytes.count)
            return nil
        } catch { return error }
    }

    private func outcome(archive bytes: [UInt8]) -> NumPyFileError? {
        do throws(NumPyFileError) {
            let file = try NPZFile(data: Data(bytes))
            for name in file.names { #expect(try file.tensor(name).count <= 1032 * bytes.count) }
            return nil
        } catch { return error }
    }

    private func header(_ dictionary: String, data: Int = 0) -> [UInt8] {
        let text = Array(dictionary.utf8)
        let start = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.count & 255), UInt8(text.count >> 8)]
        return start + text + [UInt8](repeating: 0, count: data)
    }

    @Test func `headers that lie are refused in words`() {
        let refused: [(String, String)] = [
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,), }", "does not account for"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", "does not account for"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4294967296, 4294967296), }", "does not account for"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", "a length"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "a length"),
            ("{'descr': '<c8', 'fortran_order': False, 'shape': (0,), }", "type '<c8'"),
            ("{'descr': '|O', 'fortran_order': False, 'shape': (0,), }", "type '|O'"),
            ("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (0,), }", "records"),
            ("{'descr': '<f4', 'fortran_order': 0, 'shape': (0,), }", "True or False"),
            ("{'descr': '<f4', 'shape': (0,), }", "lacks"),
            ("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (0,), }", "comes twice"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (0,), 'more': 1}", "not known"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (\(String(repeating: "1,", count: 70))), }", "64 axes"),
            ("{'descr': '<f4", "a string"), ("", "'{'"), ("__import__('os')", "'{'"),
        ]
        for (text, words) in refused {
            let description = outcome(header(text))?.description ?? "accepted"
            #expect(description.contains(words), "\(text): \(description)")
        }
        #expect(outcome(header("{'shape': (2), 'descr': \"<f4\", 'fortran_order': True}", data: 8)) == nil)
    }

    @Test func `every truncation of a file is refused`() throws {
        for name in try names {
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + name)))
            for length in 0..<bytes.count {
                let short = Array(bytes.prefix(length))
                // An array without elements is whole as soon as its header is.
                #expect(name.hasSuffix("npy") ? outcome(short) != nil : outcome(archive: short) != nil, "\(name), \(length) bytes")
            }
        }
    }

    @Test func `twenty thousand mutations never crash`() throws {
        var random = CounterRandom(seed: 8, stream: 3)
        let files = try names.map { ($0.hasSuffix("npz"), [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + $0)))) }
            .filter { $0.1.count < 2000 }
        var refused = 0
        for round in 0..<20_000 {
            var (isArchive, bytes) = files[round % files.count]
            for _ in 0...random.integer(in: 0..<4) {
                let at = random.integer(in: 0..<bytes.count)
                switch random.integer(in: 0..<5) {
                case 0: bytes.insert(UInt8(random.integer(in: 0..<256)), at: at)
                case 1: if bytes.count > 12 { bytes.remove(at: at) }
                case 2: bytes[at] ^= 1 << UInt8(random.integer(in: 0..<8))
                case 3: bytes[at] = [0, 255, 127, 128, 57][random.integer(in: 0..<5)]
                default: bytes[at] = UInt8(random.integer(in: 0..<256))
                }
            }
            if (isArchive ? outcome(archive: bytes) : outcome(bytes)) != nil { refused += 1 }
        }
        #expect(refused > 5000 && refused < 20_000)
    }
}
