import Networks
import Tensors

/// What a pass over a data set looks at: all channels of a layer, or one feature that is a direction or a single neuron.
struct StatisticsTarget: Sendable {
    let layer: Layer
    /// What the network is asked for: the layer before its ReLU, where there is one.
    let node: String
    let isRectified: Bool
    /// Of one feature; nil for all channels.
    let direction: [Int: Float]?
    let position: Feature.Position?
    let units: Int
    /// The positions of the layer that are looked at, in order, and for each the middle of what it sees, in shares of the picture.
    let places: [Feature.Position]
    let centres: [(x: Double, y: Double)]

    /// All channels of a layer.
    /// - Throws: ``ModelError``.
    init(_ layer: Layer) throws {
        try self.init(layer, direction: nil, position: nil, units: layer.channels())
    }

    /// One feature, which is looked at by itself.
    ///
    /// A direction is a weighted sum of activations after the ReLU, and has no ReLU of its own.
    /// - Throws: ``ModelError``.
    init(_ feature: Feature) throws {
        try feature.validate()
        try self.init(
            feature.model[feature.layer], direction: feature.weights, position: feature.position, units: 1, channel: feature.channel)
    }

    private init(_ layer: Layer, direction: [Int: Float]?, position: Feature.Position?, units: Int, channel: Int? = nil) throws {
        let size = layer.model.inputSize, shape = try layer.model.shape(of: layer.name, imageHeight: size, imageWidth: size)
        let before = direction == nil || channel != nil ? layer.linearPart : nil
        (self.layer, node, isRectified) = (layer, before ?? layer.name, before != nil)
        (self.direction, self.position, self.units) = (direction, shape.isSpatial ? position : nil, units)
        guard shape.isSpatial else {
            (places, centres) = ([.init(x: 0, y: 0)], [(0.5, 0.5)])
            return
        }
        let middles = try (0..<max(shape.width, shape.height)).map { index -> (x: Double, y: Double) in
            let field = try layer.model.receptiveField(
                of: layer.name, x: min(index, shape.width - 1), y: min(index, shape.height - 1), imageHeight: size, imageWidth: size)
            func middle(_ range: Range<Int>) -> Double { Double(range.lowerBound + range.upperBound) / 2 / Double(size) }
            return (middle(field.columns), middle(field.rows))
        }
        let all = (0..<shape.height).flatMap { y in (0..<shape.width).map { Feature.Position(x: $0, y: y) } }
        if let position {
            guard all.contains(position) else {
                throw ModelError.positionOutOfRange(
                    x: position.x, y: position.y, layer: layer.name, width: shape.width, height: shape.height)
            }
        }
        places = position.map { [$0] } ?? all
        centres = places.map { (middles[$0.x].x, middles[$0.y].y) }
    }

    /// Which positions the network is asked for.
    var asked: Positions { position.map { .at(x: $0.x, y: $0.y) } ?? .all }

    /// The values of the units, `[picture, place, unit]`, from what the network gave.
    func values(_ activations: Tensor) -> Tensor {
        guard let direction else { return activations }
        let channels = activations.shape.last ?? 1
        let terms = direction.sorted { $0.key < $1.key }
        return Tensor(shape: [activations.count / max(channels, 1)]) { sums in
            activations.withUnsafeScalars { values in
                for place in sums.indices { sums[place] = terms.reduce(0) { $0 + values[place * channels + $1.key] * $1.value } }
            }
        }
    }

    /// What it is, for the key of its results.
    var identity: String {
        let terms = direction.map { $0.sorted { $0.key < $1.key }.map { "\($0.key)*\($0.value.bitPattern)" }.joined(separator: "+") }
        return "\(node) \(layer.name) \(terms ?? "all") \(position.map { "\($0.x),\($0.y)" } ?? "everywhere")"
    }
}

extension UnitTally {
    /// A tally of nothing yet.
    convenience init(_ target: StatisticsTarget, classes: Int) {
        self.init(units: target.units, places: target.places.count, classes: classes, isRectified: target.isRectified)
    }
}
