import Foundation
import Networks
import Tensors
import Testing
import WeightFiles

/// Values computed by PyTorch (`Tests/Peers/networks_reference.py`): the committed ones, or those in HOOKE_REFERENCE.
enum Reference {
    static func file(_ name: String) throws -> SafetensorsFile {
        let committed = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Reference").path
        let folder = ProcessInfo.processInfo.environment["HOOKE_REFERENCE"] ?? committed
        return try SafetensorsFile(path: folder + "/" + name + ".safetensors")
    }
}

/// The largest difference over the largest value.
func relativeError(_ found: Tensor?, _ expected: Tensor) -> Float {
    guard let found, found.shape == expected.shape else { return .infinity }
    let difference = zip(found.scalars, expected.scalars).map { abs($0 - $1) }
    guard !difference.contains(where: \.isNaN) else { return .infinity }
    return (difference.max() ?? 0) / max(expected.scalars.map(abs).max() ?? 0, 1e-30)
}
