import Networks
import Tensors

/// A rule that writes the weights of a unit, for a handwritten reimplementation (the seventh argument of "Zoom In"; "Curve Circuits" writes
/// a whole network so).
///
///     let lines = FeatureFamily(try model["mixed3a"].lineDetectors(), parameter: "orientation", period: 180)!
///     let rule = WeightRule.stroke(.arc(radius: 4.5, orientation: 45), from: [lines])
///     try model["mixed3b"][33].reimplemented(by: rule)
public struct WeightRule: Sendable, CustomStringConvertible {
    /// The rule in words.
    public let description: String
    private let make: @Sendable (Feature) throws -> (source: String, unit: HandwrittenUnit)

    /// The weights along a stroke: units of families of an earlier layer, each where its orientation fits the stroke.
    ///
    /// By default with the numbers that fit the published weights of *Curve Circuits*: a Gaussian ridge of 0.64 positions, and one tenth of
    /// its height against beside it. The opposition is not theirs (they have none, and fit best without) but that of trained units: with
    /// 0.5 the curve detectors of `mini-inception` written by hand answer to the opposite curve as much as the trained ones do.
    /// Positive weights add up to 1; `balance` of that is then taken evenly off all weights, since what excites everywhere and in all
    /// orientations at once is no stroke.
    ///
    /// - Parameters:
    ///   - families: of one layer, each member with its orientation as the value; a period of 180 for lines, 360 for curves.
    ///   - size: rows and columns of the kernel, odd.
    ///   - deviation: of the ridge, in positions of the layer that is read.
    ///   - inhibition: beside the ridge, as a share of its height.
    ///   - opposition: along the mirrored arc, the curve of the opposite curvature through the same place, as a share of the ridge's
    ///     height: what fits that one inhibits.
    ///   - tolerance: the standard deviation of the fit of orientations, in degrees.
    ///   - bias: of the unit.
    public static func stroke(
        _ stroke: StrokeTemplate, from families: [FeatureFamily], size: Int = 5, deviation: Double = 0.64, inhibition: Double = 0.1,
        opposition: Double = 0.5, tolerance: Double = 22, balance: Double = 0.25, bias: Float = 0
    ) -> WeightRule {
        WeightRule("\(families.map(\.name).joined(separator: " and ")) along \(stroke)") { feature in
            guard let first = families.first else { throw WeightRuleError.noFamily }
            let source = first.layer.name
            for (name, value, holds) in [
                ("deviation", deviation, deviation > 0), ("tolerance", tolerance, tolerance > 0), ("inhibition", inhibition, true),
                ("opposition", opposition, true),
                ("balance", balance, true), ("size", Double(size), (1...31).contains(size) && size % 2 == 1),
            ] where !(holds && value.isFinite) {
                throw WeightRuleError.parameter(name, value: value)
            }
            guard stroke.isFinite else { throw WeightRuleError.stroke(stroke.description) }
            let channels = try feature.model.channels(of: source)
            var kernel = Tensor(zeros: [size, size, channels])
            var touched = Set<Int>()
            let middle = Double(size / 2)
            for family in families {
                guard family.layer.name == source else {
                    throw WeightRuleError.otherLayer(family.name, layer: family.layer.name, first: source)
                }
                for member in family.members {
                    guard let value = member.value else { throw FamilyError.noValues(family: family.name) }
                    // A family may come from another model of the same shape, such as the one before an edit.
                    try feature.model[source].direction(member.feature.weights).validate()
                    for y in 0..<size {
                        for x in 0..<size {
                            let weight = stroke.weight(
                                x: Double(x) - middle, y: Double(y) - middle, preferred: value, period: family.period ?? 360,
                                deviation: deviation, inhibition: inhibition, opposition: opposition, tolerance: tolerance)
                            for (channel, share) in member.feature.weights { kernel[y, x, channel] += Float(weight) * share }
                        }
                    }
                    touched.formUnion(member.feature.weights.keys)
                }
            }
            let positive = kernel.scalars.reduce(0.0) { $0 + Double(max($1, 0)) }
            guard positive > 0 else { throw WeightRuleError.nothingFits(stroke.description) }
            let even = Float(balance / Double(size * size * touched.count))
            for y in 0..<size {
                for x in 0..<size {
                    for channel in touched { kernel[y, x, channel] = kernel[y, x, channel] / Float(positive) - even }
                }
            }
            return (feature.model.pooledGrid(of: source, before: feature.layer), try feature.handwritten(kernel, bias: bias))
        }
    }

    /// The unit's own expanded weights from an earlier layer, and its bias: what is lost by reading the weights through every step between
    /// as if it were linear. Of a single convolution nothing is.
    /// - Parameter layer: the earlier layer; the one before by default.
    public static func copied(from layer: String? = nil) -> WeightRule {
        WeightRule("its own expanded weights") { feature in
            guard let channel = feature.channel else { throw WeightRuleError.notAChannel(feature.description) }
            let source = feature.model.pooledGrid(of: try layer ?? feature.layerBefore(), before: feature.layer)
            let kernel = try feature.model.expandedWeights(from: source, to: feature.layer, channel: channel)
            return (source, try feature.handwritten(kernel, bias: try feature.ownBias()))
        }
    }

    /// No weights at all: the unit is silent, as when it is ablated.
    public static let zero = WeightRule("zeros") { feature in
        let source = feature.model.pooledGrid(of: try feature.layerBefore(), before: feature.layer)
        return (source, try feature.handwritten(Tensor(zeros: [1, 1, try feature.model.channels(of: source)]), bias: 0))
    }

    /// Any rule.
    /// - Parameters:
    ///   - layer: what is read; behind a max-pool, the pooled grid.
    ///   - size: rows and columns of the kernel, odd.
    ///   - weight: of a channel at a position, `x` to the right and `y` downwards from the middle.
    public static func weights(
        _ description: String, from layer: String, size: Int, bias: Float = 0,
        _ weight: @escaping @Sendable (_ x: Int, _ y: Int, _ channel: Int) -> Float
    ) -> WeightRule {
        WeightRule(description) { feature in
            guard (1...31).contains(size), size % 2 == 1 else { throw WeightRuleError.parameter("size", value: Double(size)) }
            let channels = try feature.model.channels(of: layer), middle = size / 2
            var scalars: [Float] = []
            scalars.reserveCapacity(size * size * channels)
            for y in 0..<size {
                for x in 0..<size { for channel in 0..<channels { scalars.append(weight(x - middle, y - middle, channel)) } }
            }
            let kernel = Tensor(shape: [size, size, channels], scalars: scalars)
            return (feature.model.pooledGrid(of: layer, before: feature.layer), try feature.handwritten(kernel, bias: bias))
        }
    }

    private init(_ description: String, _ make: @escaping @Sendable (Feature) throws -> (source: String, unit: HandwrittenUnit)) {
        (self.description, self.make) = (description, make)
    }

    /// The unit that the rule writes in place of a channel, and the layer that it reads.
    /// - Throws: ``WeightRuleError``, ``FamilyError``, ``ModelError``.
    public func unit(for feature: Feature) throws -> (source: String, unit: HandwrittenUnit) {
        try feature.validate()
        return try make(feature)
    }
}

extension Feature {
    fileprivate func handwritten(_ kernel: Tensor, bias: Float) throws -> HandwrittenUnit {
        guard let channel else { throw WeightRuleError.notAChannel(description) }
        return HandwrittenUnit(channel: channel, kernel: kernel, bias: bias)
    }

    /// The bias of the channel: of its convolution, or of that of its branch; 0 where there is none.
    fileprivate func ownBias() throws -> Float {
        guard let channel else { throw WeightRuleError.notAChannel(description) }
        if let bias = try? model.bias(of: layer), channel < bias.count { return bias[channel] }
        guard let branch = model.summary(of: layer)?.branches.first(where: { $0.channels.contains(channel) }),
            let bias = try? model.bias(of: "\(layer)_\(branch.name)"), channel - branch.channels.lowerBound < bias.count
        else { return 0 }
        return bias[channel - branch.channels.lowerBound]
    }
}

/// Why a rule writes no weights.
public enum WeightRuleError: Error, Equatable, CustomStringConvertible {
    case noFamily
    case parameter(String, value: Double)
    case stroke(String)
    case otherLayer(String, layer: String, first: String)
    case nothingFits(String)
    case notAChannel(String)
    case otherSource(String, first: String)

    public var description: String {
        switch self {
        case .noFamily: "a stroke needs at least one family of units to follow it"
        case .parameter("size", let value): "the size of a kernel is odd and from 1 to 31, not \(value.short)"
        case .parameter(let name, let value): "the \(name) of a rule is a positive number, not \(value)"
        case .stroke(let stroke): "\(stroke) cannot be drawn: radius and orientation are finite numbers, the radius more than 0"
        case .otherLayer(let family, let layer, let first):
            "the family '\(family)' is of \(layer), the first one of \(first); a unit reads one layer"
        case .nothingFits(let stroke): "no member of the families fits \(stroke) anywhere; widen the tolerance, or add members"
        case .notAChannel(let feature): "\(feature) is no single channel; only channels have a place in which weights can be swapped"
        case .otherSource(let source, let first):
            "one of the units reads \(source), another one \(first); units that are swapped in together read one layer"
        }
    }
}
