import Foundation
import Tensors

extension SafetensorsFile {
    /// The bytes of a file with these tensors as 32-bit floats. The same content gives the same bytes: names are sorted.
    ///
    ///     try SafetensorsFile.encode(["conv2d0.weight": Tensor(zeros: [7, 7, 3, 64])], layout: .outputsLast)
    ///
    /// - Parameter layout: the order of axes that the given tensors have. It changes nothing but the metadata, which tells readers;
    ///   ``WeightLayout/outputsLast`` is what networks can use as it lies in the file.
    public static func encode(
        _ tensors: [String: Tensor], metadata: [String: String] = [:], layout: WeightLayout = .outputsFirst
    ) throws -> Data {
        var metadata = metadata
        metadata["layout"] = layout == .outputsFirst ? nil : layout.rawValue
        var header: [String: Any] = metadata.isEmpty ? [:] : ["__metadata__": metadata]
        var offset = 0
        let sorted = tensors.sorted { $0.key < $1.key }
        for (name, tensor) in sorted {
            header[name] = ["dtype": "F32", "shape": tensor.shape, "data_offsets": [offset, offset + 4 * tensor.count]] as [String: Any]
            offset += 4 * tensor.count
        }
        var json = try JSONSerialization.data(withJSONObject: header, options: [.sortedKeys, .withoutEscapingSlashes])
        // The data begins at a multiple of 64: a view of it is aligned.
        json.append(Data(repeating: 0x20, count: (64 - (8 + json.count) % 64) % 64))
        var file = Data(capacity: 8 + json.count + offset)
        withUnsafeBytes(of: UInt64(json.count).littleEndian) { file.append(contentsOf: $0) }
        file.append(json)
        for (_, tensor) in sorted {
            tensor.withUnsafeScalars { scalars in
                if Int(littleEndian: 1) == 1 { return file.append(contentsOf: UnsafeRawBufferPointer(scalars)) }
                for value in scalars { withUnsafeBytes(of: value.bitPattern.littleEndian) { file.append(contentsOf: $0) } }
            }
        }
        return file
    }

    /// Writes a file with these tensors: whole or not at all. Whoever has mapped a file of that name keeps the old one.
    /// - Parameter layout: as for ``encode(_:metadata:layout:)``.
    /// - Throws: ``SafetensorsError/unwritable(file:reason:)`` when it cannot be written.
    public static func write(
        _ tensors: [String: Tensor], metadata: [String: String] = [:], layout: WeightLayout = .outputsFirst, to path: String
    ) throws {
        let data = try encode(tensors, metadata: metadata, layout: layout)
        do { try data.write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
            throw SafetensorsError.unwritable(file: path, reason: error.localizedDescription)
        }
    }
}
