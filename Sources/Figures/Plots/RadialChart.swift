import Foundation

/// Responses over a full turn as closed curves around a point: the radial tuning curves of "Curve Detectors". Angle 0 is on the right,
/// angles grow clockwise, as on the screen.
///
///     RadialChart([.init("mixed3b:17", angles: orientations, values: responses)])
public struct RadialChart: Drawable, Sendable {
    /// One closed curve.
    public struct Series: Sendable {
        public let name: String
        /// In degrees.
        public let angles: [Double]
        /// One per angle; what is below zero or not finite counts as zero.
        public let values: [Double]
        /// The colour; by the angle of the largest value when absent.
        public let color: Color?

        /// A curve through values at angles; the shorter of both lists counts.
        public init(_ name: String, angles: [Double], values: [Double], color: Color? = nil) {
            (self.name, self.color) = (name, color)
            let count = Swift.min(angles.count, values.count)
            self.angles = Array(angles.prefix(count))
            self.values = values.prefix(count).map { $0.isFinite ? Swift.max($0, 0) : 0 }
        }

        /// The angle of the largest value.
        var peak: Double { values.indices.max { values[$0] < values[$1] }.map { angles[$0] } ?? 0 }
    }

    public let series: [Series]
    public let title: String?
    /// What the outer circle stands for, such as "activation".
    public let valueLabel: String?
    /// The value of the outer circle.
    public let maximum: Double
    /// The side of the plot in pixels, without its title.
    public let size: Int

    /// Closed curves around one point.
    /// - Parameter maximum: the value of the outer circle; the largest of all when absent.
    public init(_ series: [Series], title: String? = nil, valueLabel: String? = nil, maximum: Double? = nil, size: Int = 280) {
        (self.series, self.title, self.valueLabel) = (series, title, valueLabel)
        let largest = series.flatMap(\.values).max() ?? 0
        let top = maximum ?? largest
        self.maximum = top > 0 && top.isFinite ? top : 1
        self.size = Swift.min(Swift.max(size, 120), 800)
    }

    private var titleLines: [String] {
        title.map { TextMeasure.wrap($0, size: 13 * TextMeasure.boldness, width: Double(size) - 16, maximumLines: 2) } ?? []
    }
    private var showsLegend: Bool { series.count > 1 && series.count <= 24 }
    private var legendRows: [[Series]] {
        guard showsLegend else { return [] }
        let columns = Swift.max(1, Int((Double(size) - 16) / legendWidth))
        return stride(from: 0, to: series.count, by: columns).map { Array(series[$0..<Swift.min($0 + columns, series.count)]) }
    }
    private var legendWidth: Double {
        Swift.min(Double(size) - 16, 24 + (series.map { TextMeasure.width($0.name, size: 11) }.max() ?? 0))
    }

    /// The height with title, note and legend.
    public var height: Double {
        Double(size) + 8 + Double(titleLines.count) * 18 + (valueLabel == nil ? 0 : 18) + Double(legendRows.count) * 16
    }

    public func drawing() -> SVG {
        let peaks = series.prefix(12).map { "\($0.name) at \(Int($0.peak.rounded())) degrees" }.joined(separator: ", ")
        var svg = SVG(width: Double(size), height: height, title: (title.map { $0 + ": " } ?? "") + "radial tuning, peaks: " + peaks)
        svg.add(elements())
        return svg
    }

    /// The plot with its top left corner at (x, y).
    public func elements(x left: Double = 0, y top: Double = 0) -> [SVGElement] {
        var result: [SVGElement] = []
        for (i, line) in titleLines.enumerated() {
            result.append(.text(line, x: left + Double(size) / 2, y: top + 18 + Double(i) * 18, size: 13, anchor: .middle, bold: true))
        }
        let side = Double(size), above = top + Double(titleLines.count) * 18 + 4
        let (cx, cy) = (left + side / 2, above + side / 2)
        // Labels of the angles stand outside of the circle. The inner disc, three tenths of the scale, keeps small values readable.
        let outer = side / 2 - 30, scale = outer / 1.3, inner = 0.3 * scale
        result.append(.circle(x: cx, y: cy, radius: inner, .fill(Color(0xF7F9FC))))
        for share in [0.5, 1.0] {
            result.append(.circle(x: cx, y: cy, radius: inner + share * scale, .stroke(.rule, width: 0.75, dashed: share == 1)))
        }
        result.append(.line(x1: cx - outer, y1: cy, x2: cx + outer, y2: cy, .stroke(.rule, width: 0.75)))
        result.append(.line(x1: cx, y1: cy - outer, x2: cx, y2: cy + outer, .stroke(.rule, width: 0.75)))
        result.append(.text("0°", x: cx + outer + 4, y: cy + 4, size: 10, color: .faint))
        result.append(.text("90°", x: cx, y: cy + outer + 13, size: 10, anchor: .middle, color: .faint))
        result.append(.text("180°", x: cx - outer - 3, y: cy + 4, size: 10, anchor: .end, color: .faint))
        result.append(.text("270°", x: cx, y: cy - outer - 5, size: 10, anchor: .middle, color: .faint))
        for curve in series where !curve.values.isEmpty {
            let order = curve.angles.indices.sorted { curve.angles[$0] < curve.angles[$1] }
            let points = order.map { index -> (Double, Double) in
                let radius = inner + Swift.min(curve.values[index] / maximum, 1) * scale, angle = curve.angles[index] * .pi / 180
                return (cx + radius * cos(angle), cy + radius * sin(angle))
            }
            let path = SVGPath.polygon(points)
            let fill = curve.color ?? Color(hue: curve.peak, saturation: 0.66, lightness: 0.6)
            let line = curve.color ?? Color(hue: curve.peak, saturation: 0.96, lightness: 0.3)
            result.append(.group([.path(path, .fill(fill, opacity: 0.4)), .path(path, .stroke(line, width: 1.5))]).tooltip(curve.name))
        }
        var y = above + side
        let words = valueLabel.map { "outer circle: " + HeatMap.text(Float(maximum)) + " " + $0 }
        if let note = words.flatMap({ TextMeasure.wrap($0, size: 11, width: side - 12, maximumLines: 1).first }) {
            y += 12
            result.append(.text(note, x: cx, y: y, size: 11, anchor: .middle, color: .faint))
            y += 6
        }
        for row in legendRows {
            for (column, curve) in row.enumerated() {
                let x = left + 8 + Double(column) * legendWidth
                result.append(.rect(
                    x: x, y: y + 2, width: 10, height: 10, radius: 2,
                    .fill(curve.color ?? Color(hue: curve.peak, saturation: 0.8, lightness: 0.45))))
                let name = TextMeasure.wrap(curve.name, size: 11, width: legendWidth - 16, maximumLines: 1).first ?? ""
                result.append(.text(name, x: x + 14, y: y + 11, size: 11))
            }
            y += 16
        }
        return result
    }
}
