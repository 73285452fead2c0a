import Foundation
import Tensors
import WeightFiles

extension Model {
    /// Writes the model to a file that ``load(_:)`` reads: any graph of Hooke's layers, imported, edited, or trained from a sketch.
    ///
    ///     try Model(onnx: "resnet18.onnx", normalization: .imageNet).save(to: "resnet18.safetensors")
    ///     try model.editing("mixed3b", .ablating([94])).save(to: "without-94.safetensors")
    ///
    /// Weights of an architecture that has published names keep them, in PyTorch's layout; others are called after their nodes and lie as
    /// the engine uses them. Where the network is not exactly what its architecture makes of the weights, the file's metadata describes the
    /// graph as well (`docs/weight-files.md`).
    /// - Parameter precision: of the weights in the file; half of it takes half the space and rounds them to 11 bits.
    /// - Throws: ``SafetensorsError``; ``ModelError`` and ``WeightFileError`` for layers and numbers that files cannot hold.
    public func save(to path: String, precision: SafetensorsFile.Precision = .single) throws {
        try write(
            to: path, metadata: metadata, layout: details.weightNames.isEmpty ? .outputsLast : .outputsFirst, precision: precision)
    }

    /// - Parameter metadata: what the file says besides the name, the classes and the graph.
    func write(
        to path: String, metadata: [String: String], layout: WeightLayout, precision: SafetensorsFile.Precision = .single
    ) throws {
        let (record, own) = try GraphRecord.describing(self)
        let tensors = layout == .outputsLast ? own : own.mapValues { $0.rank == 2 || $0.rank == 4 ? $0.withOutputsFirst() : $0 }
        var metadata = metadata
        metadata["layout"] = layout == .outputsFirst ? nil : layout.rawValue
        metadata["architecture"] = details.architecture.isEmpty ? nil : details.architecture
        metadata["name"] = name
        metadata["classes"] = String(decoding: try JSONEncoder().encode(classes), as: UTF8.self)
        metadata[GraphRecord.key] = nil
        if !isRebuilt(from: TensorsInMemory(name: path, tensors: tensors, metadata: metadata, layout: layout), as: record) {
            do { metadata[GraphRecord.key] = try record.text() } catch is EncodingError {
                throw ModelError.details(model: name, reason: "a setting of its layers is not a finite number, which files cannot hold")
            }
            // What cannot be read again is not written.
            _ = try Model(file: TensorsInMemory(name: path, tensors: tensors, metadata: metadata, layout: layout))
        }
        try SafetensorsFile.write(tensors, metadata: metadata, layout: layout, precision: precision, to: path)
    }

    /// Whether the architecture that the model is said to be makes the same of its tensors.
    private func isRebuilt(from file: TensorsInMemory, as record: GraphRecord) -> Bool {
        guard let architecture = Zoo.architectures.first(where: { $0.name == details.architecture }),
            let network = try? architecture.network(from: file), let rebuilt = try? Model(graph: network.graph, details: network.details)
        else { return false }
        return (try? GraphRecord.describing(rebuilt).record) == record
    }
}

/// A weight file that has not been written yet.
struct TensorsInMemory: WeightFile {
    let name: String
    let tensors: [String: Tensor]
    let metadata: [String: String]
    let layout: WeightLayout

    var tensorNames: [String] { tensors.keys.sorted() }
    func shape(of tensor: String) -> [Int]? { tensors[tensor]?.shape }
    func tensor(_ tensor: String) throws -> Tensor {
        guard let found = tensors[tensor] else { throw WeightFileError.missing(tensor: tensor, file: name, expected: []) }
        return found
    }
}
