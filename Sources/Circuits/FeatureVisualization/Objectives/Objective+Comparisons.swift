import Foundation
import Networks
import Tensors

extension Objective {
    /// How far activations go along those of another picture: `x · a`, times `max(0.1, cos(x, a)) ^ cosinePower`, over all positions and
    /// channels at once. What the layer sees in the picture is exaggerated: a caricature (Lucid's recipe, which divides by one of the two
    /// norms only; here it is the cosine).
    /// - Parameter activations: of one picture, `[height, width, channel]` or `[channel]`.
    public static func caricature(_ layer: String, of activations: Tensor, cosinePower: Float = 1) -> Objective {
        onLayer(layer, "caricature at \(layer)", values: [FileDigest.sha256(of: activations), cosinePower]) { x throws(ObjectiveError) in
            try x.check(comparedWith: activations)
            return try projection(
                on: activations.scalars, of: activations.count, rows: Array(x.entries), rowLength: activations.count, cosinePower: cosinePower, x)
        }
    }

    /// The squared distance from another picture's activations over their own square, `‖x - a‖² / ‖a‖²`; used with a negative weight, it
    /// makes a picture that the layer cannot tell from the other (Mahendran & Vedaldi 2015).
    /// - Parameter activations: as for ``caricature(_:of:cosinePower:)``.
    public static func activationDifference(_ layer: String, from activations: Tensor) -> Objective {
        onLayer(layer, "difference at \(layer)", values: [FileDigest.sha256(of: activations)]) { x throws(ObjectiveError) in
            try x.check(comparedWith: activations)
            let square = activations.scalars.reduce(0.0) { $0 + Double($1) * Double($1) }
            return differences(x, activations.scalars, scale: 1 / (Swift.max(square, 1e-12) * Double(x.entries.count)))
        }
    }

    /// The root of the mean squared difference of the pictures from another one; used with a negative weight. Lucid's `input_diff`.
    /// - Parameter picture: `[height, width, channel]`.
    public static func inputDifference(from picture: Tensor) -> Objective {
        onLayer(images, "difference from a picture", values: [FileDigest.sha256(of: picture)]) { x throws(ObjectiveError) in
            try x.check(comparedWith: picture)
            let (mean, addGradient) = differences(x, picture.scalars, scale: 1 / Double(x.range.count))
            let root = mean.squareRoot()
            return (root, { weight, gradient in if root > 0 { addGradient(weight / (2 * root), gradient) } })
        }
    }

    /// How alike the neighbours of a batch are: `-Σ_d Σ_i mean((x_i - x_{i+d})²) / decayRatio^d`, `d` from 1 to 4. Lucid's `alignment`, for
    /// series of pictures that should change little from one to the next.
    public static func alignment(_ layer: String, decayRatio: Float = 2) -> Objective {
        onLayer(layer, "alignment \(layer)", values: [decayRatio]) { x throws(ObjectiveError) in
            let size = x.positions * x.channels, entries = Array(x.entries), tensor = x.tensor
            let pairs = (1...4).flatMap { d in
                entries.indices.dropLast(d).map { (entries[$0] * size, entries[$0 + d] * size, pow(decayRatio, -Float(d)) / Float(size)) }
            }
            let total = tensor.withUnsafeScalars { x in
                pairs.reduce(0.0) { sum, pair in
                    sum - Double(pair.2) * (0..<size).reduce(0.0) {
                        $0 + Double((x[pair.0 + $1] - x[pair.1 + $1]) * (x[pair.0 + $1] - x[pair.1 + $1]))
                    }
                }
            }
            return (Float(total), { weight, gradient in
                tensor.withUnsafeScalars { x in
                    for (one, other, scale) in pairs {
                        for i in 0..<size {
                            let slope = 2 * weight * scale * (x[one + i] - x[other + i])
                            gradient[one + i] -= slope
                            gradient[other + i] += slope
                        }
                    }
                }
            })
        }
    }

    /// `Σ scale (x - target)²` for every entry.
    private static func differences(
        _ x: LayerActivations, _ target: [Float], scale: Double
    ) -> (value: Float, addGradient: (Float, UnsafeMutableBufferPointer<Float>) -> Void) {
        let (range, tensor) = (x.range, x.tensor)
        let total = tensor.withUnsafeScalars { x in
            range.reduce(0.0) { sum, i in
                let difference = Double(x[i] - target[(i - range.lowerBound) % target.count])
                return sum + difference * difference
            }
        }
        return (Float(total * scale), { weight, gradient in
            let each = 2 * weight * Float(scale)
            tensor.withUnsafeScalars { x in
                for i in range { gradient[i] += each * (x[i] - target[(i - range.lowerBound) % target.count]) }
            }
        })
    }
}

extension LayerActivations {
    /// Refuses activations of another shape than those of one entry.
    fileprivate func check(comparedWith other: Tensor) throws(ObjectiveError) {
        let own = Array(tensor.shape.dropFirst())
        guard other.shape == own else { throw ObjectiveError.otherShape(other.shape, found: own, layer: layer) }
    }
}
