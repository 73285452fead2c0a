/// Lines over numbers: a loss curve, a response over a stimulus parameter.
///
///     LineChart([.init("loss", losses)], title: "Training", xLabel: "step", yLabel: "cross entropy")
public struct LineChart: Drawable, Sendable {
    /// One line.
    public struct Series: Sendable {
        /// The name in the legend.
        public let name: String
        /// The horizontal positions.
        public let x: [Double]
        /// The values, one per position; a value that is not finite leaves a gap.
        public let y: [Double]

        /// A line through points; the shorter of both lists counts.
        public init(_ name: String, x: [Double], y: [Double]) {
            self.name = name
            self.x = x
            self.y = y
        }

        /// A line through values at 0, 1, 2 and so on.
        public init(_ name: String, _ y: [Double]) { self.init(name, x: y.indices.map(Double.init), y: y) }
        /// A line through values at 0, 1, 2 and so on.
        public init(_ name: String, _ y: [Float]) { self.init(name, y.map(Double.init)) }
    }

    /// The lines.
    public let series: [Series]
    public let title: String?
    public let xLabel: String?
    public let yLabel: String?
    /// Whether the vertical axis begins at zero.
    public let fromZero: Bool
    /// The size of the plot in pixels.
    public let width: Int, height: Int

    /// Lines in one plot.
    public init(
        _ series: [Series], title: String? = nil, xLabel: String? = nil, yLabel: String? = nil, fromZero: Bool = false,
        width: Int = 560, height: Int = 300
    ) {
        self.series = series
        self.title = title
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.fromZero = fromZero
        self.width = Swift.min(Swift.max(width, 200), Int(SVG.pageWidth))
        self.height = Swift.min(Swift.max(height, 140), 1200)
    }

    public func drawing() -> SVG {
        let points = series.map { zip($0.x, $0.y).map { ($0, $1) } }
        func isPlotted(_ point: (Double, Double)) -> Bool { point.0.isFinite && point.1.isFinite }
        let plotted = points.flatMap { $0.filter(isPlotted) }
        let colors = series.indices.map { Color.series[$0 % Color.series.count] }
        let frame = PlotFrame(
            title: title, xLabel: xLabel, yLabel: yLabel, width: Double(width), height: Double(height),
            x: Axis(holding: plotted.map(\.0), wanted: 7, atTicks: false),
            y: Axis(holding: plotted.map(\.1), includingZero: fromZero), legend: zip(series, colors).map { ($0.name, $1) })
        var marks: [SVGElement] = []
        for (points, color) in zip(points, colors) {
            for run in points.split(whereSeparator: { !isPlotted($0) }) {
                let places = run.map { (frame.xPosition($0.0), frame.yPosition($0.1)) }
                if places.count == 1 {
                    marks.append(.circle(x: places[0].0, y: places[0].1, radius: 2.5, .fill(color)))
                    continue
                }
                var path = SVGPath()
                for (i, place) in places.enumerated() {
                    if i == 0 { path.move(place.0, place.1) } else { path.line(place.0, place.1) }
                }
                marks.append(.path(path, .stroke(color, width: 1.75)))
            }
        }
        if plotted.isEmpty { marks.append(PlotFrame.emptyNote(in: frame)) }
        let names = series.map(\.name).joined(separator: ", ")
        return frame.drawing(summary: (title.map { $0 + ": " } ?? "") + "line chart of \(names)", marks: marks)
    }
}

extension PlotFrame {
    static func emptyNote(in frame: PlotFrame) -> SVGElement {
        let area = frame.area
        return .text(
            "no data", x: area.x + area.width / 2, y: area.y + area.height / 2, size: 13, anchor: .middle, color: .faint)
    }
}
