import Foundation
import Tensors
import WeightFiles

extension Model {
    /// The names of the models that come with Hooke.
    public static var embedded: [String] {
        let folder = Bundle.module.resourceURL?.appendingPathComponent("EmbeddedModels")
        let files = folder.flatMap { try? FileManager.default.contentsOfDirectory(atPath: $0.path) } ?? []
        return files.filter { $0.hasSuffix(".safetensors") }.map { String($0.dropLast(".safetensors".count)) }.sorted()
    }

    /// A model by name, or from a `.safetensors` file.
    ///
    /// The file's tensors have the names of Lucent's InceptionV1 (`conv2d0_pre_relu_conv.weight`, `[out, in, height, width]`), and its
    /// metadata says `architecture` ("mini-inception" or "inceptionv1"), `classes` (a JSON array of names) and `name`.
    ///
    /// - Throws: ``ModelError/unknownModel(_:embedded:)``, ``SafetensorsError``, ``WeightFileError``.
    public static func load(_ nameOrPath: String) throws -> Model {
        let embedded = Self.embedded
        if embedded.contains(nameOrPath),
            let url = Bundle.module.url(forResource: nameOrPath, withExtension: "safetensors", subdirectory: "EmbeddedModels")
        {
            return try Model(file: SafetensorsFile(path: url.path))
        }
        let isPath = nameOrPath.hasSuffix(".safetensors") || nameOrPath.contains("/")
        guard isPath || FileManager.default.fileExists(atPath: nameOrPath) else {
            throw ModelError.unknownModel(nameOrPath, embedded: embedded)
        }
        return try Model(file: SafetensorsFile(path: (nameOrPath as NSString).expandingTildeInPath))
    }

    /// A model from an open weight file. Its metadata may say the name of the model (`name`) and of the classes (`classes`, a JSON array).
    /// - Parameter architecture: if it is not one that ``Zoo/architecture(of:)`` finds, such as a narrowed one.
    /// - Throws: ``WeightFileError``, ``ModelError``, and what reading the file throws.
    public convenience init(file: any WeightFile, architecture: (any Architecture)? = nil) throws {
        // The graph first: it checks that the file holds as many outputs as it announces.
        var (graph, details) = try (architecture ?? Zoo.architecture(of: file)).network(from: file)
        if let name = file.metadata["name"] { details.name = name }
        if let classes = try Self.classes(file) { details.classes = classes }
        do { try self.init(graph: graph, details: details, metadata: file.metadata) } catch ModelError.details(_, let reason) {
            throw WeightFileError.content(file: file.name, reason: reason)
        }
    }

    /// Writes the model to a file that ``load(_:)`` reads: under the published names of its architecture, in PyTorch's layout.
    /// - Throws: ``SafetensorsError``; ``ModelError`` for a model without published names.
    public func save(to path: String) throws {
        guard !details.weightNames.isEmpty else {
            throw ModelError.details(model: name, reason: "its architecture has no names for the tensors of a file")
        }
        var tensors: [String: Tensor] = [:]
        for (node, key) in details.weightNames {
            if case .layer(let normalization as BatchNormalization)? = graph[node]?.operation {
                (tensors[key + ".weight"], tensors[key + ".bias"]) = (normalization.scale, normalization.shift)
            } else {
                (tensors[key + ".weight"], tensors[key + ".bias"]) = (try weights(of: node).withOutputsFirst(), try bias(of: node))
            }
        }
        var metadata = metadata
        metadata["architecture"] = details.architecture
        metadata["name"] = name
        metadata["classes"] = String(decoding: try JSONEncoder().encode(classes), as: UTF8.self)
        try SafetensorsFile.write(tensors, metadata: metadata, to: path)
    }

    /// The names of the classes in the metadata, if there are any.
    private static func classes(_ file: any WeightFile) throws -> [String]? {
        guard let json = file.metadata["classes"] else { return nil }
        guard let classes = try? JSONDecoder().decode([String].self, from: Data(json.utf8)) else {
            throw WeightFileError.content(file: file.name, reason: "'classes' in the metadata is not a JSON array of strings")
        }
        return classes
    }
}
