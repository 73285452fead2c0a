import Foundation
import Tensors

extension SafetensorsFile {
    /// How numbers are written.
    public enum Precision: String, CaseIterable, Sendable {
        /// Every bit; what is read is a view of the file.
        case single = "F32"
        /// Half the size, rounded to 11 bits; at most 65504 in size.
        case half = "F16"

        var size: Int { self == .single ? 4 : 2 }
    }

    /// The bytes of a file with these tensors. The same content gives the same bytes: names are sorted.
    ///
    ///     try SafetensorsFile.encode(["conv2d0.weight": Tensor(zeros: [7, 7, 3, 64])], layout: .outputsLast)
    ///
    /// - Parameters:
    ///   - layout: the order of axes that the given tensors have. It changes nothing but the metadata, which tells readers;
    ///     ``WeightLayout/outputsLast`` is what networks can use as it lies in the file.
    ///   - precision: of the numbers in the file.
    /// - Throws: ``SafetensorsError/tensor(_:file:reason:)`` when half precision cannot hold a number of a tensor.
    public static func encode(
        _ tensors: [String: Tensor], metadata: [String: String] = [:], layout: WeightLayout = .outputsFirst, precision: Precision = .single
    ) throws -> Data {
        var metadata = metadata
        metadata["layout"] = layout == .outputsFirst ? nil : layout.rawValue
        var header: [String: Any] = metadata.isEmpty ? [:] : ["__metadata__": metadata]
        var offset = 0
        let sorted = tensors.sorted { $0.key < $1.key }
        for (name, tensor) in sorted {
            let end = offset + precision.size * tensor.count
            header[name] = ["dtype": precision.rawValue, "shape": tensor.shape, "data_offsets": [offset, end]] as [String: Any]
            offset = end
        }
        var json = try JSONSerialization.data(withJSONObject: header, options: [.sortedKeys, .withoutEscapingSlashes])
        // The data begins at a multiple of 64: a view of it is aligned.
        json.append(Data(repeating: 0x20, count: (64 - (8 + json.count) % 64) % 64))
        var file = Data(capacity: 8 + json.count + offset)
        withUnsafeBytes(of: UInt64(json.count).littleEndian) { file.append(contentsOf: $0) }
        file.append(json)
        for (name, tensor) in sorted {
            try tensor.withUnsafeScalars { scalars in
                switch precision {
                case .single where Int(littleEndian: 1) == 1: file.append(contentsOf: UnsafeRawBufferPointer(scalars))
                case .single: for value in scalars { withUnsafeBytes(of: value.bitPattern.littleEndian) { file.append(contentsOf: $0) } }
                case .half:
                    for value in scalars {
                        let half = Float16(value)
                        guard half.isFinite || !value.isFinite else {
                            throw SafetensorsError.tensor(name, file: "the new file", reason: "holds \(value), too large for half precision")
                        }
                        withUnsafeBytes(of: half.bitPattern.littleEndian) { file.append(contentsOf: $0) }
                    }
                }
            }
        }
        return file
    }

    /// Writes a file with these tensors: whole or not at all. Whoever has mapped a file of that name keeps the old one.
    /// - Parameters: as for ``encode(_:metadata:layout:precision:)``.
    /// - Throws: ``SafetensorsError/unwritable(file:reason:)`` when it cannot be written; as ``encode(_:metadata:layout:precision:)``.
    public static func write(
        _ tensors: [String: Tensor], metadata: [String: String] = [:], layout: WeightLayout = .outputsFirst, precision: Precision = .single,
        to path: String
    ) throws {
        let data = try encode(tensors, metadata: metadata, layout: layout, precision: precision)
        do { try data.write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
            throw SafetensorsError.unwritable(file: path, reason: error.localizedDescription)
        }
    }
}
