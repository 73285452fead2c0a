import Foundation
import Tensors

/// A matrix of numbers as coloured cells with a name for every row and column: which class is taken for which.
///
///     LabelledMatrix(confusion, rows: classes, columns: classes, title: "true class (rows) and answer (columns)")
public struct LabelledMatrix: Drawable, Sendable {
    /// The numbers, `[row, column]`.
    public let matrix: Tensor
    public let rows: [String], columns: [String]
    public let title: String?
    /// What stands to the left of the rows and under the columns.
    public let rowLabel: String?, columnLabel: String?
    public let colorMap: ColorMap
    /// The numbers at the two ends of the colour map.
    public let range: ClosedRange<Float>
    /// The side of a cell in pixels.
    public let cell: Double

    /// A matrix with names.
    /// - Parameters:
    ///   - matrix: `[row, column]`, finite.
    ///   - rows: a name for each row.
    ///   - columns: a name for each column.
    ///   - range: the numbers at the ends of the colour map; from 0 to the largest when absent.
    ///   - cell: the side of a cell in pixels; as large as fits a page, at most 34, when absent.
    /// - Throws: ``ImageError`` when the tensor is not a matrix of finite numbers with as many rows and columns as names.
    public init(
        _ matrix: Tensor, rows: [String], columns: [String], title: String? = nil, rowLabel: String? = nil, columnLabel: String? = nil,
        colorMap: ColorMap = .viridis, range: ClosedRange<Float>? = nil, cell: Double? = nil
    ) throws(ImageError) {
        guard matrix.rank == 2, matrix.shape == [rows.count, columns.count], matrix.count > 0 else {
            throw .notAMatrix(shape: matrix.shape)
        }
        let bad = matrix.scalars.reduce(0) { $1.isFinite ? $0 : $0 + 1 }
        guard bad == 0 else { throw .notFinite(count: bad) }
        (self.matrix, self.rows, self.columns, self.title) = (matrix, rows, columns, title)
        (self.rowLabel, self.columnLabel, self.colorMap) = (rowLabel, columnLabel, colorMap)
        let high = matrix.max()
        self.range = range ?? 0...Swift.max(high, 1e-9)
        let room = SVG.pageWidth - 200
        self.cell = Swift.max(4, cell ?? Swift.min(34, (room / Double(columns.count)).rounded(.down)))
    }

    public func drawing() throws -> SVG {
        let size = Swift.min(11, Swift.max(6, cell - 2))
        func room(_ names: [String]) -> Double { Swift.min(150, names.map { TextMeasure.width($0, size: size) }.max() ?? 0) + 8 }
        let left = 12 + (rowLabel == nil ? 0 : 18) + room(rows), foot = room(columns) + (columnLabel == nil ? 0 : 18) + 10
        let (plotWidth, plotHeight) = (cell * Double(columns.count), cell * Double(rows.count))
        let width = Swift.max(left + plotWidth + 16, 260)
        let lines = title.map { TextMeasure.wrap($0, size: 14 * TextMeasure.boldness, width: width - 24, maximumLines: 3) } ?? []
        let top = 12 + Double(lines.count) * 20
        var svg = SVG(width: width, height: top + plotHeight + foot, title: summary)
        for (i, line) in lines.enumerated() { svg.add(.text(line, x: 12, y: 22 + Double(i) * 20, size: 14, bold: true)) }
        let span = Swift.max(range.upperBound - range.lowerBound, .leastNormalMagnitude)
        for (row, name) in rows.enumerated() {
            let y = top + Double(row) * cell
            svg.add(label(name, x: left - 5, y: y + cell / 2 + size * 0.36, size: size))
            for (column, other) in columns.enumerated() {
                let value = matrix[row, column], part = Float((value - range.lowerBound) / span)
                let domain = colorMap.domain
                let color = colorMap(domain.lowerBound + part * (domain.upperBound - domain.lowerBound))
                svg.add(
                    .rect(x: left + Double(column) * cell, y: y, width: cell, height: cell, .fill(color))
                        .tooltip("\(name), \(other): \(String(format: "%.4g", value))"))
            }
        }
        for (column, name) in columns.enumerated() {
            let x = left + (Double(column) + 0.5) * cell + size * 0.36
            svg.add(label(name, x: x, y: top + plotHeight + 5, size: size, rotation: -90))
        }
        svg.add(.rect(x: left, y: top, width: plotWidth, height: plotHeight, .stroke(.rule)))
        if let rowLabel { svg.add(.text(rowLabel, x: 18, y: top + plotHeight / 2, size: 12, anchor: .middle, rotation: -90)) }
        if let columnLabel { svg.add(.text(columnLabel, x: left + plotWidth / 2, y: top + plotHeight + foot - 8, size: 12, anchor: .middle)) }
        return svg
    }

    private func label(_ name: String, x: Double, y: Double, size: Double, rotation: Double = 0) -> SVGElement {
        let short = TextMeasure.wrap(name, size: size, width: 150, maximumLines: 1).first ?? ""
        let text = SVGElement.text(short, x: x, y: y, size: size, anchor: .end, rotation: rotation)
        return short == name ? text : text.tooltip(name)
    }

    private var summary: String {
        (title.map { $0 + ": " } ?? "") + "\(rows.count) x \(columns.count) numbers from \(String(format: "%.4g", matrix.min())) to "
            + String(format: "%.4g", matrix.max())
    }
}
