import Foundation
import Tensors

/// A matrix of numbers as colours, with axes and a colour bar: responses over two parameters of a stimulus.
///
///     HeatMap(responses, x: orientations, y: radii, xLabel: "orientation (degrees)", yLabel: "radius (px)")
public struct HeatMap: Drawable, Sendable {
    /// The numbers, `[row, column]`; row 0 is at the top.
    public let matrix: Tensor
    /// The positions of the columns and of the rows.
    public let x: [Double], y: [Double]
    public let title: String?
    public let xLabel: String?
    public let yLabel: String?
    /// What the colours stand for.
    public let valueLabel: String?
    public let colorMap: ColorMap
    /// The numbers at the two ends of the colour map.
    public let range: ClosedRange<Float>
    /// The size of the plot in pixels.
    public let width: Int, height: Int

    /// A matrix as colours.
    /// - Parameters:
    ///   - matrix: `[row, column]`.
    ///   - x: one number per column; their index when absent.
    ///   - y: one number per row; their index when absent.
    ///   - range: the numbers at the ends of the colour map; from 0 (or the smallest number, if that is less) to the largest when absent.
    /// - Throws: ``ImageError`` when the tensor is not a matrix of finite numbers.
    public init(
        _ matrix: Tensor, x: [Double]? = nil, y: [Double]? = nil, title: String? = nil, xLabel: String? = nil, yLabel: String? = nil,
        valueLabel: String? = nil, colorMap: ColorMap = .tuning, range: ClosedRange<Float>? = nil, width: Int = 560, height: Int = 260
    ) throws(ImageError) {
        guard matrix.rank == 2, matrix.count > 0 else { throw .notAMatrix(shape: matrix.shape) }
        let bad = matrix.scalars.reduce(0) { $1.isFinite ? $0 : $0 + 1 }
        guard bad == 0 else { throw .notFinite(count: bad) }
        self.matrix = matrix
        self.x = x.flatMap { $0.count == matrix.shape[1] ? $0 : nil } ?? (0..<matrix.shape[1]).map(Double.init)
        self.y = y.flatMap { $0.count == matrix.shape[0] ? $0 : nil } ?? (0..<matrix.shape[0]).map(Double.init)
        (self.title, self.xLabel, self.yLabel, self.valueLabel, self.colorMap) = (title, xLabel, yLabel, valueLabel, colorMap)
        let low = Swift.min(0, matrix.min()), high = matrix.max()
        self.range = range ?? low...Swift.max(high, low + (low == 0 && high <= 0 ? 1 : 0))
        self.width = Swift.min(Swift.max(width, 260), Int(SVG.pageWidth))
        self.height = Swift.min(Swift.max(height, 140), 1200)
    }

    /// - Throws: ``ImageError`` when the picture cannot be written as PNG.
    public func drawing() throws -> SVG {
        let ends = "\(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))"
        let summary = "heat map of \(matrix.shape[0]) x \(matrix.shape[1]) numbers, \(ends)"
        var svg = SVG(width: Double(width), height: Double(height), title: (title.map { $0 + ": " } ?? "") + summary)
        svg.add(try elements())
        return svg
    }

    /// The plot with its top left corner at (x, y), `width` wide and `height` high.
    /// - Throws: ``ImageError``.
    public func elements(x left: Double = 0, y top: Double = 0) throws -> [SVGElement] {
        let (width, height) = (Double(width), Double(height)), tick = 11.0
        let rows = Self.ticks(y, wanted: 6), columns = Self.ticks(x, wanted: 7)
        let barLabels = [range.upperBound, range.lowerBound].map(Self.text)
        let barRoom = 34 + (barLabels.map { TextMeasure.width($0, size: tick) }.max() ?? 0) + (valueLabel == nil ? 0 : 16)
        let start = 14 + (yLabel == nil ? 0 : 18) + (rows.map { TextMeasure.width($0.label, size: tick) }.max() ?? 0)
        let size = 14 * TextMeasure.boldness
        let lines = title.map { TextMeasure.wrap($0, size: size, width: width - start - 12, maximumLines: 2) } ?? []
        let above = 12 + Double(lines.count) * 20, below = 24 + (xLabel == nil ? 0 : 18.0)
        let (plotWidth, plotHeight) = (Swift.max(40, width - start - barRoom), Swift.max(40, height - above - below))
        let (plotLeft, plotTop) = (left + start, top + above)
        var result: [SVGElement] = []
        for (i, line) in lines.enumerated() { result.append(.text(line, x: plotLeft, y: top + 20 + Double(i) * 20, size: 14, bold: true)) }
        let picture = try Image(matrix, colorMap: colorMap, range: range)
        result.append(try .image(picture, x: plotLeft, y: plotTop, width: plotWidth, height: plotHeight, crisp: true))
        result.append(.rect(x: plotLeft, y: plotTop, width: plotWidth, height: plotHeight, .stroke(.rule)))
        var reached = -Double.infinity
        for (index, label) in columns {
            let at = plotLeft + (Double(index) + 0.5) / Double(x.count) * plotWidth, half = TextMeasure.width(label, size: tick) / 2
            guard at - half > reached, at + half < left + width else { continue }
            reached = at + half + 6
            result.append(.line(x1: at, y1: plotTop + plotHeight, x2: at, y2: plotTop + plotHeight + 4, .stroke(.faint)))
            result.append(.text(label, x: at, y: plotTop + plotHeight + 16, size: tick, anchor: .middle, color: .faint))
        }
        var lowest = -Double.infinity
        for (index, label) in rows {
            let at = plotTop + (Double(index) + 0.5) / Double(y.count) * plotHeight
            guard at - 7 > lowest else { continue }
            lowest = at + 7
            result.append(.line(x1: plotLeft - 4, y1: at, x2: plotLeft, y2: at, .stroke(.faint)))
            result.append(.text(label, x: plotLeft - 6, y: at + 4, size: tick, anchor: .end, color: .faint))
        }
        if let xLabel = xLabel.flatMap({ PlotFrame.line($0, width: plotWidth) }) {
            result.append(.text(xLabel, x: plotLeft + plotWidth / 2, y: plotTop + plotHeight + 36, size: 12, anchor: .middle))
        }
        if let yLabel = yLabel.flatMap({ PlotFrame.line($0, width: plotHeight) }) {
            result.append(.text(yLabel, x: left + 14, y: plotTop + plotHeight / 2, size: 12, anchor: .middle, rotation: -90))
        }
        return result + colorBar(x: plotLeft + plotWidth + 12, y: plotTop, height: plotHeight, labels: barLabels)
    }

    private func colorBar(x: Double, y: Double, height: Double, labels: [String]) -> [SVGElement] {
        let steps = 60, step = height / Double(steps), domain = colorMap.domain
        var result = (0..<steps).map { i -> SVGElement in
            let share = Float(steps - 1 - i) / Float(steps - 1)
            let color = colorMap(domain.lowerBound + (domain.upperBound - domain.lowerBound) * share)
            return .rect(x: x, y: y + Double(i) * step, width: 10, height: step + (i + 1 < steps ? 0.6 : 0), .fill(color))
        }
        result.append(.text(labels[0], x: x + 15, y: y + 9, size: 11, color: .faint))
        result.append(.text(labels[1], x: x + 15, y: y + height, size: 11, color: .faint))
        if let valueLabel = valueLabel.flatMap({ TextMeasure.wrap($0, size: 11, width: height - 36, maximumLines: 1).first }) {
            result.append(.text(valueLabel, x: x + 24, y: y + height / 2, size: 11, anchor: .middle, color: .faint, rotation: -90))
        }
        return result
    }

    /// Which positions carry a label: round numbers where the positions are evenly spaced, otherwise some of them.
    static func ticks(_ positions: [Double], wanted: Int) -> [(index: Int, label: String)] {
        guard positions.count > 1, let first = positions.first, let last = positions.last else {
            return positions.enumerated().map { ($0.offset, text(Float($0.element))) }
        }
        let step = (last - first) / Double(positions.count - 1)
        let isEven = step != 0 && positions.enumerated().allSatisfy { abs($1 - first - Double($0) * step) < abs(step) * 1e-3 }
        if isEven, positions.count > wanted {
            let axis = Axis(holding: [first, last], wanted: wanted, atTicks: false)
            let marks = zip(axis.ticks, axis.labels).map { (Int((($0 - first) / step).rounded()), $1) }
            return marks.filter { positions.indices.contains($0.0) }.map { (index: $0.0, label: $0.1) }
        }
        let count = Swift.min(wanted, positions.count)
        let indices = (0..<count).map { Int((Double($0) * Double(positions.count - 1) / Double(Swift.max(1, count - 1))).rounded()) }
        return indices.map { ($0, text(Float(positions[$0]))) }
    }

    /// Three significant digits.
    static func text(_ value: Float) -> String {
        let text = abs(value) >= 1000 ? String(format: "%.0f", value) : String(format: "%.3g", value)
        return text.replacing("-", with: "−")
    }
}
