import Tensors

/// A file that holds a network: its operations as well as its tensors. Formats differ in the operations' names and arguments, not in this
/// form, which is what importers read.
///
///     let file = try ONNXFile(path: "alexnet.onnx")
///     file.operations.map(\.type)                // ["Conv", "Relu", "MaxPool", ...]
///     file.operations[0].inputs                  // ["input", "features.0.weight", "features.0.bias"]
///     try file.tensor("features.0.weight").shape // [64, 3, 11, 11]
public protocol NetworkFile: WeightFile {
    /// In the order of the file.
    var operations: [FileOperation] { get }
    /// What is fed to the network.
    var inputs: [FileInput] { get }
    /// The values that the file declares as its results; empty when it declares none.
    var outputs: [String] { get }
    /// A tensor of whole numbers, exactly: a shape, axes, paddings.
    /// - Throws: ``NetworkFileError/tensor(_:file:reason:)``, also for more than 65,536 numbers and for fractions.
    func integers(_ tensor: String) throws -> [Int]
    /// Whether a tensor's numbers are stored as whole numbers; false if there is no such tensor.
    func holdsIntegers(_ tensor: String) -> Bool
}

/// One operation of a network file.
public struct FileOperation: Hashable, Sendable {
    /// The operation's name in the file; where it has none, that of its first output.
    public let name: String
    /// "Conv", "MaxPool", ... With the domain in front when it is not the format's own: "com.microsoft::FusedConv".
    public let type: String
    /// The values that it reads. Empty for an optional input that is left out.
    public let inputs: [String]
    /// The values that it makes.
    public let outputs: [String]
    public let attributes: [String: FileAttribute]
    /// The path of the module that called it, where the file knows it ("features.0").
    public let module: String?
}

/// An argument of an operation.
public enum FileAttribute: Hashable, Sendable {
    case integer(Int)
    case float(Float)
    case string(String)
    case integers([Int])
    case floats([Float])
    /// A tensor of the file, by name.
    case tensor(String)
    /// A shape; -1 for an axis of unknown length.
    case shape([Int])
    /// A nested graph: a branch of an `If`. Graphs inside of it are ``other``.
    case graph([FileOperation], outputs: [String])
    /// Something that no importer needs.
    case other
}

/// An input of a network. Lengths that the file leaves open (the batch, often) are nil.
public struct FileInput: Hashable, Sendable {
    public let name: String
    /// Nil when the file does not give the number of axes.
    public let shape: [Int?]?
}
