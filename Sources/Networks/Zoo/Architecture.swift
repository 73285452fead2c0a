import Tensors
import WeightFiles

/// A family of networks that weight files are published for: knows its files by their tensors, and makes graph and description of one.
///
/// A new network is one file in this folder and one line in ``Zoo/architectures``:
///
///     /// AlexNet as torchvision has it (Krizhevsky 2014, "One weird trick"): one column, no normalization.
///     struct AlexNet: Architecture {
///         let name = "alexnet"
///
///         func recognizes(_ file: any WeightFile) -> Bool {
///             file.shape(of: "features.0.weight")?.suffix(3) == [3, 11, 11] && file.shape(of: "classifier.6.weight") != nil
///         }
///
///         func network(from file: any WeightFile) throws -> (graph: Graph, details: ModelDescription) {
///             let reader = WeightReader(file)
///             let conv1 = try Convolution(
///                 weights: reader.convolution("features.0.weight", size: 11, inputs: 3), bias: reader.vector("features.0.bias"),
///                 stride: 4, padding: .explicit(2))
///             ...                                     // nodes, widths taken from the file, so that narrow files are networks too
///             try reader.finish(name)                 // names tensors that nobody asked for
///             return (try Graph(nodes: nodes), ModelDescription(name: name, architecture: name, inputSize: 224, layers: ...))
///         }
///
///         var publication: Publication? { .torch("https://download.pytorch.org/models/alexnet-owt-7be5be79.pth") }
///     }
///
/// Names of tensors are the published ones, so that nobody converts anything. Widths come from the file, and what the file does not say
/// (strides, paddings, poolings) from the architecture. The test of a network is a narrow file of the original implementation with random
/// weights and its activations: see `Tests/Peers/networks_reference.py`.
public protocol Architecture: Sendable {
    /// "inceptionv1": what files say in their metadata (`architecture`), and what ``Model/load(_:)`` looks for.
    var name: String { get }
    /// Whether a file holds such a network, by the names and shapes of its tensors: cheap, and true for no other architecture's files.
    func recognizes(_ file: any WeightFile) -> Bool
    /// Where its weights have been published; nil by default.
    var publication: Publication? { get }
    /// How a file has the axes of its weights; the file's own word by default.
    func layout(of file: any WeightFile) -> WeightLayout
    /// The network with the weights of the file.
    /// - Throws: ``WeightFileError`` naming the tensor that is missing, left over or of another shape, and what reading it throws.
    func network(from file: any WeightFile) throws -> (graph: Graph, details: ModelDescription)
}

extension Architecture {
    public var publication: Publication? { nil }
    public func layout(of file: any WeightFile) -> WeightLayout { file.layout }
}

/// The networks that Hooke makes from weight files.
public enum Zoo {
    /// All of them; a file without metadata belongs to the first that recognizes it.
    public static let architectures: [any Architecture] = [
        MiniInception(),
        InceptionV1(),
        GoogLeNet(),
        AlexNet(),
        CaffeAlexNet(),
        VGG19(),
        InceptionV3(),
        ResNetV2(),
    ] + SketchedNetwork.all

    /// The architecture of a file: what its metadata says, or what its tensors look like.
    /// - Throws: ``WeightFileError/unknownArchitecture(_:file:known:)``.
    public static func architecture(of file: any WeightFile) throws -> any Architecture {
        let name = file.metadata["architecture"]
        let found = architectures.first { if let name { $0.name == name } else { $0.recognizes(file) } }
        guard let found else { throw WeightFileError.unknownArchitecture(name, file: file.name, known: architectures.map(\.name)) }
        return found
    }
}
