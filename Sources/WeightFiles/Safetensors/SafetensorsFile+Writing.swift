import Foundation
import Tensors

extension SafetensorsFile {
    /// The bytes of a file with these tensors as 32-bit floats. The same content gives the same bytes: names are sorted.
    public static func encode(_ tensors: [String: Tensor], metadata: [String: String] = [:]) throws -> Data {
        var header: [String: Any] = metadata.isEmpty ? [:] : ["__metadata__": metadata]
        var offset = 0
        let sorted = tensors.sorted { $0.key < $1.key }
        for (name, tensor) in sorted {
            header[name] = ["dtype": "F32", "shape": tensor.shape, "data_offsets": [offset, offset + 4 * tensor.count]] as [String: Any]
            offset += 4 * tensor.count
        }
        var json = try JSONSerialization.data(withJSONObject: header, options: [.sortedKeys, .withoutEscapingSlashes])
        // The data begins at a multiple of 8.
        json.append(Data(repeating: 0x20, count: (8 - json.count % 8) % 8))
        var file = Data(capacity: 8 + json.count + offset)
        withUnsafeBytes(of: UInt64(json.count).littleEndian) { file.append(contentsOf: $0) }
        file.append(json)
        for (_, tensor) in sorted {
            tensor.withUnsafeScalars { scalars in
                let bits = scalars.map(\.bitPattern.littleEndian)
                bits.withUnsafeBytes { file.append(contentsOf: $0) }
            }
        }
        return file
    }

    /// Writes a file with these tensors.
    /// - Throws: ``SafetensorsError/unwritable(file:reason:)`` when it cannot be written.
    public static func write(_ tensors: [String: Tensor], metadata: [String: String] = [:], to path: String) throws {
        do { try encode(tensors, metadata: metadata).write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
            throw SafetensorsError.unwritable(file: path, reason: error.localizedDescription)
        }
    }
}
