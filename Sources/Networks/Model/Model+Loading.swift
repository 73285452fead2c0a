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

    /// A model from an open weight file.
    /// - Parameter architecture: if it is not one that the file's metadata can name, such as a narrowed one.
    /// - Throws: ``WeightFileError``, ``SafetensorsError``.
    public convenience init(file: SafetensorsFile, architecture: InceptionArchitecture? = nil) throws {
        let architecture = try architecture ?? InceptionArchitecture(of: file)
        // The graph first: it checks that the file holds as many outputs as it announces.
        let graph = try architecture.graph(from: file)
        try self.init(
            name: file.metadata["name"] ?? architecture.name, architecture: architecture, graph: graph,
            classes: try Self.classes(file, count: architecture.classCount), metadata: file.metadata)
    }

    /// Writes the model to a file that ``load(_:)`` reads.
    /// - Throws: ``SafetensorsError``.
    public func save(to path: String) throws {
        var tensors: [String: Tensor] = [:]
        for layer in architecture.weightedLayers {
            tensors[layer.key + ".weight"] = try weights(of: layer.name).withOutputsFirst()
            tensors[layer.key + ".bias"] = try bias(of: layer.name)
        }
        var metadata = metadata
        metadata["architecture"] = architecture.name
        metadata["name"] = name
        metadata["classes"] = String(decoding: try JSONEncoder().encode(classes), as: UTF8.self)
        try SafetensorsFile.write(tensors, metadata: metadata, to: path)
    }

    /// The names of the classes in the metadata; numbered ones if there are none.
    private static func classes(_ file: SafetensorsFile, count: Int) throws -> [String] {
        guard let json = file.metadata["classes"] else { return (0..<count).map { "class \($0)" } }
        guard let classes = try? JSONDecoder().decode([String].self, from: Data(json.utf8)) else {
            throw WeightFileError.classes(file: file.name, reason: "'classes' in the metadata is not a JSON array of strings")
        }
        guard classes.count == count else {
            throw WeightFileError.classes(file: file.name, reason: "\(classes.count) class names for \(count) outputs")
        }
        return classes
    }
}
