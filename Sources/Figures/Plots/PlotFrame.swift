/// What every plot shares: margins that hold the labels, axes with ticks, title and legend.
struct PlotFrame {
    let title: String?
    let xLabel: String?
    let yLabel: String?
    let width: Double
    let height: Double
    /// The horizontal axis; none when the marks carry their own names.
    let x: Axis?
    let y: Axis
    /// Names and colours of the series; drawn when there is more than one.
    let legend: [(name: String, color: Color)]
    /// The part of the drawing where the data go, measured once: every point of a plot is placed in it.
    private(set) var area = (x: 0.0, y: 0.0, width: 0.0, height: 0.0)

    /// Space under the horizontal axis for its labels.
    private let bottom = 22.0
    private let tick = 11.0

    init(
        title: String?, xLabel: String?, yLabel: String?, width: Double, height: Double, x: Axis?, y: Axis,
        legend: [(name: String, color: Color)]
    ) {
        (self.title, self.xLabel, self.yLabel) = (title, xLabel, yLabel)
        (self.width, self.height, self.x, self.y, self.legend) = (width, height, x, y, legend)
        area = measuredArea()
    }

    private var titleLines: [String] {
        title.map { TextMeasure.wrap($0, size: 14 * TextMeasure.boldness, width: width - left - 12, maximumLines: 2) } ?? []
    }
    private var left: Double {
        16 + (yLabel == nil ? 0 : 18) + (y.labels.map { TextMeasure.width($0, size: tick) }.max() ?? 0)
    }
    private var top: Double { 14 + Double(titleLines.count) * 20 + Double(legendRows.count) * 18 }

    /// Half of the last label hangs over the end of the horizontal axis.
    private var right: Double { Swift.max(18, (x?.labels.last.map { TextMeasure.width($0, size: tick) / 2 } ?? 0) + 4) }

    private func measuredArea() -> (x: Double, y: Double, width: Double, height: Double) {
        let left = left, top = top, foot = bottom + (xLabel == nil ? 6 : 24)
        return (left, top, Swift.max(40, width - left - right), Swift.max(40, height - top - foot))
    }

    /// Legend entries broken into rows that fit the width.
    private var legendRows: [[(name: String, color: Color)]] {
        guard legend.count > 1 else { return [] }
        var rows: [[(name: String, color: Color)]] = [[]], used = 0.0
        for entry in legend {
            let name = TextMeasure.wrap(entry.name, size: 11, width: width / 2, maximumLines: 1).first ?? ""
            let space = TextMeasure.width(name, size: 11) + 34
            if used + space > width - left - right, !(rows.last ?? []).isEmpty {
                rows.append([])
                used = 0
            }
            rows[rows.count - 1].append((name, entry.color))
            used += space
        }
        return rows
    }

    func xPosition(_ value: Double) -> Double { area.x + (x?.position(value) ?? 0) * area.width }
    func yPosition(_ value: Double) -> Double { area.y + (1 - y.position(value)) * area.height }

    /// The drawing with `marks` between the grid lines and the axis.
    func drawing(summary: String, marks: [SVGElement]) -> SVG {
        let area = area
        var svg = SVG(width: width, height: area.y + area.height + bottom + (xLabel == nil ? 6 : 24), title: summary)
        for (i, line) in titleLines.enumerated() {
            svg.add(.text(line, x: area.x, y: 22 + Double(i) * 20, size: 14, bold: true))
        }
        for (row, entries) in legendRows.enumerated() {
            let y = 14 + Double(titleLines.count) * 20 + Double(row) * 18
            var x = area.x
            for entry in entries {
                svg.add(.rect(x: x, y: y + 1, width: 14, height: 4, radius: 2, .fill(entry.color)))
                svg.add(.text(entry.name, x: x + 19, y: y + 7, size: 11))
                x += TextMeasure.width(entry.name, size: 11) + 34
            }
        }
        for (value, label) in zip(y.ticks, y.labels) {
            let at = yPosition(value)
            svg.add(.line(x1: area.x, y1: at, x2: area.x + area.width, y2: at, .stroke(value == 0 ? .faint : .rule, width: 0.75)))
            svg.add(.text(label, x: area.x - 6, y: at + 4, size: tick, anchor: .end, color: .faint))
        }
        svg.add(marks)
        let base = area.y + area.height
        svg.add(.line(x1: area.x, y1: base, x2: area.x + area.width, y2: base, .stroke(.faint)))
        if let x {
            let room = area.width / Double(Swift.max(1, x.ticks.count))
            let widest = x.labels.map { TextMeasure.width($0, size: tick) + 6 }.max() ?? 0
            let every = Swift.max(1, Int((widest / room).rounded(.up)))
            for (index, (value, label)) in zip(x.ticks, x.labels).enumerated() where index % every == 0 {
                let at = xPosition(value)
                svg.add(.line(x1: at, y1: base, x2: at, y2: base + 4, .stroke(.faint)))
                svg.add(.text(label, x: at, y: base + 16, size: tick, anchor: .middle, color: .faint))
            }
        }
        if let xLabel = xLabel.flatMap({ Self.line($0, width: area.width) }) {
            svg.add(.text(xLabel, x: area.x + area.width / 2, y: base + bottom + 14, size: 12, anchor: .middle))
        }
        if let yLabel = yLabel.flatMap({ Self.line($0, width: area.height) }) {
            svg.add(.text(yLabel, x: 16, y: area.y + area.height / 2, size: 12, anchor: .middle, rotation: -90))
        }
        return svg
    }

    /// What of an axis's label fits beside the axis.
    static func line(_ label: String, width: Double) -> String? {
        TextMeasure.wrap(label, size: 12, width: width, maximumLines: 1).first
    }
}
