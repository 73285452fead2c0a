import Foundation
import Tensors

extension Objective {
    /// The mean squared activation of a layer: whatever it sees, more of it.
    public static func deepDream(_ layer: String) -> Objective {
        onLayer(layer, "deepdream \(layer)", values: []) { x throws(ObjectiveError) in
            let (range, tensor) = (x.range, x.tensor)
            let total = tensor.withUnsafeScalars { scalars in range.reduce(0.0) { $0 + Double(scalars[$1] * scalars[$1]) } }
            return (Float(total / Double(range.count)), { weight, gradient in
                let each = 2 * weight / Float(range.count)
                tensor.withUnsafeScalars { scalars in
                    for i in range { gradient[i] += each * scalars[i] }
                }
            })
        }
    }

    /// The sum of absolute deviations from a constant; used with a negative weight.
    public static func l1(_ layer: String, from constant: Float = 0) -> Objective {
        onLayer(layer, "L1 \(layer)", values: [constant]) { x throws(ObjectiveError) in
            let (range, tensor) = (x.range, x.tensor)
            let total = tensor.withUnsafeScalars { scalars in range.reduce(0.0) { $0 + Double(abs(scalars[$1] - constant)) } }
            return (Float(total), { weight, gradient in
                tensor.withUnsafeScalars { scalars in
                    for i in range { gradient[i] += weight * Self.sign(scalars[i] - constant) }
                }
            })
        }
    }

    /// The Euclidean distance from a constant, `sqrt(epsilon + sum of squares)`; used with a negative weight.
    public static func l2(_ layer: String, from constant: Float = 0, epsilon: Float = 1e-6) -> Objective {
        onLayer(layer, "L2 \(layer)", values: [constant, epsilon]) { x throws(ObjectiveError) in
            let (range, tensor) = (x.range, x.tensor)
            let squares = tensor.withUnsafeScalars { scalars in
                range.reduce(0.0) { $0 + Double((scalars[$1] - constant) * (scalars[$1] - constant)) }
            }
            let norm = Float((Double(epsilon) + squares).squareRoot())
            return (norm, { weight, gradient in
                tensor.withUnsafeScalars { scalars in
                    for i in range { gradient[i] += weight * (scalars[i] - constant) / norm }
                }
            })
        }
    }

    /// The sum of absolute differences between neighbouring positions, by default of the images; used with a negative weight.
    public static func totalVariation(_ layer: String = Objective.images) -> Objective {
        onLayer(layer, "total variation \(layer)", values: []) { x throws(ObjectiveError) in
            let total = Self.eachNeighbour(x) { scalars, here, there in Double(abs(scalars[there] - scalars[here])) }
            return (Float(total), { weight, gradient in
                _ = Self.eachNeighbour(x) { scalars, here, there in
                    let slope = weight * Self.sign(scalars[there] - scalars[here])
                    gradient[there] += slope
                    gradient[here] -= slope
                    return 0
                }
            })
        }
    }

    /// The sum of `body` over all pairs of horizontal and vertical neighbours.
    @inline(__always)
    private static func eachNeighbour(
        _ x: LayerActivations, _ body: (UnsafeBufferPointer<Float>, _ here: Int, _ there: Int) -> Double
    ) -> Double {
        let (channels, row) = (x.channels, x.width * x.channels)
        return x.tensor.withUnsafeScalars { scalars in
            var total = 0.0
            for entry in x.entries {
                for y in 0..<x.height {
                    let start = (entry * x.height + y) * row
                    for i in start..<start + row - channels { total += body(scalars, i, i + channels) }
                    if y + 1 < x.height { for i in start..<start + row { total += body(scalars, i, i + row) } }
                }
            }
            return total
        }
    }

    @inline(__always)
    private static func sign(_ x: Float) -> Float { x > 0 ? 1 : x < 0 ? -1 : 0 }
}
