import Foundation

/// A share that was counted, with its 95 % confidence interval (Wilson 1927, who needs no large numbers).
///
///     Proportion(18, of: 20)                     // 0.9 (0.699 to 0.972)
public struct Proportion: Hashable, Sendable, CustomStringConvertible {
    public let successes: Int
    public let total: Int

    /// - Parameter total: how many there were; less than `successes` counts as `successes`.
    public init(_ successes: Int, of total: Int) {
        self.successes = max(successes, 0)
        self.total = max(total, self.successes)
    }

    /// The share; not a number of nothing.
    public var value: Double { total > 0 ? Double(successes) / Double(total) : .nan }

    /// Where the share lies with a confidence of 95 %; anywhere when nothing was counted.
    public var interval: ClosedRange<Double> {
        guard total > 0 else { return 0...1 }
        let z = 1.959964, n = Double(total), p = Double(successes) / n
        let centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
        // At both ends the formula gives 0 and 1 but for rounding.
        return (successes == 0 ? 0 : max(0, centre - half))...(successes == total ? 1 : min(1, centre + half))
    }

    public var description: String {
        guard total > 0 else { return "none" }
        return "\(value.short) (\(interval.lowerBound.short) to \(interval.upperBound.short))"
    }
}
