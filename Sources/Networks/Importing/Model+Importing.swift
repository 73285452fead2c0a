import Tensors
import WeightFiles

extension Model {
    /// A network of your own, as `torch.onnx.export` and other tools write it.
    ///
    ///     let model = try Model(onnx: "resnet18.onnx", normalization: .imageNet)
    ///     model.layers.map(\.name)                       // ["relu", "layer1.0.relu_1", ..., "fc"]
    ///     try model["layer2.0.conv1"][12].visualize()
    ///
    /// - Parameters:
    ///   - normalization: what the network expects of images; none if nil: `0...1`.
    ///   - inputSize: height and width of the images, if the file does not say them.
    ///   - classes: the names of the classes; numbered if empty.
    ///   - outputs: the values to compute, by the file's names, if not those that the file declares: for files whose last operators have
    ///     no layers here.
    /// - Throws: ``NetworkFileError`` for broken files, ``ImportError`` for networks that cannot be imported.
    public convenience init(
        onnx path: String, normalization: InputNormalization? = nil, inputSize: Int? = nil, classes: [String] = [], outputs: [String] = []
    ) throws {
        try self.init(
            network: ONNXFile(path: path), normalization: normalization, inputSize: inputSize, classes: classes, outputs: outputs)
    }

    /// A network in a frozen TensorFlow graph, such as those of Lucid's model zoo.
    ///
    ///     let model = try Model(tensorFlowGraph: "tensorflow_inception_graph.pb")
    ///     model["mixed4a"][476]
    ///
    /// InceptionV1 as released with TensorFlow gets its normalization (-117...138) and size (224), which the file does not say.
    ///
    /// - Parameters: as ``init(onnx:normalization:inputSize:classes:outputs:)``.
    /// - Throws: as ``init(onnx:normalization:inputSize:classes:outputs:)``.
    public convenience init(
        tensorFlowGraph path: String, normalization: InputNormalization? = nil, inputSize: Int? = nil, classes: [String] = [],
        outputs: [String] = []
    ) throws {
        try self.init(
            network: TensorFlowGraphFile(path: path), normalization: normalization, inputSize: inputSize, classes: classes, outputs: outputs)
    }

    /// A network in an open file.
    /// - Parameters: as ``init(onnx:normalization:inputSize:classes:outputs:)``.
    /// - Throws: as ``init(onnx:normalization:inputSize:classes:outputs:)``.
    public convenience init(
        network file: any NetworkFile, normalization: InputNormalization? = nil, inputSize: Int? = nil, classes: [String] = [],
        outputs: [String] = []
    ) throws {
        let network = try ImportedNetwork(file, normalization: normalization, inputSize: inputSize, classes: classes, outputs: outputs)
        try self.init(graph: network.graph, details: network.details, metadata: file.metadata)
    }
}
