import Tensors

/// A network that can be trained from its first random weight and then used: ``NetworkSketch`` and ``InceptionArchitecture``.
public protocol TrainableNetwork: Sendable {
    /// Names and sizes, with numbered classes.
    var details: ModelDescription { get }
    /// The node of the logits in ``trainingGraph(seed:)``.
    var trainingOutput: String { get }

    /// The network before training, with batch normalizations.
    /// - Throws: ``GraphError`` and ``LayerError`` for a network that cannot be.
    func trainingGraph(seed: UInt64) throws -> Graph

    /// The network that a training of ``trainingGraph(seed:)`` has made, with its normalizations folded into the convolutions.
    /// - Parameters:
    ///   - graph: ``Trainer/trainedGraph()``.
    ///   - classes: the names of the outputs; numbered ones if empty.
    ///   - metadata: what the file is to say about itself, such as how it was trained.
    /// - Throws: ``GraphError/unknownNode(_:)`` when the graph is another network's, ``LayerError``.
    func model(trained graph: Graph, classes: [String], metadata: [String: String]) throws -> Model

    /// The network with random weights and no normalization: a control that has learned nothing.
    /// - Throws: ``GraphError`` and ``LayerError`` for a network that cannot be.
    func untrained(seed: UInt64, classes: [String]) throws -> Model
}
