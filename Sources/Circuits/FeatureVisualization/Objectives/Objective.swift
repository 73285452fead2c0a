import Networks
import Tensors

/// What a picture is optimized for: a number computed from a network's activations, with its gradient and a description.
///
///     Objective.channel("mixed3b", 17)
///     Objective.neuron("mixed3b", 17) + 0.5 * .channel("mixed4a", 3)
///     Objective.channel("mixed3b", 17) - 0.05 * .l1(Objective.images, from: 0.5)
///
/// Objectives are maximized; they add, subtract and multiply. The names and formulas are Lucid's (`optvis/objectives.py`).
public struct Objective: Sendable, CustomStringConvertible {
    /// The layer name that stands for the untransformed images themselves, values 0...1.
    public static let images = "input"

    /// What is maximized, for captions.
    public let description: String
    /// The layers whose activations it needs; ``images`` may be among them.
    public let layers: Set<String>
    /// The positions that are looked at, of layers of which not all are: the network computes no more than these need.
    let positions: [String: Positions]
    /// Whether the description is a sum, which takes brackets when it becomes part of a product.
    private let isSum: Bool
    /// A text that two objectives share only if they compute the same; nil where that is not known, of functions of a user's own.
    let identity: String?

    /// A value, and how to add `weight` times its gradient to the gradients of the layers.
    struct Outcome {
        let value: Float
        let addGradient: (_ weight: Float, inout [String: Tensor]) -> Void
    }

    /// The activations of the layers, and which entries of the batch count.
    struct Input {
        let activations: [String: Tensor]
        let entries: Range<Int>?
        /// Layers of which the activations are those at the objective's one position alone.
        var single: Set<String> = []
    }

    let evaluation: @Sendable (Input) throws(ObjectiveError) -> Outcome

    init(
        _ description: String, layers: Set<String>, positions: [String: Positions] = [:], isSum: Bool = false, identity: String?,
        evaluation: @escaping @Sendable (Input) throws(ObjectiveError) -> Outcome
    ) {
        (self.description, self.layers, self.isSum, self.evaluation) = (description, layers, isSum, evaluation)
        (self.positions, self.identity) = (positions, identity)
    }

    /// The identity of what is made of other objectives; nil when one of them has none.
    static func identity(_ kind: String, of parts: [Objective]) -> String? {
        let known = parts.compactMap(\.identity)
        return known.count == parts.count ? "\(kind)(\(known.joined(separator: ", ")))" : nil
    }

    /// The positions that several objectives look at: of a layer one, if that is the same for all of them that look at the layer.
    static func positions(of objectives: [Objective]) -> [String: Positions] {
        var all: [String: Positions] = [:]
        for objective in objectives {
            for layer in objective.layers {
                let own = objective.positions[layer] ?? .all
                all[layer] = all[layer].map { $0 == own ? own : .all } ?? own
            }
        }
        return all.filter { $0.value != .all }
    }

    /// The positions of every layer of the network that objectives look at.
    static func positionsOfLayers(_ objectives: [Objective]) -> [String: Positions] {
        let partial = positions(of: objectives)
        let layers = objectives.reduce(into: Set<String>()) { $0.formUnion($1.layers) }.subtracting([images])
        return Dictionary(uniqueKeysWithValues: layers.map { ($0, partial[$0] ?? .all) })
    }

    /// The value at some activations, and its gradient there, by layer.
    /// - Parameter activations: `[batch, height, width, channel]` or, after a network's head, `[batch, class]`.
    /// - Throws: ``ObjectiveError`` when a layer, channel, position or batch entry does not exist.
    public func evaluate(_ activations: [String: Tensor]) throws(ObjectiveError) -> (value: Float, gradients: [String: Tensor]) {
        var gradients: [String: Tensor] = [:]
        for layer in layers {
            guard let activation = activations[layer] else { throw ObjectiveError.missingLayer(layer, objective: description) }
            gradients[layer] = Tensor(zeros: activation.shape)
        }
        let outcome = try evaluation(Input(activations: activations, entries: nil))
        outcome.addGradient(1, &gradients)
        return (outcome.value, gradients)
    }

    /// The same objective on one image of the batch alone.
    public func entry(_ index: Int) -> Objective {
        Objective(
            "\(description) of image \(index)", layers: layers, positions: positions, identity: Self.identity("entry \(index)", of: [self])
        ) { input throws(ObjectiveError) in
            guard input.entries == nil else { return try evaluation(input) }
            return try evaluation(Input(activations: input.activations, entries: index..<index + 1, single: input.single))
        }
    }

    /// The same objective under another description.
    public func described(as description: String) -> Objective {
        Objective(description, layers: layers, positions: positions, identity: identity, evaluation: evaluation)
    }
}

// MARK: - Algebra

extension Objective {
    /// A number that does not depend on the picture.
    public static func constant(_ value: Float) -> Objective {
        Objective("\(value)", layers: [], identity: "constant \(value)") { _ in Outcome(value: value) { _, _ in } }
    }

    public static func + (a: Objective, b: Objective) -> Objective { sum([a, b]) }

    public static func - (a: Objective, b: Objective) -> Objective {
        let difference = sum([a, -1 * b])
        return Objective(
            "\(a.description) - \(b.asOperand)", layers: difference.layers, positions: difference.positions, isSum: true,
            identity: difference.identity, evaluation: difference.evaluation)
    }

    public static prefix func - (a: Objective) -> Objective { (-1 * a).described(as: "-\(a.asOperand)") }

    public static func * (factor: Float, a: Objective) -> Objective {
        Objective(
            "\(factor) * \(a.asOperand)", layers: a.layers, positions: a.positions, identity: identity("\(factor) times", of: [a])
        ) { input throws(ObjectiveError) in
            let outcome = try a.evaluation(input)
            return Outcome(value: factor * outcome.value) { weight, gradients in
                outcome.addGradient(weight * factor, &gradients)
            }
        }
    }

    public static func * (a: Objective, factor: Float) -> Objective { factor * a }

    public static func * (a: Objective, b: Objective) -> Objective {
        Objective(
            "\(a.asOperand) * \(b.asOperand)", layers: a.layers.union(b.layers), positions: positions(of: [a, b]),
            identity: identity("product", of: [a, b])
        ) { input throws(ObjectiveError) in
            let (first, second) = (try a.evaluation(input), try b.evaluation(input))
            return Outcome(value: first.value * second.value) { weight, gradients in
                first.addGradient(weight * second.value, &gradients)
                second.addGradient(weight * first.value, &gradients)
            }
        }
    }

    /// All of them added up.
    public static func sum(_ terms: [Objective]) -> Objective {
        let layers = terms.reduce(into: Set<String>()) { $0.formUnion($1.layers) }
        let description = terms.map(\.description).joined(separator: " + ")
        return Objective(
            description, layers: layers, positions: positions(of: terms), isSum: terms.count > 1, identity: identity("sum", of: terms)
        ) { input throws(ObjectiveError) in
            var outcomes: [Outcome] = []
            for term in terms { outcomes.append(try term.evaluation(input)) }
            return Outcome(value: outcomes.reduce(0) { $0 + $1.value }) { weight, gradients in
                for outcome in outcomes { outcome.addGradient(weight, &gradients) }
            }
        }
    }

    /// Objectives for a row of pictures that goes from one to another in equal steps; with two channels, Lucid's `channel_interpolate`.
    ///
    ///     let series = Objective.series(from: .channel("mixed4a", 3), to: .channel("mixed4a", 9))
    ///     try model.visualize(series, parametrization: .fourier().shared())
    ///
    /// - Parameter count: how many pictures, the two ends included.
    public static func series(from first: Objective, to last: Objective, count: Int = 5) -> [Objective] {
        (0..<Swift.max(count, 0)).map { index in
            let share = count > 1 ? Float(index) / Float(count - 1) : 0
            return sum([(1 - share) * first, share * last])
        }
    }

    /// The description, in brackets when it is a sum.
    private var asOperand: String { isSum ? "(\(description))" : description }
}

/// An objective that the network it met cannot answer.
public enum ObjectiveError: Error, Equatable, CustomStringConvertible, Sendable {
    /// The activations of a layer were not given.
    case missingLayer(String, objective: String)
    /// A channel, position or batch entry that the layer does not have.
    case outOfRange(String, index: Int, count: Int, layer: String)
    /// A direction with another number of components than the layer has channels.
    case vectorLength(Int, channels: Int, layer: String)
    /// A tensor of directions that is not `[height, width, channel]`.
    case tensorShape([Int], layer: String)
    /// Activations that are neither `[batch, height, width, channel]` nor `[batch, class]`.
    case shape([Int], layer: String)
    /// Activations to compare with that are of another shape than the layer's.
    case otherShape([Int], found: [Int], layer: String)
    /// A class that the model does not know.
    case unknownClass(String, model: String, classes: [String])
    /// A user's own function threw, or its value is not one number.
    case function(String, reason: String)

    public var description: String {
        switch self {
        case .missingLayer(let layer, let objective):
            return "the objective '\(objective)' needs the activations of layer '\(layer)', which were not computed; check the layer's name"
        case .outOfRange(let what, let index, let count, let layer):
            return "\(what) \(index) does not exist in layer '\(layer)': there are \(count), numbered from 0"
        case .vectorLength(let length, let channels, let layer):
            return "a direction of \(length) components does not fit layer '\(layer)', which has \(channels) channels"
        case .tensorShape(let shape, let layer):
            return "directions at the positions of '\(layer)' are a tensor of shape [height, width, channel], not \(shape)"
        case .shape(let shape, let layer):
            return "layer '\(layer)' has activations of shape \(shape); an objective needs [batch, height, width, channel] or [batch, class]"
        case .otherShape(let shape, let found, let layer):
            return "layer '\(layer)' has activations of shape \(found) for each picture, and is compared with \(shape); "
                + "take pictures of the size that those came from, and no transforms that change it"
        case .unknownClass(let name, let model, let classes):
            let few = classes.prefix(40).joined(separator: ", ") + (classes.count > 40 ? ", …" : "")
            return "\(model) has no class '\(name)'; its classes are \(few)"
        case .function(let name, let reason): return "the objective '\(name)' has no value: \(reason)"
        }
    }
}
