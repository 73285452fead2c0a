import Foundation
import Tensors
import WeightFiles

/// Files that PyTorch, safetensors and NumPy wrote (`Tests/Peers/weight_files_reference.py`), and what they hold.
enum WeightReference {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Reference").path + "/"

    static func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: folder + name)) }

    static func pyTorch(_ name: String) throws -> PyTorchFile { try PyTorchFile(path: folder + name) }

    /// Element i of tensor `number` is i / 4 - 3 + number.
    static func ramp(_ number: Int, _ shape: Int...) -> Tensor {
        Tensor(shape: shape, scalars: (0..<shape.reduce(1, *)).map { Float($0) / 4 - 3 + Float(number) })
    }

    /// One tensor of each type: of integers -3 … 4, without sign where there is none, of booleans whether they are zero.
    static let types: [String: Tensor] = {
        let whole = Tensor(shape: [2, 4], scalars: (-3..<5).map(Float.init))
        var types: [String: Tensor] = ["bool": whole .!= 0]
        for name in ["half", "bfloat", "float", "double", "long", "int", "short", "char"] { types[name] = whole }
        for name in ["byte", "uint16", "uint32", "uint64"] { types[name] = abs(whole) }
        return types
    }()

    /// The description of the error that `body` throws.
    static func failure(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return "no error"
    }
}
