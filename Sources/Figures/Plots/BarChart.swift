import Foundation

/// Named numbers as horizontal bars, which leave room for long names.
///
///     BarChart(["disc": 0.9, "ring": 0.4].sorted { $0.value > $1.value }.map { ($0.key, $0.value) })
public struct BarChart: Drawable, Sendable {
    /// A name and its number.
    public struct Bar: Sendable {
        public let name: String
        public let value: Double
        /// The colour; the plot's own when absent.
        public let color: Color?

        /// A bar.
        public init(_ name: String, _ value: Double, color: Color? = nil) {
            self.name = name
            self.value = value
            self.color = color
        }
    }

    /// The bars, from top to bottom.
    public let bars: [Bar]
    public let title: String?
    public let xLabel: String?
    /// The width of the plot in pixels.
    public let width: Int

    /// Bars from top to bottom.
    public init(_ bars: [Bar], title: String? = nil, xLabel: String? = nil, width: Int = 560) {
        self.bars = bars
        self.title = title
        self.xLabel = xLabel
        self.width = Swift.min(Swift.max(width, 240), Int(SVG.pageWidth))
    }

    /// Bars from top to bottom.
    public init(_ bars: [(String, Double)], title: String? = nil, xLabel: String? = nil, width: Int = 560) {
        self.init(bars.map { Bar($0.0, $0.1) }, title: title, xLabel: xLabel, width: width)
    }

    public func drawing() -> SVG {
        let width = Double(width), rowHeight = 20.0
        let axis = Axis(holding: bars.map(\.value), wanted: 5, includingZero: true)
        let nameRoom = Swift.min(width * 0.4, 12 + (bars.map { TextMeasure.width($0.name, size: 11.5) }.max() ?? 0))
        let titleLines = title.map { TextMeasure.wrap($0, size: 14 * TextMeasure.boldness, width: width - 24, maximumLines: 2) } ?? []
        let left = 10 + nameRoom, right = 26.0, top = 12 + Double(titleLines.count) * 20 + (titleLines.isEmpty ? 0 : 4)
        let base = top + Double(Swift.max(1, bars.count)) * rowHeight
        func place(_ value: Double) -> Double { left + axis.position(value) * (width - left - right) }

        var svg = SVG(
            width: width, height: base + 24 + (xLabel == nil ? 0 : 20),
            title: (title.map { $0 + ": " } ?? "")
                + bars.prefix(12).map { "\($0.name) \(String(format: "%.4g", $0.value))" }.joined(separator: ", "))
        for (i, line) in titleLines.enumerated() { svg.add(.text(line, x: 12, y: 22 + Double(i) * 20, size: 14, bold: true)) }
        let every = axis.labels.map { TextMeasure.width($0, size: 11) + 6 }.max().map {
            Swift.max(1, Int(($0 * Double(axis.ticks.count) / (width - left - right)).rounded(.up)))
        } ?? 1
        for (index, (value, label)) in zip(axis.ticks, axis.labels).enumerated() {
            svg.add(.line(x1: place(value), y1: top, x2: place(value), y2: base, .stroke(value == 0 ? .faint : .rule, width: 0.75)))
            if index % every == 0 {
                svg.add(.text(label, x: place(value), y: base + 15, size: 11, anchor: .middle, color: .faint))
            }
        }
        for (i, bar) in bars.enumerated() {
            let y = top + Double(i) * rowHeight
            let name = TextMeasure.wrap(bar.name, size: 11.5, width: nameRoom - 8, maximumLines: 1).first ?? ""
            let label = SVGElement.text(name, x: left - 8, y: y + 14, size: 11.5, anchor: .end)
            svg.add(name == bar.name ? label : label.tooltip(bar.name))
            guard bar.value.isFinite else {
                svg.add(.text("not a number", x: place(0) + 5, y: y + 14, size: 11, color: .faint))
                continue
            }
            let (a, b) = (place(Swift.min(0, bar.value)), place(Swift.max(0, bar.value)))
            svg.add(
                .rect(x: a, y: y + 3, width: b - a, height: rowHeight - 6, radius: 1.5, .fill(bar.color ?? Color.series[0]))
                    .tooltip("\(bar.name): \(bar.value)"))
        }
        if bars.isEmpty { svg.add(.text("no data", x: width / 2, y: top + 14, size: 13, anchor: .middle, color: .faint)) }
        if let xLabel = xLabel.flatMap({ PlotFrame.line($0, width: width - left - right) }) {
            svg.add(.text(xLabel, x: (left + width - right) / 2, y: base + 36, size: 12, anchor: .middle))
        }
        return svg
    }
}
