import Foundation

/// One axis of a plot: the numbers it spans and its ticks at round numbers.
struct Axis {
    let range: ClosedRange<Double>
    let ticks: [Double]
    let labels: [String]

    /// An axis that holds the given numbers, its ends at ticks.
    init(holding values: [Double], wanted: Int = 6, includingZero: Bool = false, atTicks: Bool = true) {
        // Beyond 1e300 the span itself would overflow; below 1e-300 steps would have no digits left.
        let finite =
            values.filter(\.isFinite).map { abs($0) < 1e-300 ? 0 : min(max($0, -1e300), 1e300) } + (includingZero ? [0] : [])
        var low = finite.min() ?? 0, high = finite.max() ?? 1
        if high - low <= abs(high) * 1e-12 { (low, high) = low == 0 ? (0, 1) : (low - abs(low) / 2, high + abs(high) / 2) }
        let step = Self.roundStep((high - low) / Double(max(1, wanted - 1)))
        let first = (low / step).rounded(atTicks ? .down : .up), last = (high / step).rounded(atTicks ? .up : .down)
        let ticks = last - first < 100 ? stride(from: first, through: last, by: 1).map { $0 * step } : [low, high]
        self.ticks = ticks
        let (lowest, highest) = (min(low, ticks.first ?? low), max(high, ticks.last ?? high))
        range = lowest...highest
        labels = Self.labels(ticks, step: step)
    }

    /// 1, 2 or 5 times a power of ten, at least `step`.
    private static func roundStep(_ step: Double) -> Double {
        let power = pow(10, floor(log10(step)))
        let round = [1.0, 2, 5, 10].first { $0 * power >= step * 0.999 } ?? 10
        return max(round * power, .leastNormalMagnitude)
    }

    private static func labels(_ ticks: [Double], step: Double) -> [String] {
        let largest = ticks.map(abs).max() ?? 0
        if largest >= 1e6 || (largest < 1e-4 && largest > 0) {
            // As many digits as tell neighbouring ticks apart.
            let digits = min(max(3, Int(log10(largest / step).rounded(.up)) + 1), 17)
            return ticks.map { $0 == 0 ? "0" : String(format: "%.\(digits)g", $0).replacing("-", with: "−") }
        }
        let decimals = max(0, Int(-floor(log10(step) + 1e-9)))
        return ticks.map { String(format: "%.\(decimals)f", $0 == 0 ? 0 : $0).replacing("-", with: "−") }
    }

    /// Where a number lies, 0 at the start of the axis and 1 at its end; what the axis could not hold lies at its ends.
    func position(_ value: Double) -> Double {
        (min(max(value, range.lowerBound), range.upperBound) - range.lowerBound) / (range.upperBound - range.lowerBound)
    }
}
