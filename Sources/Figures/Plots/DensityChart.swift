import Foundation

/// The density of numbers as steps, one for each bin, with a rule at zero and the part above zero in colour.
///
///     DensityChart(edges: edges, density: density, title: "mixed3b:17", isLogarithmic: true)
public struct DensityChart: Drawable, Sendable {
    /// The bins' lower ends, and the upper end of the last.
    public let edges: [Double]
    /// One number per bin, at least 0.
    public let density: [Double]
    public let title: String?
    public let xLabel: String?
    /// Whether heights are decimal logarithms; empty bins are then left out.
    public let isLogarithmic: Bool
    /// A word on the part above zero, written beside it.
    public let note: String?
    /// Whether what is above zero has a colour of its own.
    public let highlights: Bool
    /// The size of the plot in pixels.
    public let width: Int, height: Int

    /// - Parameters:
    ///   - edges: ascending, one more than densities; what is too much is left out.
    public init(
        edges: [Double], density: [Double], title: String? = nil, xLabel: String? = nil, isLogarithmic: Bool = false, note: String? = nil,
        highlights: Bool = true, width: Int = 420, height: Int = 260
    ) {
        let count = Swift.max(0, Swift.min(edges.count - 1, density.count))
        self.edges = Array(edges.prefix(count + 1))
        self.density = density.prefix(count).map { $0.isFinite ? Swift.max($0, 0) : 0 }
        (self.title, self.xLabel, self.isLogarithmic, self.note, self.highlights) = (title, xLabel, isLogarithmic, note, highlights)
        self.width = Swift.min(Swift.max(width, 200), Int(SVG.pageWidth))
        self.height = Swift.min(Swift.max(height, 140), 1200)
    }

    public func drawing() -> SVG {
        let shown = density.indices.filter { density[$0] > 0 }
        let heights = density.map { isLogarithmic ? log10($0) : $0 }
        let axis = Axis(holding: shown.map { heights[$0] } + (shown.isEmpty ? [0, 1] : []), wanted: 5, includingZero: !isLogarithmic)
        let frame = PlotFrame(
            title: title, xLabel: xLabel, yLabel: isLogarithmic ? "log₁₀ of the density" : "density", width: Double(width),
            height: Double(height), x: Axis(holding: edges + [0], wanted: 6, atTicks: false), y: axis, legend: [])
        let floor = frame.area.y + frame.area.height
        var marks: [SVGElement] = []
        for index in shown {
            let (a, b) = (frame.xPosition(edges[index]), frame.xPosition(edges[index + 1])), top = frame.yPosition(heights[index])
            let color = highlights && edges[index] >= 0 ? Color.series[1] : Color.series[0]
            // Neighbouring steps overlap by a hair, so that no ground shines through.
            marks.append(.rect(x: a, y: top, width: b - a + 0.4, height: Swift.max(floor - top, 0.6), .fill(color, opacity: 0.75)))
        }
        let zero = frame.xPosition(0)
        marks.append(.line(x1: zero, y1: frame.area.y, x2: zero, y2: floor, .stroke(.faint, dashed: true)))
        if let note {
            let room = frame.area.x + frame.area.width - zero, needed = TextMeasure.width(note, size: 12) + 10
            let end = room >= needed ? frame.area.x + frame.area.width - 4 : zero - 6
            marks.append(.text(note, x: end, y: frame.area.y + 14, anchor: .end, color: Color.series[1], bold: true))
        }
        if shown.isEmpty { marks.append(PlotFrame.emptyNote(in: frame)) }
        let summary = (title.map { $0 + ": " } ?? "") + "density over \(density.count) bins" + (note.map { ", " + $0 } ?? "")
        return frame.drawing(summary: summary, marks: marks)
    }
}
