import Foundation
import Tensors
import WeightFiles

extension Model {
    /// The names of the models that come with Hooke.
    public static var embedded: [String] {
        let folder = Bundle.module.resourceURL?.appendingPathComponent("EmbeddedModels")
        let files = folder.flatMap { try? FileManager.default.contentsOfDirectory(atPath: $0.path) } ?? []
        let stored = files.filter { $0.hasSuffix(".safetensors") }.map { String($0.dropLast(".safetensors".count)) }
        return (stored + [handwritten]).sorted()
    }

    /// The model that has no file: its weights are written by rule.
    private static let handwritten = "handwritten-curves"

    /// A model by name, path or address.
    ///
    ///     try Model.load("mini-inception")                          // comes with Hooke
    ///     try Model.load("inceptionv1")                             // in a folder of HOOKE_MODELS, or fetched before
    ///     try Model.load("~/Downloads/googlenet-1378be20.pth")
    ///     try Model.load("https://example.org/mine.onnx")           // downloaded once, into ~/.cache/hooke/models
    ///
    /// Files may be safetensors, PyTorch (new and old), ONNX, frozen graphs of TensorFlow and NumPy's npz; what they are is read from their
    /// contents. Those that hold tensors alone must be of a network that Hooke knows (``Zoo``); ONNX and TensorFlow bring their operations
    /// with them, and so does what ``save(to:)`` writes. `<file>.labels.txt` beside a file names the classes, one in a line. A download
    /// shows how far it is.
    ///
    /// - Throws: ``ModelFileError/notInstalled(name:publication:folders:)`` for a network whose weights are not on this machine,
    ///   ``ModelError/unknownModel(_:suggestion:known:)``, ``WeightFileFormatError``, ``WeightFileError``, and the errors of formats.
    public static func load(_ nameOrAddress: String) throws -> Model {
        if nameOrAddress == handwritten { return try handwrittenCurves() }
        if embedded.contains(nameOrAddress),
            let url = Bundle.module.url(forResource: nameOrAddress, withExtension: "safetensors", subdirectory: "EmbeddedModels")
        {
            return try Model(file: SafetensorsFile(path: url.path))
        }
        if let colon = nameOrAddress.range(of: ":/"), nameOrAddress[..<colon.lowerBound].allSatisfy({ $0.isLetter }) {
            switch nameOrAddress[..<colon.lowerBound].lowercased() {
            case "file":
                guard let url = URL(string: nameOrAddress) else { throw ModelFileError.scheme(url: nameOrAddress) }
                return try load(file: url.path)
            case "http", "https": return try load(file: ModelLibrary.file(at: nameOrAddress))
            default: throw ModelFileError.scheme(url: nameOrAddress)
            }
        }
        let path = (nameOrAddress as NSString).expandingTildeInPath
        if nameOrAddress.contains("/") { return try load(file: path) }
        if let path = ModelLibrary.path(of: nameOrAddress) { return try load(file: path) }
        if FileManager.default.fileExists(atPath: path) { return try load(file: path) }
        let zoo = Zoo.architectures.filter { $0.publication != nil }
        if let known = zoo.first(where: { $0.name == nameOrAddress }) {
            throw ModelFileError.notInstalled(name: known.name, publication: known.publication, folders: ModelLibrary.folders)
        }
        let names = embedded + zoo.map(\.name) + ModelLibrary.files.map(\.name).filter { name in !zoo.contains { $0.name == name } }
        throw ModelError.unknownModel(nameOrAddress, suggestion: nearest(to: nameOrAddress, among: names), known: names)
    }

    /// A model from a file of any format.
    /// - Parameters:
    ///   - labels: a text file with the names of the classes; `<file>.labels.txt` by default, if there is one.
    ///   - normalization: of a network that brings its own operations, if its file does not say it.
    static func load(file path: String, labels: String? = nil, normalization: InputNormalization? = nil) throws -> Model {
        let file = try WeightFileFormat.open(path)
        // A graph of TensorFlow may be InceptionV1's, whose blocks the zoo knows; names in an ONNX file are no promise.
        var model: Model
        if let network = file as? any NetworkFile, !(network is TensorFlowGraphFile && (try? Zoo.architecture(of: file)) != nil) {
            model = try Model(network: network, normalization: normalization)
        } else {
            model = try Model(file: file)
        }
        let beside = path + ".labels.txt"
        if let labels = labels ?? (FileManager.default.fileExists(atPath: beside) ? beside : nil) {
            var details = model.details
            details.classes = try ClassLabels.read(labels, count: model.classes.count)
            model = try Model(graph: model.graph, details: details, metadata: model.metadata)
        }
        return model
    }

    /// A model from an open weight file. Its metadata may say the name of the model (`name`) and of the classes (`classes`, a JSON array),
    /// and describe the graph (`graph`, written by ``save(to:)``); else it is that of its architecture.
    /// - Parameter architecture: if it is not one that ``Zoo/architecture(of:)`` finds, such as a narrowed one.
    /// - Throws: ``WeightFileError``, ``ModelError``, and what reading the file throws.
    public convenience init(file: any WeightFile, architecture: (any Architecture)? = nil) throws {
        // The graph first: it checks that the file holds as many outputs as it announces.
        let record = architecture == nil ? try GraphRecord(of: file) : nil
        var (graph, details) = try record?.network(from: file) ?? (architecture ?? Zoo.architecture(of: file)).network(from: file)
        if let name = file.metadata["name"] { details.name = name }
        if let classes = try Self.classes(file) { details.classes = classes }
        do { try self.init(graph: graph, details: details, metadata: file.metadata) } catch ModelError.details(_, let reason) {
            throw WeightFileError.content(file: file.name, reason: reason)
        } catch let error as GraphError where record != nil {
            throw WeightFileError.content(file: file.name, reason: "\(error)")
        }
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
