import Figures
import Foundation
import Networks
import PictureWorld

/// How the activations of a feature are distributed over all positions of many pictures, in bins whose width is a power of two and of which
/// one begins at zero.
///
///     let after = try feature.statistics(over: World.test).afterReLU
///     after.quantile(0.99)
public struct ActivationDistribution: Sendable {
    /// The bins' lower ends, and the upper end of the last; a bin holds its lower end.
    public let edges: [Double]
    /// How many positions each bin holds.
    public let counts: [Int]
    /// How many positions there are.
    public let count: Int
    /// How many of them are exactly zero because the ReLU made them so; part of the bin that begins at zero.
    public let zeros: Int
    public let mean: Double
    public let deviation: Double
    public let minimum: Double
    public let maximum: Double

    init(_ unit: UnitStatistics, isAfter: Bool) {
        let (tally, index) = (unit.tally, unit.unit), half = UnitTally.bins / 2
        let all = tally.counts.values(index * UnitTally.bins..<(index + 1) * UnitTally.bins).map { Int(clamping: $0) }
        let total = unit.count, positives = Int(clamping: tally.positives[index])
        let (low, high) = (Double(tally.minima[index]), Double(tally.maxima[index]))
        var counts = all
        if isAfter {
            counts[half] += all[..<half].reduce(0, +)
            for bin in 0..<half { counts[bin] = 0 }
        }
        // From the first bin with anything in it to the last.
        let first = counts.firstIndex { $0 > 0 } ?? half, last = counts.lastIndex { $0 > 0 } ?? half
        let width = Self.binWidth(tally.exponents[index])
        edges = (first...last + 1).map { Double($0 - half) * width }
        self.counts = Array(counts[first...last])
        count = total
        zeros = isAfter ? total - positives : 0
        let number = Double(max(total, 1))
        if isAfter {
            mean = tally.positiveSums[index] / number
            deviation = max(tally.positiveSquares[index] / number - mean * mean, 0).squareRoot()
            (minimum, maximum) = total > 0 ? (max(low, 0), max(high, 0)) : (0, 0)
        } else {
            let shift = tally.sums[index] / number
            mean = total > 0 ? tally.origins[index] + shift : 0
            deviation = max(tally.squares[index] / number - shift * shift, 0).squareRoot()
            (minimum, maximum) = total > 0 ? (low, high) : (0, 0)
        }
    }

    static func binWidth(_ exponent: Int32) -> Double { Double(sign: .plus, exponent: Int(exponent), significand: 1) }

    /// The width of a bin.
    public var binWidth: Double { edges[1] - edges[0] }

    /// The activation below which a share of the positions lies, on a straight line within a bin: off by less than ``binWidth``.
    /// - Parameter share: in 0...1; what lies outside counts as the nearer end.
    public func quantile(_ share: Double) -> Double {
        let wanted = (share.isNaN ? 0 : min(max(share, 0), 1)) * Double(count)
        guard count > 0, wanted > 0 else { return minimum }
        // What the ReLU cut off is exactly zero.
        guard wanted > Double(zeros) else { return 0 }
        var before = 0.0
        for (index, held) in counts.enumerated() where held > 0 {
            if before + Double(held) >= wanted {
                let within = edges[index] == 0 && zeros > 0
                    ? (wanted - before - Double(zeros)) / Double(max(held - zeros, 1)) : (wanted - before) / Double(held)
                return min(max(edges[index] + within * binWidth, minimum), maximum)
            }
            before += Double(held)
        }
        return maximum
    }

    /// The share of positions in each bin over its width, so that the area under the curve is 1; without ``zeros``.
    public var density: [Double] {
        zip(edges, counts).map { edge, held in
            Double(edge == 0 ? held - zeros : held) / Double(max(count, 1)) / binWidth
        }
    }

    /// A share in words: `11 %`, `0.3 %`, `less than 0.01 %`.
    static func percent(_ share: Double) -> String {
        guard share.isFinite else { return "unknown" }
        let value = share * 100
        if share > 0, value < 0.01 { return "less than 0.01 %" }
        if share < 1, value > 99.99 { return "more than 99.99 %" }
        let text = value >= 10 || value == 0 ? String(format: "%.0f", value) : String(format: "%.2g", value)
        return (share < 1 && text == "100" ? String(format: "%.2f", value) : text) + " %"
    }
}

extension Feature {
    /// How the activations of the feature are distributed over a data set, before and after the ReLU: log density, with the share of
    /// positions that are active, as in *Curve Detectors*.
    ///
    ///     try model["mixed3b"][17].distribution(in: World.test)
    ///
    /// - Parameter limit: how many pictures to look at, from the first on; nil looks at all.
    /// - Throws: as ``statistics(over:limit:seed:cache:)``.
    public func distribution(
        in source: some PictureSource, limit: Int? = 2000, cache: StatisticsCache = .shared
    ) throws -> DistributionFigure {
        DistributionFigure(try statistics(over: source, limit: limit, cache: cache))
    }
}
