import Tensors

/// A unit whose weights somebody set instead of training: the last of the seven arguments of "Zoom In", and what the artificial
/// artificial neural network of "Curve Circuits" is made of.
///
///     let unit = HandwrittenUnit(channel: 17, kernel: kernel, bias: -0.2)
///     let model = try model.swappingIn([unit], in: "mixed3b", reading: "mixed3a")
public struct HandwrittenUnit: Sendable {
    /// The channel of the layer whose place it takes.
    public let channel: Int
    /// `[height, width, in channel]`, height and width odd: what it makes of the units around it, row 0 at the top.
    public let kernel: Tensor
    public let bias: Float

    public init(channel: Int, kernel: Tensor, bias: Float = 0) {
        (self.channel, self.kernel, self.bias) = (channel, kernel, bias)
    }

    /// The same unit with all of its activations multiplied by a factor of 0 or more.
    public func scaled(by factor: Float) -> HandwrittenUnit {
        HandwrittenUnit(channel: channel, kernel: kernel * factor, bias: bias * factor)
    }
}

extension Model {
    /// The same network with some channels of a layer replaced by units with weights of their own.
    ///
    /// A layer that is one convolution of what the units read gets their weights. Of other layers, such as blocks with branches, the
    /// channels are taken from a convolution (and a ReLU) beside the layer; the layer's name stands for the changed activations from
    /// there on.
    ///
    /// - Parameters:
    ///   - units: at most one per channel.
    ///   - layer: with positions.
    ///   - source: what the units read: an earlier layer on the same grid, or the one that the layer's own convolution reads.
    /// - Throws: ``ModelError`` for unknown layers and channels and layers that are not comparable, ``HandwrittenUnitError``,
    ///   ``LayerError``.
    public func swappingIn(_ units: [HandwrittenUnit], in layer: String, reading source: String) throws -> Model {
        let (start, end) = (try node(source), try node(layer))
        guard start != end, graph.descendants(of: [start])[end] else { throw ModelError.noPath(from: source, to: layer) }
        let (inputs, outputs) = (try channels(of: source), try channels(of: layer))
        var seen = Set<Int>()
        for unit in units {
            guard (0..<outputs).contains(unit.channel) else {
                throw ModelError.channelOutOfRange(unit.channel, layer: layer, channels: outputs)
            }
            guard seen.insert(unit.channel).inserted else { throw HandwrittenUnitError.twice(channel: unit.channel, layer: layer) }
            let shape = unit.kernel.shape
            guard shape.count == 3, shape[2] == inputs, shape[0] % 2 == 1, shape[1] % 2 == 1 else {
                throw HandwrittenUnitError.kernelShape(shape, channel: unit.channel, source: source, channels: inputs)
            }
            guard unit.bias.isFinite, unit.kernel.firstNonFinite == nil else { throw HandwrittenUnitError.notFinite(channel: unit.channel) }
        }
        guard !units.isEmpty else { return self }
        if let replaced = try replacingColumns(units, of: layer, reading: start) { return replaced }
        return try splicing(units, into: end, reading: start, inputs: inputs, outputs: outputs)
    }

    /// The layer's own convolution with other weights for the units; nil when it is no convolution of the source that is large enough.
    private func replacingColumns(_ units: [HandwrittenUnit], of layer: String, reading source: Int) throws -> Model? {
        var index = try node(layer)
        while case .layer(let behind) = graph.nodes[index].operation, behind is ReLU || behind is ReLU6 { index = graph.inputs[index][0] }
        guard case .layer(let operation) = graph.nodes[index].operation, let convolution = operation as? Convolution,
            graph.inputs[index] == [source], convolution.groups == 1, convolution.dilation == 1
        else { return nil }
        let shape = convolution.weights.shape
        guard units.allSatisfy({ $0.kernel.shape[0] <= shape[0] && $0.kernel.shape[1] <= shape[1] }), shape[0] % 2 == 1, shape[1] % 2 == 1
        else { return nil }
        var (weights, bias) = (convolution.weights, convolution.bias)
        for unit in units {
            Self.write(unit.kernel, into: &weights, output: unit.channel)
            bias[unit.channel] = unit.bias
        }
        return with(graph: try graph.replacing(graph.nodes[index].name, with: try convolution.replacing(weights: weights, bias: bias)))
    }

    /// A convolution of the source beside the layer, and behind both a choice of channels.
    private func splicing(_ units: [HandwrittenUnit], into end: Int, reading start: Int, inputs: Int, outputs: Int) throws -> Model {
        let layer = graph.nodes[end].name, source = graph.nodes[start].name
        let from = try shape(of: source, imageHeight: inputSize, imageWidth: inputSize)
        let to = try shape(of: layer, imageHeight: inputSize, imageWidth: inputSize)
        guard from.isSpatial, to.isSpatial, (from.height, from.width) == (to.height, to.width) else {
            throw HandwrittenUnitError.otherGrid(source: source, sourceShape: from.description, layer: layer, shape: to.description)
        }
        let (height, width) = (units.map { $0.kernel.shape[0] }.max() ?? 1, units.map { $0.kernel.shape[1] }.max() ?? 1)
        var weights = Tensor(zeros: [height, width, inputs, units.count]), bias = Tensor(zeros: [units.count])
        var chosen = Array(0..<outputs)
        for (index, unit) in units.enumerated() {
            Self.write(unit.kernel, into: &weights, output: index)
            bias[index] = unit.bias
            chosen[unit.channel] = outputs + index
        }
        var suffix = "", number = 1
        while graph[layer + "_unedited" + suffix] != nil || graph[layer + "_handwritten" + suffix] != nil {
            number += 1
            suffix = "\(number)"
        }
        let (old, new) = (layer + "_unedited" + suffix, layer + "_handwritten" + suffix)
        var nodes = graph.nodes
        nodes[end] = Graph.Node(old, nodes[end].operation, inputs: nodes[end].inputs)
        var added = [Graph.Node(new + "_pre_relu", .layer(try Convolution(weights: weights, bias: bias)), inputs: [source])]
        // What comes before a ReLU is replaced by what comes before a ReLU.
        let isRectified = !layer.hasSuffix("_pre_relu")
        if isRectified { added.append(Graph.Node(new, .layer(ReLU()), inputs: [new + "_pre_relu"])) }
        added.append(Graph.Node(old + "_and_handwritten", .concatenation, inputs: [old, isRectified ? new : new + "_pre_relu"]))
        added.append(
            Graph.Node(layer, .layer(ChosenChannels(chosen, of: outputs + units.count)), inputs: [old + "_and_handwritten"]))
        nodes.insert(contentsOf: added, at: end + 1)
        return with(graph: try Graph(nodes: nodes))
    }

    /// Puts a kernel `[height, width, in]` into the middle of one output of weights `[height, width, in, out]`, zeros around it.
    private static func write(_ kernel: Tensor, into weights: inout Tensor, output: Int) {
        let shape = weights.shape
        let top = (shape[0] - kernel.shape[0]) / 2, left = (shape[1] - kernel.shape[1]) / 2
        for y in 0..<shape[0] {
            for x in 0..<shape[1] {
                let (row, column) = (y - top, x - left)
                let isInside = (0..<kernel.shape[0]).contains(row) && (0..<kernel.shape[1]).contains(column)
                for input in 0..<shape[2] { weights[y, x, input, output] = isInside ? kernel[row, column, input] : 0 }
            }
        }
    }
}

/// Why a unit cannot be swapped in.
public enum HandwrittenUnitError: Error, Equatable, CustomStringConvertible {
    case twice(channel: Int, layer: String)
    case kernelShape([Int], channel: Int, source: String, channels: Int)
    case notFinite(channel: Int)
    case otherGrid(source: String, sourceShape: String, layer: String, shape: String)

    public var description: String {
        switch self {
        case .twice(let channel, let layer): "channel \(channel) of \(layer) is written twice; give one unit per channel"
        case .kernelShape(let shape, let channel, let source, let channels):
            "the kernel for channel \(channel) has the shape \(shape); units that read \(source) take [height, width, \(channels)] with an "
                + "odd height and width"
        case .notFinite(let channel): "the weights for channel \(channel) are not all finite numbers"
        case .otherGrid(let source, let sourceShape, let layer, let shape):
            "\(source) \(sourceShape) and \(layer) \(shape) do not lie on the same grid; let the units read a layer on the grid of "
                + "\(layer), such as the pooling before it"
        }
    }
}
