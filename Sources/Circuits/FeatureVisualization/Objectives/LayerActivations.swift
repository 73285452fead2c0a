import Networks
import Tensors

/// The activations of one layer as an objective sees them: the entries of the batch that count, as rows of channels.
struct LayerActivations {
    let layer: String
    let tensor: Tensor
    let entries: Range<Int>
    let height: Int
    let width: Int
    let channels: Int
    private let isSingle: Bool

    init(_ layer: String, in input: Objective.Input, for objective: String) throws(ObjectiveError) {
        guard let tensor = input.activations[layer] else { throw ObjectiveError.missingLayer(layer, objective: objective) }
        let shape = tensor.shape
        guard shape.count == 4 || shape.count == 2, tensor.count > 0 else { throw ObjectiveError.shape(shape, layer: layer) }
        self.layer = layer
        self.tensor = tensor
        (height, width) = shape.count == 4 ? (shape[1], shape[2]) : (1, 1)
        channels = shape[shape.count - 1]
        isSingle = input.single.contains(layer)
        entries = input.entries ?? 0..<shape[0]
        guard entries.lowerBound >= 0, entries.upperBound <= shape[0] else {
            throw ObjectiveError.outOfRange("image", index: entries.lowerBound, count: shape[0], layer: layer)
        }
    }

    /// Positions of one entry.
    var positions: Int { height * width }
    /// The scalars of the entries that count.
    var range: Range<Int> { entries.lowerBound * positions * channels..<entries.upperBound * positions * channels }
    /// The rows (one per entry and position) of the entries that count.
    var rows: Range<Int> { entries.lowerBound * positions..<entries.upperBound * positions }

    /// The rows at one position of every entry that counts; the middle by default, Lucid's `shape // 2`.
    func rows(at position: Feature.Position?) throws(ObjectiveError) -> [Int] {
        if isSingle { return Array(entries) }
        let row = position?.y ?? height / 2
        let column = position?.x ?? width / 2
        guard row >= 0, row < height else { throw ObjectiveError.outOfRange("row", index: row, count: height, layer: layer) }
        guard column >= 0, column < width else {
            throw ObjectiveError.outOfRange("column", index: column, count: width, layer: layer)
        }
        return entries.map { $0 * positions + row * width + column }
    }

    func check(channel: Int) throws(ObjectiveError) {
        guard channel >= 0, channel < channels else {
            throw ObjectiveError.outOfRange("channel", index: channel, count: channels, layer: layer)
        }
    }
}

extension Objective {
    /// An objective of one layer: `evaluate` gives the value, and a closure that adds `weight` times the gradient to a buffer
    /// as large as the layer's whole activations.
    /// - Parameters:
    ///   - values: everything besides the layer that the formula depends on, for ``identity``.
    ///   - kind: the formula: the name of the function that has it.
    static func onLayer(
        _ layer: String, _ description: String, positions: Positions = .all, values: [Any], kind: String = #function,
        evaluate: @escaping @Sendable (LayerActivations) throws(ObjectiveError)
            -> (value: Float, addGradient: (Float, UnsafeMutableBufferPointer<Float>) -> Void)
    ) -> Objective {
        Objective(
            description, layers: [layer], positions: positions == .all ? [:] : [layer: positions],
            identity: ([kind, layer] + values.map { "\($0)" }).joined(separator: " ")
        ) { input throws(ObjectiveError) in
            let (value, addGradient) = try evaluate(try LayerActivations(layer, in: input, for: description))
            return Outcome(value: value) { weight, gradients in
                gradients[layer]?.withUnsafeMutableScalars { addGradient(weight, $0) }
            }
        }
    }
}
