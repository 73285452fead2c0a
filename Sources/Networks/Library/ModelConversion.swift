import Foundation
import Tensors
import WeightFiles

/// Files of networks as safetensors whose weights are used as they lie in the file: in Hooke's layout, mapped and not copied.
public enum ModelConversion {
    /// Writes a file anew: a file of the zoo's networks, or one that brings its own operations (ONNX, TensorFlow, what ``Model/save(to:)``
    /// writes), whose graph is then described in the metadata. The metadata also says what the file was made from: `architecture`, `source`
    /// (the name of the file), `source_sha256`, `source_format`. The same file gives the same bytes.
    ///
    ///     try ModelConversion.convert("googlenet-1378be20.pth", to: "googlenet.safetensors")       // "googlenet"
    ///     try ModelConversion.convert("mine.onnx", to: "mine.safetensors", normalization: .imageNet)
    ///
    /// Tensors of the zoo keep their published names; others are called after the layers. Numbers become 32-bit floats.
    ///
    /// - Parameters:
    ///   - labels: a text file with the names of the classes, one in a line.
    ///   - normalization: what a network that brings its own operations expects of images, if its file does not say it.
    /// - Returns: the name of the architecture, or of a model that has none.
    /// - Throws: ``ModelFileError/convert(file:reason:)`` for tensors alone of a network that is none of the zoo's: without its operations
    ///   they are nothing. What reading the file throws, and ``SafetensorsError`` when the new one cannot be written.
    @discardableResult
    public static func convert(
        _ path: String, to output: String, labels: String? = nil, normalization: InputNormalization? = nil
    ) throws -> String {
        let format = try WeightFileFormat(path: path)
        let file = try WeightFileFormat.open(path)
        var metadata = file.metadata
        metadata["source"] = (path as NSString).lastPathComponent
        metadata["source_sha256"] = try FileDigest.sha256(path)
        metadata["source_format"] = format.rawValue
        let isDescribed = file is ONNXFile || file.metadata[GraphRecord.key] != nil
        guard !isDescribed, let architecture = try? Zoo.architecture(of: file) else {
            guard isDescribed || file is any NetworkFile else {
                throw ModelFileError.convert(
                    file: path, reason: "it holds tensors without operations, and only networks of the zoo are known by their tensors "
                        + "(\(Zoo.architectures.map(\.name).joined(separator: ", ")))")
            }
            let model = try Model.load(file: path, labels: labels, normalization: normalization)
            try model.write(to: output, metadata: metadata, layout: .outputsLast)
            return model.details.architecture.isEmpty ? model.name : model.details.architecture
        }
        guard normalization == nil else {
            throw ModelFileError.convert(
                file: path, reason: "it is \(architecture.name), whose normalization is known; leave the given one out")
        }
        let model = try Model.load(file: path, labels: labels)
        let isTurned = architecture.layout(of: file) == .outputsFirst
        var tensors: [String: Tensor] = [:]
        for name in file.tensorNames where (file as? any NetworkFile)?.holdsIntegers(name) != true {
            let tensor = try file.tensor(name)
            tensors[name] = isTurned && (tensor.rank == 2 || tensor.rank == 4) ? tensor.withOutputsLast() : tensor
        }
        metadata["architecture"] = architecture.name
        if labels != nil { metadata["classes"] = String(decoding: try JSONEncoder().encode(model.classes), as: UTF8.self) }
        // A graph may differ from the architecture in constants that its tensors do not say.
        let converted = try Model(file: TensorsInMemory(name: output, tensors: tensors, metadata: metadata, layout: .outputsLast))
        guard try GraphRecord.describing(converted).record == GraphRecord.describing(model).record else {
            try model.write(to: output, metadata: metadata, layout: .outputsLast)
            return architecture.name
        }
        try SafetensorsFile.write(tensors, metadata: metadata, layout: .outputsLast, to: output)
        return architecture.name
    }
}
