import RichDisplay

/// What a model could not do, and what would work.
public enum ModelError: Error, CustomStringConvertible, Equatable, Sendable {
    case unknownModel(String, suggestion: String?, known: [String])
    case unknownLayer(String, model: String, suggestion: String?, layers: [String])
    case noWeights(layer: String, model: String)
    case channelOutOfRange(Int, layer: String, channels: Int)
    case emptyDirection(layer: String)
    case positionOutOfRange(x: Int, y: Int, layer: String, width: Int, height: Int)
    case imageShape([Int], channels: Int = 3)
    case imageValue(Float, index: [Int])
    case imageSize(height: Int, width: Int, layer: String, expected: Int)
    case imageTooLarge([Int], limit: Int)
    case labelCount(labels: Int, images: Int)
    case labelOutOfRange(Int, classes: Int)
    case noPath(from: String, to: String)
    case notSpatial(layer: String)
    case gradientShape(layer: String, expected: [Int], found: [Int])
    case gradientOfOtherLayer(String, layers: [String])
    case memory(needed: Int, available: Int)
    case weightShape(layer: String, expected: [Int], found: [Int])
    case noHead(model: String)
    case details(model: String, reason: String)

    public var description: String {
        switch self {
        case .unknownModel(let name, let suggestion, let known):
            "there is no model '\(name)'" + (suggestion.map { "; did you mean '\($0)'?" } ?? ".")
                + " There are \(known.joined(separator: ", ")). The path or the address of a weight file works too"
        case .unknownLayer(let name, let model, let suggestion, let layers):
            "\(model) has no layer '\(name)'" + (suggestion.map { "; did you mean '\($0)'?" } ?? "")
                + " Its layers are \(layers.joined(separator: ", ")); the nodes of model.graph, such as branches and what comes before a "
                + "ReLU, have names too"
        case .noWeights(let layer, let model):
            "'\(layer)' of \(model) has no weights of its own; convolutions and dense layers have, such as the branches of a block"
        case .channelOutOfRange(let channel, let layer, let channels):
            "\(layer) has the channels 0 to \(channels - 1), no channel \(channel)"
        case .emptyDirection(let layer): "a direction in \(layer) needs at least one channel with a finite weight other than zero"
        case .positionOutOfRange(let x, let y, let layer, let width, let height):
            "\(layer) has \(width)x\(height) positions here, none at x \(x), y \(y)"
        case .imageShape(let shape, let channels):
            "images have the shape [height, width, \(channels)] or [batch, height, width, \(channels)] with values in 0...1, not \(shape)"
        case .imageValue(let value, let index): "the image holds \(value) at \(index); images are finite numbers in 0...1"
        case .imageSize(let height, let width, let layer, let expected):
            "\(layer) has no positions any more and needs images of \(expected)x\(expected), not \(height)x\(width) (height x width)"
        case .imageTooLarge(let shape, let limit): "images of shape \(shape) are too large; height and width reach to \(limit)"
        case .labelCount(let labels, let images): "\(labels) labels for \(images) images"
        case .labelOutOfRange(let label, let classes): "the label \(label) is none of the \(classes) classes 0 to \(classes - 1)"
        case .noPath(let from, let to): "\(to) does not depend on \(from); name the earlier layer first"
        case .notSpatial(let layer): "\(layer) has no positions; name a layer before the global pooling"
        case .gradientShape(let layer, let expected, let found):
            "the objective's gradient at \(layer) has the shape \(found), the activations have \(expected)"
        case .gradientOfOtherLayer(let layer, let layers):
            "the objective returned a gradient at '\(layer)', but was asked for \(layers.joined(separator: ", "))"
        case .memory(let needed, let available):
            "the network needs \(ProcessMemory.text(needed)) for this, and \(ProcessMemory.text(available)) are free; take smaller images, fewer "
                + "at once or an earlier layer"
        case .weightShape(let layer, let expected, let found):
            "the weights of \(layer) have the shape \(expected), not \(found)"
        case .noHead(let model): "\(model) has no layer of logits, so it has no classes; look at its other layers"
        case .details(let model, let reason): "\(model): \(reason)"
        }
    }
}
