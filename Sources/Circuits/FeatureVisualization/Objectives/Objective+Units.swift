import Foundation
import Networks
import Tensors

extension Objective {
    /// The mean activation of a channel over all positions.
    public static func channel(_ layer: String, _ channel: Int) -> Objective {
        onLayer(layer, "\(layer):\(channel)", values: [channel]) { x throws(ObjectiveError) in
            try x.check(channel: channel)
            return Self.mean(of: channel, rows: Array(x.rows), x)
        }
    }

    /// The activation of a channel at one position, by default the middle one (`height / 2`, `width / 2`).
    public static func neuron(_ layer: String, _ channel: Int, at position: Feature.Position? = nil) -> Objective {
        let place = position.map { "@\($0.x),\($0.y)" } ?? ""
        return onLayer(
            layer, "neuron \(layer):\(channel)\(place)", positions: Self.single(position), values: [channel, place]
        ) { x throws(ObjectiveError) in
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
        onLayer(layer, "direction in \(layer)", values: [vector, cosinePower]) { x throws(ObjectiveError) in
            try Self.projection(on: vector, of: vector.count, rows: Array(x.rows), cosinePower: cosinePower, x)
        }
    }

    /// ``direction(_:_:cosinePower:)`` at one position, by default the middle one.
    public static func directionNeuron(
        _ layer: String, _ vector: [Float], at position: Feature.Position? = nil, cosinePower: Float = 0
    ) -> Objective {
        onLayer(
            layer, "direction in \(layer) at one position", positions: Self.single(position),
            values: [vector, position.map { "\($0.x),\($0.y)" } ?? "", cosinePower]
        ) { x throws(ObjectiveError) in
            try Self.projection(on: vector, of: vector.count, rows: try x.rows(at: position), cosinePower: cosinePower, x)
        }
    }

    /// The mean over positions of `x · v`, `v` being another one at each position, times `max(0.1, cos(x, v)) ^ cosinePower`: pictures of
    /// a whole tensor of activations or attributions. Lucid's `tensor_direction`: where the layer and the tensor are not equally large, the
    /// middle of the larger one counts.
    /// - Parameter tensor: `[height, width, channel]`.
    public static func tensorDirection(_ layer: String, _ tensor: Tensor, cosinePower: Float = 0) -> Objective {
        onLayer(layer, "tensor direction in \(layer)", values: [FileDigest.sha256(of: tensor), cosinePower]) { x throws(ObjectiveError) in
            guard tensor.rank == 3, tensor.count > 0 else { throw ObjectiveError.tensorShape(tensor.shape, layer: layer) }
            let (height, width) = (Swift.min(x.height, tensor.shape[0]), Swift.min(x.width, tensor.shape[1]))
            // The middle as Lucid has it: the first `(larger - smaller) / 2` rows are left out.
            let (top, left) = ((x.height - height) / 2, (x.width - width) / 2)
            let (from, start) = ((tensor.shape[0] - height) / 2, (tensor.shape[1] - width) / 2)
            var rows: [Int] = [], places: [Int] = []
            for entry in x.entries {
                for row in 0..<height {
                    for column in 0..<width {
                        rows.append((entry * x.height + top + row) * x.width + left + column)
                        places.append((from + row) * tensor.shape[1] + start + column)
                    }
                }
            }
            return try Self.projection(
                on: tensor.scalars, of: tensor.shape[2], places: places, rows: rows, cosinePower: cosinePower, x)
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
    /// - Parameters:
    ///   - vectors: one vector of `length` after the other.
    ///   - places: which of the vectors is for each row; the first for all rows when absent.
    ///   - rowLength: of a row of the activations; the layer's channels by default.
    static func projection(
        on vectors: [Float], of length: Int, places: [Int]? = nil, rows: [Int], rowLength: Int? = nil, cosinePower power: Float,
        _ x: LayerActivations
    ) throws(ObjectiveError) -> (value: Float, addGradient: (Float, UnsafeMutableBufferPointer<Float>) -> Void) {
        let channels = rowLength ?? x.channels
        guard length == channels else {
            throw ObjectiveError.vectorLength(length, channels: channels, layer: x.layer)
        }
        let (epsilon, floor): (Float, Float) = (1e-4, 0.1)
        let starts = places.map { $0.map { $0 * channels } } ?? [Int](repeating: 0, count: rows.count)
        let norms = stride(from: 0, to: vectors.count, by: channels).map { start in
            vectors[start..<start + channels].reduce(0) { $0 + $1 * $1 }.squareRoot() + epsilon
        }
        // The gradient of a row is `alongVector · v + alongRow · x`.
        var slopes: [(alongVector: Float, alongRow: Float)] = []
        slopes.reserveCapacity(rows.count)
        var total = 0.0
        x.tensor.withUnsafeScalars { scalars in
            vectors.withUnsafeBufferPointer { vectors in
                for (row, start) in zip(rows, starts) {
                    var (dot, square): (Float, Float) = (0, 0)
                    for c in 0..<channels {
                        let value = scalars[row * channels + c]
                        dot += value * vectors[start + c]
                        square += value * value
                    }
                    guard power != 0 else {
                        total += Double(dot)
                        slopes.append((1, 0))
                        continue
                    }
                    let norm = square.squareRoot()
                    let cosine = dot / (epsilon + norm) / norms[start / channels]
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
                for ((row, start), slope) in zip(zip(rows, starts), slopes) {
                    let (a, b) = (each * slope.alongVector, each * slope.alongRow)
                    for c in 0..<channels {
                        gradient[row * channels + c] += a * vectors[start + c] + b * scalars[row * channels + c]
                    }
                }
            }
        })
    }
}
