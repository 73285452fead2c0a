import Foundation
import Networks
import Tensors

extension Objective {
    /// The mean activation of a channel over all positions.
    public static func channel(_ layer: String, _ channel: Int) -> Objective {
        onLayer(layer, "\(layer):\(channel)") { x throws(ObjectiveError) in
            try x.check(channel: channel)
            return Self.mean(of: channel, rows: Array(x.rows), x)
        }
    }

    /// The activation of a channel at one position, by default the middle one (`height / 2`, `width / 2`).
    public static func neuron(_ layer: String, _ channel: Int, at position: Feature.Position? = nil) -> Objective {
        let place = position.map { "@\($0.x),\($0.y)" } ?? ""
        return onLayer(layer, "neuron \(layer):\(channel)\(place)", positions: Self.single(position)) { x throws(ObjectiveError) in
            try x.check(channel: channel)
            return Self.mean(of: channel, rows: try x.rows(at: position), x)
        }
    }

    /// The logit of a class by number.
    /// - Parameter layer: the node of the logits; InceptionV1's by default, ``ModelDescription/logitsLayer`` of another model.
    public static func logit(_ index: Int, layer: String = "softmax2_pre_activation") -> Objective {
        channel(layer, index).described(as: "logit \(index)")
    }

    /// The logit of a class by the name that the model has for it.
    /// - Throws: ``ObjectiveError/unknownClass(_:model:classes:)``.
    public static func logit(_ name: String, of model: Model) throws(ObjectiveError) -> Objective {
        guard let index = model.classes.firstIndex(of: name) else {
            throw ObjectiveError.unknownClass(name, model: model.name, classes: model.classes)
        }
        return (model.details.logitsLayer.map { logit(index, layer: $0) } ?? logit(index)).described(as: "logit '\(name)'")
    }

    /// The mean over all positions of `x · v`, times `max(0.1, cos(x, v)) ^ cosinePower`.
    ///
    /// A positive power asks for activations that point along `v` rather than for large ones.
    public static func direction(_ layer: String, _ vector: [Float], cosinePower: Float = 0) -> Objective {
        onLayer(layer, "direction in \(layer)") { x throws(ObjectiveError) in
            try Self.projection(on: vector, rows: Array(x.rows), cosinePower: cosinePower, x)
        }
    }

    /// ``direction(_:_:cosinePower:)`` at one position, by default the middle one.
    public static func directionNeuron(
        _ layer: String, _ vector: [Float], at position: Feature.Position? = nil, cosinePower: Float = 0
    ) -> Objective {
        onLayer(layer, "direction in \(layer) at one position", positions: Self.single(position)) { x throws(ObjectiveError) in
            try Self.projection(on: vector, rows: try x.rows(at: position), cosinePower: cosinePower, x)
        }
    }

    private static func single(_ position: Feature.Position?) -> Positions {
        position.map { .at(x: $0.x, y: $0.y) } ?? .centre
    }

    // MARK: - Kernels

    private static func mean(
        of channel: Int, rows: [Int], _ x: LayerActivations
    ) -> (value: Float, addGradient: (Float, UnsafeMutableBufferPointer<Float>) -> Void) {
        let total = x.tensor.withUnsafeScalars { scalars in
            rows.reduce(0.0) { $0 + Double(scalars[$1 * x.channels + channel]) }
        }
        let channels = x.channels
        return (Float(total / Double(rows.count)), { weight, gradient in
            let each = weight / Float(rows.count)
            for row in rows { gradient[row * channels + channel] += each }
        })
    }

    /// Lucid's `_dot_cossim`, averaged over rows, with the gradient of the cosine included where it is above its floor.
    /// - Parameter length: of a row; the layer's channels by default.
    static func projection(
        on vector: [Float], rows: [Int], length: Int? = nil, cosinePower power: Float, _ x: LayerActivations
    ) throws(ObjectiveError) -> (value: Float, addGradient: (Float, UnsafeMutableBufferPointer<Float>) -> Void) {
        let channels = length ?? x.channels
        guard vector.count == channels else {
            throw ObjectiveError.vectorLength(vector.count, channels: channels, layer: x.layer)
        }
        let (epsilon, floor): (Float, Float) = (1e-4, 0.1)
        let vectorNorm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot() + epsilon
        // The gradient of a row is `alongVector · v + alongRow · x`.
        var slopes: [(alongVector: Float, alongRow: Float)] = []
        slopes.reserveCapacity(rows.count)
        var total = 0.0
        x.tensor.withUnsafeScalars { scalars in
            vector.withUnsafeBufferPointer { vector in
                for row in rows {
                    var (dot, square): (Float, Float) = (0, 0)
                    for c in 0..<channels {
                        let value = scalars[row * channels + c]
                        dot += value * vector[c]
                        square += value * value
                    }
                    guard power != 0 else {
                        total += Double(dot)
                        slopes.append((1, 0))
                        continue
                    }
                    let norm = square.squareRoot()
                    let cosine = dot / (epsilon + norm) / vectorNorm
                    guard cosine > floor else {
                        let factor = pow(floor, power)
                        total += Double(dot * factor)
                        slopes.append((factor, 0))
                        continue
                    }
                    let factor = pow(cosine, power)
                    total += Double(dot * factor)
                    // d(dot · cos^p) = cos^p v + p cos^p (v - x dot / (|x| (|x| + epsilon))), since dot · dcos / cos = v - ….
                    slopes.append((factor * (1 + power), -power * factor * dot / (norm * (norm + epsilon))))
                }
            }
        }
        let tensor = x.tensor
        return (Float(total / Double(rows.count)), { weight, gradient in
            let each = weight / Float(rows.count)
            tensor.withUnsafeScalars { scalars in
                for (row, slope) in zip(rows, slopes) {
                    let (a, b) = (each * slope.alongVector, each * slope.alongRow)
                    for c in 0..<channels {
                        gradient[row * channels + c] += a * vector[c] + b * scalars[row * channels + c]
                    }
                }
            }
        })
    }
}
