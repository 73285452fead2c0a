import Foundation
import Tensors
import WeightFiles

/// Files of the zoo's networks as safetensors whose weights are used as they lie in the file: in Hooke's layout, mapped and not copied.
public enum ModelConversion {
    /// Writes a file anew. Names stay those of the publisher, numbers become 32-bit floats, the metadata says what the file was made from:
    /// `architecture`, `source` (the name of the file), `source_sha256`, `source_format`. The same file gives the same bytes.
    ///
    ///     try ModelConversion.convert("googlenet-1378be20.pth", to: "googlenet.safetensors")       // "googlenet"
    ///
    /// - Parameter labels: a text file with the names of the classes, one in a line.
    /// - Returns: the name of the architecture.
    /// - Throws: ``ModelFileError/convert(file:reason:)`` for a network that is none of the zoo's: without its operations its tensors are
    ///   nothing. What reading the file throws, and ``SafetensorsError`` when the new one cannot be written.
    @discardableResult
    public static func convert(_ path: String, to output: String, labels: String? = nil) throws -> String {
        let format = try WeightFileFormat(path: path)
        let file = try WeightFileFormat.open(path)
        guard !(file is ONNXFile), let architecture = try? Zoo.architecture(of: file) else {
            throw ModelFileError.convert(
                file: path, reason: "only networks of the zoo are known without their operations "
                    + "(\(Zoo.architectures.map(\.name).joined(separator: ", "))); Model.load opens the file as it is")
        }
        let model = try Model(file: file)
        let isTurned = architecture.layout(of: file) == .outputsFirst
        var tensors: [String: Tensor] = [:]
        for name in file.tensorNames where (file as? any NetworkFile)?.holdsIntegers(name) != true {
            let tensor = try file.tensor(name)
            tensors[name] = isTurned && (tensor.rank == 2 || tensor.rank == 4) ? tensor.withOutputsLast() : tensor
        }
        var metadata = file.metadata
        metadata["architecture"] = architecture.name
        metadata["source"] = (path as NSString).lastPathComponent
        metadata["source_sha256"] = try FileDigest.sha256(path)
        metadata["source_format"] = format.rawValue
        if let labels {
            let classes = try ClassLabels.read(labels, count: model.classes.count)
            metadata["classes"] = String(decoding: try JSONEncoder().encode(classes), as: UTF8.self)
        }
        try SafetensorsFile.write(tensors, metadata: metadata, layout: .outputsLast, to: output)
        return architecture.name
    }
}
