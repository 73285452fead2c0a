import Foundation
import Tensors
import Testing
import WeightFiles

@Suite struct PyTorchTests {
    typealias Reference = WeightReference

    @Test(arguments: ["types.pth", "types-legacy.pth", "big-endian.pth"])
    func `numbers of every type become the same floats`(name: String) throws {
        let file = try Reference.pyTorch(name)
        let expected = name == "types.pth" ? Reference.types : Reference.types.filter { !$0.key.hasPrefix("uint") }
        #expect(file.tensorNames == expected.keys.sorted())
        for (tensor, values) in expected { #expect(try file.tensor(tensor) == values, "\(name): \(tensor)") }
        #expect(file.type(of: "bfloat") == .bfloat16 && file.type(of: "long") == .int64)
    }

    @Test(arguments: ["state.pth", "state-legacy.pth", "protocol4.pth", "checkpoint.pth"])
    func `the state dict of a network is read, whatever surrounds it`(name: String) throws {
        let file = try Reference.pyTorch(name)
        let floating = [
            "0.bias": [3], "0.weight": [3, 2, 3, 2], "1.bias": [3], "1.running_mean": [3], "1.running_var": [3], "1.weight": [3],
            "3.bias": [4], "3.weight": [4, 6],
        ]
        for (number, key) in floating.keys.sorted().enumerated() {
            let shape = floating[key] ?? []
            #expect(file.shape(of: key) == shape)
            #expect(try file.tensor(key) == Reference.ramp(number, shape.reduce(1, *)).reshaped(shape), "\(name): \(key)")
        }
        #expect(try file.tensor("1.num_batches_tracked") == Tensor(0) && file.tensor("empty") == Tensor(zeros: [0, 4]))
        #expect(file.tensorNames.count == floating.count + 2 && file.shape(of: "2.weight") == nil)
    }

    @Test func `a checkpoint has several dictionaries, of which one is taken and another can be asked for`() throws {
        let path = Reference.folder + "checkpoint.pth"
        let file = try PyTorchFile(path: path)
        #expect(file.stateDictionaries == ["state_dict", "state_dict_ema"] && file.stateDictionary == "state_dict")
        #expect(file.metadata == ["epoch": "7", "arch": "small"])
        let average = try PyTorchFile(path: path, stateDictionary: "state_dict_ema")
        #expect(try average.tensor("3.bias") == file.tensor("3.bias") + 1)
        let failure = Reference.failure { _ = try PyTorchFile(path: path, stateDictionary: "ema") }
        #expect(failure.contains("no dictionary 'ema'; it has [\"args\""))
        let nested = try Reference.pyTorch("nested.pth")
        #expect(nested.tensorNames == ["encoder.w", "heads.0", "heads.1.b"] && nested.stateDictionary == nil)
        #expect(try nested.tensor("heads.1.b") == Reference.ramp(2, 1))
        #expect(try Reference.pyTorch("tensor.pth").tensor("tensor") == Reference.ramp(0, 3, 2))
    }

    @Test(arguments: ["views.pth", "views-legacy.pth"])
    func `tensors that share a storage or do not lie in it row by row are read`(name: String) throws {
        let file = try Reference.pyTorch(name)
        let base = Reference.ramp(0, 4, 6), image = Reference.ramp(1, 2, 3, 4, 5)
        let expected: [String: Tensor] = [
            "base": base, "row": base[2], "column": base[.all, 1], "part": base[1..<3, 2..<5], "transposed": base.transposed,
            "steps": base[.every(2), .every(3)], "scalar": Tensor(base[3, 3]), "repeated": Tensor(repeating: -3, shape: [3, 5]),
            "last": image, "permuted": image.permuted([3, 1, 0, 2]), "half": image.permuted([3, 1, 2, 0]),
            "parameter": Reference.ramp(2, 2, 2).transposed,
        ]
        #expect(file.tensorNames == expected.keys.sorted())
        for (tensor, values) in expected { #expect(try file.tensor(tensor) == values, "\(name): \(tensor)") }
    }

    @Test func `floats in an archive are views of the file, others are not`() throws {
        let archive = try Reference.pyTorch("views.pth")
        for name in ["base", "row", "scalar"] { #expect(try archive.tensor(name).isMapped, "\(name)") }
        for name in ["half", "transposed"] { #expect(try !archive.tensor(name).isMapped, "\(name)") }
        #expect(try !Reference.pyTorch("big-endian.pth").tensor("float").isMapped)
    }

    @Test func `an archive with sizes of 64 bits is read`() throws {
        let file = try Reference.pyTorch("zip64.pth")
        #expect(try file.tensor("w") == Reference.ramp(0, 2, 3) && file.tensor("b") == Reference.ramp(1, 3))
    }

    @Test(arguments: ["hostile.pth", "hostile-legacy.pth"])
    func `a file that wants to run a command is refused, and nothing runs`(name: String) throws {
        let failure = Reference.failure { _ = try Reference.pyTorch(name) }
        #expect(failure.contains("asks for 'posix.system' at byte"))
        #expect(failure.contains("Hooke never executes code of a file"))
        #expect(!FileManager.default.fileExists(atPath: "/hooke-was-here"))
    }

    @Test func `files that cannot be read say what they are and what to do`() throws {
        func failure(_ name: String) -> String { Reference.failure { _ = try Reference.pyTorch(name) } }
        #expect(failure("module.pth").contains("asks for 'torch.nn.modules.linear.Linear'"))
        #expect(failure("module.pth").contains("torch.save(model.state_dict(), …)"))
        #expect(failure("complex.pth").contains("complex numbers ('torch.ComplexFloatStorage' at byte"))
        #expect(failure("script.pth").contains("TorchScript program"))
        #expect(failure("deflated.pth").contains("is compressed, which PyTorch never does"))
        #expect(failure("plain.pickle").contains("nor with the number that marks older files"))
        #expect(failure("stored.npz").contains("no entry 'data.pkl'"))
        #expect(failure("none.pth").contains("there is no such file"))
        #expect(Reference.failure { _ = try Reference.pyTorch("tensor.pth").tensor("w") }.contains("'w' is missing"))
    }

    @Test(arguments: ["state.pth", "state-legacy.pth"])
    func `a file that is cut anywhere is refused`(name: String) throws {
        let whole = try Reference.bytes(name)
        for length in 0..<whole.count {
            #expect(throws: PyTorchFileError.self, "\(length)") { try PyTorchFile(data: whole.prefix(length), name: "cut") }
        }
        #expect(try PyTorchFile(data: whole, name: "whole").tensorNames.count == 10)
    }
}
