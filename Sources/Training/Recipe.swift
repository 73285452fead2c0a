import Foundation
import Networks
import PictureWorld

/// How one of Hooke's own models is trained on the picture world, from the first random weight to the last: everything that decides the
/// bits of its file.
///
///     Recipe.all.map(\.name)                     // ["mini-alexnet", "mini-inception", …]
///     let training = try ModelTraining(Recipe.named("mini-inception"))
///     try training.trainer.train("mini-inception", checkpoint: "mini.checkpoint")
///     let model = try training.model()
///
/// Recipes are JSON files; those of the models that come with Hooke come with it too.
public struct Recipe: Codable, Hashable, Sendable {
    /// What the model will be called.
    public var name: String
    /// "mini-inception", "mini-inception-dense", "mini-alexnet", "mini-vgg" or "mini-resnetv2".
    public var network: String
    /// Of the weights, the order of the pictures and dropout.
    public var seed: UInt64
    /// Batches in all.
    public var steps: Int
    /// Pictures in a batch.
    public var batch: Int
    /// The largest rate of AdamW; it warms up and falls in one cycle.
    public var rate: Double
    /// AdamW's weight decay.
    public var decay: Double
    /// Of the labels.
    public var smoothing: Double
    /// Height and width of the pictures.
    public var size: Int
    /// The first so many pictures of the training split; all if there is no number.
    public var pictures: Int?
    /// Every width of mini-inception is divided by this, for quick trials.
    public var narrowedBy: Int?

    /// The recipes of the models that come with Hooke, by name.
    public static var all: [Recipe] {
        let folder = Bundle.module.resourceURL?.appendingPathComponent("Recipes")
        let files = folder.flatMap { try? FileManager.default.contentsOfDirectory(at: $0, includingPropertiesForKeys: nil) } ?? []
        return files.compactMap { try? Recipe(path: $0.path) }.sorted { $0.name < $1.name }
    }

    /// A recipe that comes with Hooke, or one in a file.
    /// - Throws: ``RecipeError``.
    public static func named(_ nameOrPath: String) throws -> Recipe {
        if let recipe = all.first(where: { $0.name == nameOrPath }) { return recipe }
        guard FileManager.default.fileExists(atPath: nameOrPath) else {
            throw RecipeError.unknown(nameOrPath, known: all.map(\.name))
        }
        return try Recipe(path: nameOrPath)
    }

    /// Reads a recipe's file.
    /// - Throws: ``RecipeError/file(path:reason:)``.
    public init(path: String) throws {
        let data: Data
        do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
            throw RecipeError.file(path: path, reason: "it cannot be read")
        }
        do { self = try JSONDecoder().decode(Recipe.self, from: data) } catch DecodingError.keyNotFound(let key, _) {
            throw RecipeError.file(path: path, reason: "'\(key.stringValue)' is missing")
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            throw RecipeError.file(path: path, reason: "'\(context.codingPath.last?.stringValue ?? "")' is not of the right kind")
        } catch { throw RecipeError.file(path: path, reason: "it is no JSON object") }
    }

    /// The network that is trained, for the classes of the picture world.
    /// - Throws: ``RecipeError/network(_:known:)``, ``RecipeError/setting(_:)``.
    public func trainableNetwork(classCount: Int = World.classes.count) throws -> any TrainableNetwork {
        guard size > 0, (narrowedBy ?? 1) > 0 else {
            throw RecipeError.setting("a size and a divisor of widths are above 0, not \(size) and \(narrowedBy ?? 1)")
        }
        if network == "mini-inception" {
            var architecture = InceptionArchitecture.miniInception(classCount: classCount)
            if let narrowedBy, narrowedBy > 1 {
                architecture = architecture.narrowed(by: narrowedBy)
                architecture.name += " narrowed by \(narrowedBy)"  // Files of it do not pass for the network's own.
            }
            architecture.inputSize = size
            return architecture
        }
        let sketched = SketchedNetwork.all
        guard let found = sketched.first(where: { $0.name == network }) else {
            throw RecipeError.network(network, known: ["mini-inception"] + sketched.map(\.name))
        }
        guard narrowedBy == nil else { throw RecipeError.setting("only mini-inception can be narrowed, not \(network)") }
        var sketch = found.sketch(classCount)
        sketch.inputSize = size
        return sketch
    }
}

/// Why there is no such recipe, or none that can be followed.
public enum RecipeError: Error, CustomStringConvertible, Equatable, Sendable {
    case unknown(String, known: [String])
    case file(path: String, reason: String)
    case network(String, known: [String])
    case setting(String)

    public var description: String {
        switch self {
        case .unknown(let name, let known):
            "there is no recipe '\(name)', and no file of that name. Recipes: \(known.joined(separator: ", "))"
        case .file(let path, let reason): "the recipe \(path) cannot be followed: \(reason)"
        case .network(let name, let known): "a recipe trains \(known.joined(separator: ", ")), not '\(name)'"
        case .setting(let reason): reason
        }
    }
}
