import Tensors

/// A network as a list of steps with sizes but without weights. One sketch becomes the graph that is trained, the graph with the weights
/// of a file, and the untrained control.
///
///     var sketch = NetworkSketch("tiny", inputSize: 32)
///     let conv1 = sketch.convolution("conv1", from: "input", size: 5, outputs: 16, stride: 2)
///     let pooled = sketch.layer("avgpool", .globalAverage, from: conv1)
///     sketch.classifier("logits", from: pooled, outputs: 10)
///     let trainer = try Trainer(sketch.trainingGraph(seed: 1), output: "logits", data: data, settings: settings)
///     let model = try sketch.model(trained: trainer.trainedGraph())
///
/// A convolution pads as TensorFlow's SAME. The value before a layer's ReLU is a node called `<layer>_pre_relu`.
public struct NetworkSketch: Sendable {
    /// What one step computes.
    public enum Step: Hashable, Sendable {
        /// A convolution, batch normalization while training, ReLU.
        case convolution(size: Int, outputs: Int, stride: Int)
        /// A convolution alone: its output goes into a sum.
        case plainConvolution(size: Int, outputs: Int, stride: Int)
        /// Batch normalization and ReLU before a convolution ("pre-activation", He et al. 2016).
        case activation
        /// A fully connected layer; with a ReLU between others.
        case dense(outputs: Int, isRectified: Bool)
        case maxPool(size: Int, stride: Int)
        case averagePool(size: Int, stride: Int)
        case responseNormalization
        case globalAverage
        case flatten
        case concatenation
        case sum
        /// Only while training.
        case dropout(rate: Double)
        case softmax
    }

    struct Node: Sendable {
        let name: String
        let step: Step
        let inputs: [String]
    }

    /// What weight files say under `architecture`.
    public var name: String
    /// Height and width of the images.
    public var inputSize: Int
    /// What the network's input makes of images in `0...1`.
    public var inputRange: ClosedRange<Float>
    /// The layers that a reader names.
    public var layers: [CanonicalLayer] = []
    /// The node that is trained.
    public private(set) var logits = ""
    private var probabilities = ""
    private(set) var nodes: [Node] = []
    /// The first convolutions, whose training begins small: see ``trainingGraph(seed:)``.
    var firstLayers: Set<String> { Set(nodes.filter { $0.inputs == ["input"] }.map(\.name)) }

    public init(_ name: String, inputSize: Int, inputRange: ClosedRange<Float> = -117...138) {
        (self.name, self.inputSize, self.inputRange) = (name, inputSize, inputRange)
    }

    /// Adds a step.
    /// - Returns: its name, for the steps that read it.
    @discardableResult
    public mutating func layer(_ name: String, _ step: Step, from inputs: String...) -> String {
        nodes.append(Node(name: name, step: step, inputs: inputs))
        return name
    }

    /// Adds a convolution with its ReLU; a reader names it.
    @discardableResult
    public mutating func convolution(_ name: String, from input: String, size: Int, outputs: Int, stride: Int = 1) -> String {
        layers.append(CanonicalLayer(name))
        return layer(name, .convolution(size: size, outputs: outputs, stride: stride), from: input)
    }

    /// Adds the same convolution for each branch, and the branches side by side as one layer that a reader names.
    ///
    /// - Parameters:
    ///   - branches: "a", "b": the nodes are called `<name>_a`, `<name>_b`.
    ///   - inputs: what each reads.
    /// - Returns: the branches' names.
    public mutating func branchedConvolution(
        _ name: String, branches: [String], from inputs: [String], size: Int, outputs: Int, stride: Int = 1
    ) -> [String] {
        let names = branches.map { name + "_" + $0 }
        for (branch, input) in zip(names, inputs) {
            layer(branch, .convolution(size: size, outputs: outputs, stride: stride), from: input)
        }
        concatenate(name, names)
        layers.append(
            CanonicalLayer(
                name,
                branches: branches.enumerated().map { .init(name: $1, channels: $0 * outputs..<($0 + 1) * outputs) }))
        return names
    }

    /// Adds the channels of several steps side by side.
    mutating func concatenate(_ name: String, _ inputs: [String]) {
        nodes.append(Node(name: name, step: .concatenation, inputs: inputs))
    }

    /// Adds the last layer, and a softmax behind it.
    public mutating func classifier(_ name: String, from input: String, outputs: Int, softmax: String = "softmax") {
        layer(name, .dense(outputs: outputs, isRectified: false), from: input)
        layer(softmax, .softmax, from: name)
        layers += [CanonicalLayer(name), CanonicalLayer(softmax)]
        (logits, probabilities) = (name, softmax)
    }

    /// Names and sizes, with numbered classes.
    public var details: ModelDescription {
        ModelDescription(
            name: name, architecture: name, inputSize: inputSize, layers: layers, logitsLayer: logits, probabilitiesLayer: probabilities,
            weightNames: Dictionary(uniqueKeysWithValues: nodes.compactMap { node in node.weighted.map { ($0, node.name) } }))
    }
}

extension NetworkSketch.Node {
    /// The node of the graph in use that has this step's weights.
    var weighted: String? {
        switch step {
        case .convolution, .dense(_, isRectified: true), .activation: name + "_pre_relu"
        case .plainConvolution, .dense(_, isRectified: false): name
        default: nil
        }
    }
}
