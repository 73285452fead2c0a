import Foundation
import Tensors

/// Values computed by NumPy, PyTorch and PIL (`Tests/Peers/tensors_reference.py`): the committed ones, or those in
/// HOOKE_TENSORS_REFERENCE.
enum TensorReference {
    static let committed = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Reference").path

    static func file(_ name: String) throws -> NPZFile {
        try NPZFile(path: (ProcessInfo.processInfo.environment["HOOKE_TENSORS_REFERENCE"] ?? committed) + "/\(name).npz")
    }

    /// The cases `prefix0`, `prefix1`, ... of a file.
    static func cases(_ prefix: String, in file: NPZFile) -> [String] {
        Set(file.names.compactMap { $0.split(separator: "/").first.map(String.init) }).filter { $0.hasPrefix(prefix) }.sorted()
    }
}

/// The largest difference over the largest value; infinite when the shapes differ or a value is not finite.
func error(_ found: Tensor, _ expected: Tensor) -> Float {
    guard found.shape == expected.shape, found.allFinite else { return .infinity }
    guard found.count > 0 else { return 0 }
    return abs(found - expected).max() / max(abs(expected).max(), 1e-30)
}

/// Normally distributed numbers, different for every seed.
func noise(_ shape: Int..., seed: UInt64 = 1) -> Tensor {
    var random = CounterRandom(seed: seed, stream: 77)
    return Tensor(normal: shape, using: &random)
}
