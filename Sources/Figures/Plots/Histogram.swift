import Foundation

/// How often values fall into equal bins: the distribution of a channel's activations.
///
///     Histogram(activations, title: "mixed3b:17", xLabel: "activation")
public struct Histogram: Drawable, Sendable {
    /// The bins' lower ends, and the upper end of the last.
    public let edges: [Double]
    /// How many values each bin holds; a bin holds its lower end, the last one both.
    public let counts: [Int]
    /// How many values were not finite and are in no bin.
    public let dropped: Int
    public let title: String?
    public let xLabel: String?
    /// Whether heights are logarithmic (`log10(1 + count)`), to make tails visible.
    public let logarithmic: Bool
    /// The size of the plot in pixels.
    public let width: Int, height: Int

    /// The distribution of values over equal bins between the smallest and the largest.
    public init(
        _ values: [Float], bins: Int = 40, title: String? = nil, xLabel: String? = nil, logarithmic: Bool = false,
        width: Int = 560, height: Int = 260
    ) {
        let bins = Swift.min(Swift.max(bins, 1), 400)
        var counts = [Int](repeating: 0, count: bins)
        let finite = values.filter(\.isFinite)
        var low = Double(finite.min() ?? 0), high = Double(finite.max() ?? 1)
        // Around a constant the bins span a part of its magnitude: half a unit is lost beside a very large one.
        let half = Swift.max(0.5, abs(low) / 1000)
        if low == high { (low, high) = (low - half, high + half) }
        let factor = Double(bins) / (high - low)
        for value in finite { counts[Swift.min(Swift.max(Int((Double(value) - low) * factor), 0), bins - 1)] += 1 }
        self.edges = (0...bins).map { low + (high - low) * Double($0) / Double(bins) }
        self.counts = counts
        self.dropped = values.count - finite.count
        self.title = title
        self.xLabel = xLabel
        self.logarithmic = logarithmic
        self.width = Swift.min(Swift.max(width, 200), Int(SVG.pageWidth))
        self.height = Swift.min(Swift.max(height, 140), 1200)
    }

    public func drawing() -> SVG {
        let heights = counts.map { logarithmic ? log10(1 + Double($0)) : Double($0) }
        let frame = PlotFrame(
            title: title, xLabel: xLabel, yLabel: logarithmic ? "log₁₀(1 + count)" : "count", width: Double(width),
            height: Double(height), x: Axis(holding: edges, wanted: 7, atTicks: false),
            y: Axis(holding: heights, wanted: 5, includingZero: true), legend: [])
        var marks: [SVGElement] = []
        for (i, height) in heights.enumerated() where counts[i] > 0 {
            let (a, b) = (frame.xPosition(edges[i]), frame.xPosition(edges[i + 1]))
            let gap = b - a > 4 ? 0.5 : 0
            marks.append(
                .rect(
                    x: a + gap, y: frame.yPosition(height), width: b - a - 2 * gap,
                    height: frame.yPosition(0) - frame.yPosition(height), .fill(Color.series[0])
                ).tooltip("\(String(format: "%.4g", edges[i])) to \(String(format: "%.4g", edges[i + 1])): \(counts[i])"))
        }
        let total = counts.reduce(0, +)
        if total == 0 { marks.append(PlotFrame.emptyNote(in: frame)) }
        let note = dropped > 0 ? ", \(dropped) not finite" : ""
        return frame.drawing(summary: (title.map { $0 + ": " } ?? "") + "histogram of \(total) values\(note)", marks: marks)
    }
}
