import Foundation
import Tensors
import Testing
import WeightFiles

@Suite struct NumPyWeightsTests {
    @Test(arguments: ["stored.npz", "packed.npz"])
    func `arrays are read, and their shapes are known before`(name: String) throws {
        let file = try NumPyWeights(path: WeightReference.folder + name)
        #expect(file.tensorNames == ["a/b", "double", "fortran", "zeros"])
        #expect(file.shape(of: "fortran") == [3, 4] && file.shape(of: "zeros") == [50, 40] && file.shape(of: "none") == nil)
        #expect(try file.tensor("a/b") == WeightReference.ramp(0, 2, 3) && file.tensor("fortran") == WeightReference.ramp(1, 3, 4))
        #expect(try file.tensor("double") == WeightReference.ramp(2, 5) && file.tensor("zeros") == Tensor(zeros: [50, 40]))
        #expect(WeightReference.failure { _ = try file.tensor("none") }.contains("has no array 'none'; it has a/b, double"))
    }

    @Test func `a file that is cut, damaged or of another kind is refused`() throws {
        let whole = try WeightReference.bytes("packed.npz")
        for length in stride(from: 0, to: whole.count, by: 7) {
            #expect(throws: NumPyFileError.self, "\(length)") { try NumPyWeights(data: whole.prefix(length), name: "cut") }
        }
        var damaged = try WeightReference.bytes("stored.npz")
        damaged[200] ^= 1
        let failure = WeightReference.failure { _ = try NumPyWeights(data: damaged, name: "f").tensor("a/b") }
        #expect(failure.contains("the checksum of 'a/b.npy' is wrong"))
        #expect(throws: NumPyFileError.self) { try NumPyWeights(path: WeightReference.folder + "plain.safetensors") }
    }
}
