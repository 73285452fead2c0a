import Figures
import Networks
import Tensors

/// How much of a number is due to each factor of a layer ("The Building Blocks of Interpretability": neuron groups and their attributions).
public struct FactorAttribution: Sendable, CustomStringConvertible {
    public let factors: ActivationFactors
    /// What is explained, in words.
    public let target: String
    /// `[height, width, factor]`.
    public let values: Tensor
    /// Summed over positions: `[factor]`.
    public let totals: [Float]
    /// What the factors leave over: the attribution of all activations less theirs.
    public let rest: Float

    public var description: String {
        let parts = totals.enumerated().map { "factor \($0) \(WeightFigure.signed($1))" }
        return "\(target) by \(factors.layer.name): \(parts.joined(separator: ", ")), rest \(WeightFigure.signed(rest))"
    }
}

extension FactorAttribution: Drawable {
    public func drawing() throws -> SVG {
        var rows = totals.enumerated().map { factor, value in
            IconBarChart.Row("factor \(factor)", Double(value), color: ActivationFactors.color(factor, of: totals.count))
        }
        rows.append(.init("rest", Double(rest), color: .faint))
        return try IconBarChart(rows, title: "\(target), by factor of \(factors.layer.name)").drawing()
    }
}

extension Attribution {
    /// The attribution shared out among factors of the same layer: each factor's part of an activation takes its part of the attribution.
    ///
    /// The factors need not come from the same picture: where they are in this one is found first.
    /// - Throws: ``AttributionError/otherLayer(factors:layer:)``, `ModelError`, `Interrupted`.
    public func byFactor(_ factors: ActivationFactors) throws -> FactorAttribution {
        guard factors.layer.name == layer, factors.directions.shape[1] == values.shape[2] else {
            throw AttributionError.otherLayer(factors: factors.layer.name, layer: layer)
        }
        // [height, width, factor]
        let maps = try ActivationFactors.maps(of: activations.expanded(at: 0), directions: factors.directions).slice(0)
        let slopes = gradient.matmul(factors.directions.transposed)
        let parts = maps * slopes, totals = parts.sum(along: [0, 1])
        return FactorAttribution(factors: factors, target: target, values: parts, totals: totals.scalars, rest: total - totals.sum())
    }
}
