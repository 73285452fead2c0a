import Tensors
import WeightFiles

/// A network made of a file that holds its operations as well as its weights: an ONNX model or a frozen TensorFlow graph.
///
///     let network = try ImportedNetwork(ONNXFile(path: "resnet.onnx"), normalization: .imageNet)
///     network.graph.nodes.map(\.name)                // ["input", "conv1", "relu", "maxpool", "layer1.0.conv1", ...]
///     network.aliases["/conv1/Conv_output_0"]        // "conv1"
///     let model = try Model(graph: network.graph, details: network.details)
///
/// ``Model/init(onnx:normalization:inputSize:classes:outputs:)`` does all of this. `docs/models.md` lists the operators, and how nodes
/// are named.
public struct ImportedNetwork: Sendable {
    public let graph: Graph
    public let details: ModelDescription
    /// What else the file calls the nodes of the graph: those of ``details``.
    public var aliases: [String: String] { details.aliases }

    /// - Parameters:
    ///   - normalization: what the network expects of images; nil for none, unless the file is one of Lucid's that is known.
    ///   - inputSize: height and width of the images, if the file does not say them.
    ///   - classes: the names of the classes; numbered if empty.
    ///   - outputs: the values to compute, by the file's names; those that the file declares if empty, or all that nothing else reads.
    /// - Throws: ``ImportError``, ``NetworkFileError``, ``WeightFileError``, ``GraphError``.
    public init(
        _ file: any NetworkFile, normalization: InputNormalization? = nil, inputSize: Int? = nil, classes: [String] = [],
        outputs: [String] = []
    ) throws {
        let isTensorFlow = file is TensorFlowGraphFile
        let table = (file as? ONNXFile).map { OperatorTable.onnx(opset: $0.opset) } ?? .tensorFlow
        if let onnx = file as? ONNXFile, onnx.opset < 7 {
            throw ImportError.input(file: file.name, reason: "the file uses version \(onnx.opset) of ONNX's operators; 7 and later are supported")
        }
        let (input, order) = try Self.input(of: file, size: inputSize, isTensorFlow ? .channelsLast : .channelsFirst)
        let known = KnownGraph(file)
        let wanted = outputs.isEmpty ? (file.outputs.isEmpty ? file.sinks(of: input.name) : file.outputs) : outputs
        guard !wanted.isEmpty else { throw ImportError.output(file: file.name, reason: "nothing is computed from the input '\(input.name)'") }

        var importer = NetworkImporter(file, table)
        let normalization = normalization ?? known?.normalization ?? .range(0...1)
        let ends = try importer.run(input: input, order: order, normalization: normalization, outputs: wanted)
        let names = ImportedNames(importer.drafts, keepsNames: isTensorFlow)
        graph = try Self.graph(importer.drafts, names.names)

        let end = Self.mainOutput(ends, importer.drafts, isTensorFlow: isTensorFlow)
        let (logits, probabilities) = Self.head(end, importer.drafts)
        guard let output = graph.index(of: names.names[end]) else { throw GraphError.unknownNode(names.names[end]) }
        var channels = [Int](repeating: 0, count: graph.nodes.count)
        for (name, draft) in zip(names.names, importer.drafts) { graph.index(of: name).map { channels[$0] = draft.shape.channels } }
        details = ModelDescription(
            name: Self.modelName(file), architecture: known?.architecture ?? "", inputSize: order.height, classes: classes,
            layers: graph.canonicalLayers(to: output, channels: channels), logitsLayer: logits.map { names.names[$0] },
            probabilitiesLayer: probabilities.map { names.names[$0] },
            aliases: names.aliases.filter { [graph] in graph.index(of: $0.key) == nil })
    }

    /// The images of the network.
    private static func input(
        of file: any NetworkFile, size: Int?, _ layout: AxisOrder.Layout
    ) throws -> (FileInput, AxisOrder) {
        func failure(_ reason: String) -> ImportError { .input(file: file.name, reason: reason) }
        let images = file.inputs.count > 1 ? file.inputs.filter { $0.shape?.count == 4 } : file.inputs
        guard images.count == 1, let input = images.first else {
            let names = file.inputs.prefix(8).map { "'\($0.name)'" }.joined(separator: ", ")
            throw failure(file.inputs.isEmpty ? "the network has no input" : "the network has the inputs \(names); one with four axes is expected")
        }
        let shape = input.shape ?? [nil, nil, nil, nil]
        guard shape.count == 4 else { throw failure("the input '\(input.name)' has the shape \(text(shape)); images have four axes") }
        // Whoever converts TensorFlow's networks to ONNX keeps the channels last.
        let isLast = layout == .channelsLast || (shape[1].map { $0 > 4 } ?? false) && (shape[3].map { $0 <= 4 } ?? false)
        let (height, width) = isLast ? (shape[1], shape[2]) : (shape[2], shape[3])
        let channels = (isLast ? shape[3] : shape[1]) ?? 3
        // InceptionV1's file does not say its size.
        let chosen = size ?? height ?? width ?? KnownGraph(file)?.inputSize
        guard let side = chosen else {
            throw failure("the file does not say how large the images of '\(input.name)' are; say it: inputSize: 224")
        }
        guard size != nil || (height ?? side) == side && (width ?? side) == side else {
            throw failure("the images of '\(input.name)' are \(height ?? 0)x\(width ?? 0); only square ones are supported: inputSize: ...")
        }
        guard (1...Model.imageLimit).contains(side), (1...NetworkImporter.channelLimit).contains(channels) else {
            throw failure("the input '\(input.name)' has the shape \(text(shape)); images have 1 to \(Model.imageLimit) rows and columns")
        }
        // The batch is 1 where it is open: then no reshape can mistake it for something else.
        let batch = shape[0].map { min(max($0, 1), 4096) } ?? 1
        return (input, AxisOrder(isLast ? .channelsLast : .channelsFirst, batch: batch, channels: channels, height: side, width: side))
    }

    private static func text(_ shape: [Int?]) -> String { "[" + shape.map { $0.map(String.init) ?? "?" }.joined(separator: ", ") + "]" }

    private static func modelName(_ file: any NetworkFile) -> String {
        let last = file.name.split(separator: "/").last ?? "network"
        return last.lastIndex(of: ".").map { String(last[..<$0]) } ?? String(last)
    }

    /// The nodes with their names, and in front of every concatenation of ReLUs the same before the ReLUs (`mixed3a_pre_relu`), as Lucid
    /// has them.
    private static func graph(_ drafts: [NetworkImporter.Draft], _ names: [String]) throws -> Graph {
        var nodes: [Graph.Node] = []
        let taken = Set(names)
        func isRectifier(_ index: Int) -> Bool {
            if case .layer(let layer) = drafts[index].operation { layer is ReLU || layer is ReLU6 } else { false }
        }
        for (name, draft) in zip(names, drafts) {
            if case .concatenation = draft.operation, draft.inputs.allSatisfy(isRectifier), !taken.contains(name + "_pre_relu") {
                nodes.append(.init(name + "_pre_relu", .concatenation, inputs: draft.inputs.map { names[drafts[$0].inputs[0]] }))
            }
            nodes.append(.init(name, draft.operation, inputs: draft.inputs.map { names[$0] }))
        }
        return try Graph(nodes: nodes)
    }

    /// The first output that an ONNX model declares; of a graph, the one behind the most layers.
    private static func mainOutput(_ ends: [Int], _ drafts: [NetworkImporter.Draft], isTensorFlow: Bool) -> Int {
        guard isTensorFlow else { return ends[0] }
        var depths = [Int](repeating: 0, count: drafts.count)
        for (index, draft) in drafts.enumerated() { depths[index] = (draft.inputs.map { depths[$0] }.max() ?? -1) + 1 }
        return ends.max { depths[$0] < depths[$1] } ?? 0
    }

    /// The node before the softmax, and the softmax: where the output is one vector for an image.
    private static func head(_ end: Int, _ drafts: [NetworkImporter.Draft]) -> (logits: Int?, probabilities: Int?) {
        guard !drafts[end].shape.isSpatial else { return (nil, nil) }
        if case .layer(let layer) = drafts[end].operation, layer is Softmax { return (drafts[end].inputs[0], end) }
        return (end, nil)
    }
}
