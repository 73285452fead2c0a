import Foundation
import Networks
import Tensors
import Testing
import WeightFiles

/// Network files with values computed by onnxruntime and TensorFlow (`Tests/Peers/imports_reference.py`): the committed ones, or those in
/// HOOKE_IMPORTS.
enum ImportReference {
    static let committed = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Reference/imports/"
    static let folder = ProcessInfo.processInfo.environment["HOOKE_IMPORTS"].map { $0 + "/" } ?? committed

    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        .filter { $0.hasSuffix(".onnx") || $0.hasSuffix(".pb") }

    static func file(_ name: String, in folder: String = folder) throws -> any NetworkFile {
        name.hasSuffix(".pb") ? try TensorFlowGraphFile(path: folder + name) : try ONNXFile(path: folder + name)
    }

    static func values(_ name: String) throws -> SafetensorsFile {
        try SafetensorsFile(path: folder + name.prefix { $0 != "." } + ".values.safetensors")
    }
}

@Suite struct ImportReferenceTests {
    @Test(arguments: ImportReference.names) func `every layer of an imported network is what others compute, by the file's own names`(
        _ name: String
    ) throws {
        let network = try ImportedNetwork(ImportReference.file(name))
        let model = try Model(graph: network.graph, details: network.details)
        let values = try ImportReference.values(name)
        var images = try values.tensor("images")
        if images.shape[1] < model.inputSize { images = NetworkReferenceTests.enlarged(images) }
        let layers = values.tensorNames.filter { $0 != "images" }
        #expect(layers.count > 2)
        var nodes: [String: String] = [:]
        for layer in layers {
            nodes[layer] = network.graph.index(of: layer) == nil ? try #require(network.aliases[layer], "\(layer) is no node") : layer
        }
        let found = try model.activations(of: images, at: Array(Set(nodes.values)))
        for layer in layers {
            let expected = try values.tensor(layer), node = try #require(nodes[layer])
            // Behind a global pooling there are no positions here, and still two axes of length 1 in the file.
            let shaped = try #require(found[node])
            let value = shaped.rank == 2 && expected.rank == 4 ? shaped.reshaped([shaped.shape[0], 1, 1, shaped.shape[1]]) : shaped
            let error = relativeError(value, expected)
            #expect(error < 1e-4, "\(layer) (\(node)): \(value.shape), expected \(expected.shape)")
        }
    }
}
