import Foundation

/// How well one set of activations stands for another, summed up as they come.
///
/// Correlation is Pearson's; `reconstruction` is the circuit activation reconstruction of the draft of "Curve Circuits",
/// `CAR = 1 - ‖f - f̂‖ / ‖f‖`: 1 for equal activations, 0 for silence, negative for what is worse than silence.
struct ActivationAgreement: Sendable {
    private var count = 0.0
    private var sums = (original: 0.0, other: 0.0), squares = (original: 0.0, other: 0.0)
    private var products = 0.0, residual = 0.0

    mutating func add(_ original: Float, _ other: Float) {
        let (a, b) = (Double(original), Double(other))
        count += 1
        sums = (sums.original + a, sums.other + b)
        squares = (squares.original + a * a, squares.other + b * b)
        products += a * b
        residual += (a - b) * (a - b)
    }

    /// Nil when one of both never varies.
    var correlation: Double? {
        guard count > 1 else { return nil }
        let first = squares.original - sums.original * sums.original / count, second = squares.other - sums.other * sums.other / count
        guard first > 1e-9 * squares.original, second > 1e-9 * squares.other, first > 0, second > 0 else { return nil }
        return min(1, max(-1, (products - sums.original * sums.other / count) / (first * second).squareRoot()))
    }

    /// Nil when the original is silent.
    var reconstruction: Double? { squares.original > 0 ? 1 - (residual / squares.original).squareRoot() : nil }

    /// The factor of at least 0 by which the other activations come nearest to the original ones; 1 when they are silent.
    var bestGain: Float { squares.other > 0 && products > 0 ? Float(products / squares.other) : 1 }
}
