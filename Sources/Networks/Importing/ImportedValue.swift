import Tensors
import WeightFiles

/// What a value of a network file is while the network is being imported.
enum ImportedValue {
    case constant(ImportedConstant)
    case activation(ImportedActivation)
    case channel(ImportedChannel)
    case energy(ChannelEnergy)
    case group(ImportedGroup)
}

/// The activations of a node.
struct ImportedActivation {
    /// Its place among the drafts.
    var node: Int
    var order: AxisOrder
    /// Whether the activations are vectors, in ``Flatten``'s order.
    var isFlat: Bool
    /// A padding that the next convolution or pooling takes over.
    var padding: PendingPadding?
    /// Whether somebody else reads the value, so that it must stay what it is.
    var isShared = false

    /// The length of the activations' last axis.
    var width: Int { isFlat ? order.features : order.channels }
}

struct PendingPadding {
    var top = 0, bottom = 0, left = 0, right = 0
    /// Zero, or minus infinity for maxima.
    var value: Float = 0
}

/// One channel of an activation, scaled and shifted: a step of an input normalization that goes channel by channel (googlenet's
/// `transform_input`).
struct ImportedChannel {
    let source: ImportedActivation
    let channel: Int
    var scale: Float = 1, shift: Float = 0
    /// Without the channels.
    var order: AxisOrder
}

/// One of several equal parts of an activation's channels, on the way to a convolution with groups, which older TensorFlow writes as
/// one convolution for every part.
struct ImportedGroup {
    struct Convolution {
        let weights: Tensor
        let stride, dilation: (rows: Int, columns: Int)
        let padding: Padding
    }

    let source: ImportedActivation
    let index, count: Int
    /// What has been applied to the part.
    var convolution: Convolution?
}

/// The mean of squares over neighbouring channels, step by step: how PyTorch writes the denominator of its local response normalization,
/// `(bias + scale * mean) ^ power`.
struct ChannelEnergy {
    let source: ImportedActivation
    var order: AxisOrder
    /// Channels of zeros around the source.
    var before = 0, after = 0
    var window: Int?
    var scale: Float = 1, bias: Float?, power: Float?
}

/// A constant of the file, or one that follows from others. Numbers of the file are read when they are needed.
struct ImportedConstant {
    enum Content {
        case stored(String)
        case integers([Int])
        case floats(Tensor)
    }

    /// Constants with more elements are weights, and take part in no arithmetic.
    static let foldingLimit = 65_536

    let shape: [Int]
    let content: Content
    let isInteger: Bool
    var count: Int { shape.reduce(1, *) }
    var isSmall: Bool { count <= Self.foldingLimit }

    init(stored name: String, in file: any NetworkFile) {
        (shape, content, isInteger) = (file.shape(of: name) ?? [], .stored(name), file.holdsIntegers(name))
    }

    init(_ integers: [Int], shape: [Int]? = nil) { (self.shape, content, isInteger) = (shape ?? [integers.count], .integers(integers), true) }
    init(_ floats: Tensor) { (shape, content, isInteger) = (floats.shape, .floats(floats), false) }

    /// What the file calls it.
    var name: String? { if case .stored(let name) = content { name } else { nil } }

    func floats(in file: any NetworkFile) throws -> Tensor {
        switch content {
        case .stored(let name): try file.tensor(name)
        case .integers(let values): Tensor(shape: shape, scalars: values.map { Float($0) })
        case .floats(let tensor): tensor
        }
    }

    func integers(in file: any NetworkFile) throws -> [Int] {
        switch content {
        case .stored(let name): return try file.integers(name)
        case .integers(let values): return values
        case .floats(let tensor):
            return try tensor.scalars.map {
                guard let whole = Int(exactly: $0) else { throw AxisOrder.Failure(reason: "needs whole numbers, not \($0)") }
                return whole
            }
        }
    }

    func reshaped(_ shape: [Int], in file: any NetworkFile) throws -> ImportedConstant {
        isInteger ? ImportedConstant(try integers(in: file), shape: shape) : ImportedConstant(try floats(in: file).reshaped(shape))
    }
}
