/// The layout that image grids and weight tiles share: sections of equal cells in rows, a caption under each, on one page.
struct CaptionedGrid {
    struct Cell {
        let caption: String
        let color: Color
        /// Draws the cell's content with its top left corner at (x, y) within a square of the side given last.
        let art: (_ x: Double, _ y: Double, _ side: Double) throws -> [SVGElement]
    }
    struct Section {
        let heading: String?
        let color: Color
        let cells: [Cell]
    }

    let title: String?
    let sections: [Section]
    let columns: Int?
    let side: Double
    let spacing: Double
    /// Drawn under the last row, with its top left corner at the given point; `footerHeight` high and `footerWidth` wide.
    var footer: ((_ x: Double, _ y: Double) throws -> [SVGElement])?
    var footerHeight = 0.0
    var footerWidth = 0.0

    private static let margin = 12.0, captionSize = 11.0, lineHeight = 14.0, headingSize = 13.0, titleSize = 15.0
    private static let maximumLines = 3

    /// Where everything goes, before anything is drawn.
    private struct Layout {
        var side: Double, columnWidth: Double, columns: Int
    }

    private func layout() -> Layout {
        let room = SVG.pageWidth - 2 * Self.margin
        let captions = sections.flatMap { $0.cells.flatMap { $0.caption.prefix(400).split(separator: "\n") } }
        let widest = captions.map { TextMeasure.width(String($0), size: Self.captionSize) + 2 }.max() ?? 0
        let longest = Swift.max(1, sections.map(\.cells.count).max() ?? 1)
        var side = Swift.min(Swift.max(side, 8), room)
        var columnWidth = Swift.min(Swift.max(side, Swift.min(widest, 132)), room)
        func fitting() -> Int { Swift.max(1, Int((room + spacing) / (columnWidth + spacing))) }
        let wanted = Swift.min(columns ?? longest, longest)
        if let columns, columns > fitting(), columns <= longest {
            // A row asked for by number is kept whole by smaller cells, as long as they can still be made out.
            let fit = ((room + spacing) / Double(columns) - spacing).rounded(.down)
            if fit >= 36 { (side, columnWidth) = (Swift.min(side, fit), fit) }
        }
        return Layout(side: side, columnWidth: columnWidth, columns: Swift.max(1, Swift.min(wanted, fitting())))
    }

    func drawing(summary: String) throws -> SVG {
        let layout = layout()
        let (side, columnWidth) = (layout.side, layout.columnWidth)
        let gridWidth = Double(layout.columns) * (columnWidth + spacing) - spacing
        let headings = [title.map { TextMeasure.width($0, size: Self.titleSize * TextMeasure.boldness) + 1 }].compactMap { $0 }
            + sections.compactMap { $0.heading.map { TextMeasure.width($0, size: Self.headingSize * TextMeasure.boldness) + 1 } }
        let width = Swift.min(SVG.pageWidth, 2 * Self.margin + Swift.max(gridWidth, footerWidth, headings.max() ?? 0))
        var elements: [SVGElement] = []
        var y = Self.margin

        func heading(_ text: String, size: Double, color: Color) {
            for line in TextMeasure.wrap(text, size: size * TextMeasure.boldness, width: width - 2 * Self.margin, maximumLines: 2) {
                elements.append(.text(line, x: Self.margin, y: y + size, size: size, color: color, bold: true))
                y += size + 5
            }
            y += 4
        }

        if let title { heading(title, size: Self.titleSize, color: .ink) }
        for (index, section) in sections.enumerated() {
            if index > 0 { y += 8 }
            if let text = section.heading { heading(text, size: Self.headingSize, color: section.color) }
            var start = 0
            while start < section.cells.count {
                let row = section.cells[start..<Swift.min(start + layout.columns, section.cells.count)]
                let captions = row.map {
                    TextMeasure.wrap($0.caption, size: Self.captionSize, width: columnWidth, maximumLines: Self.maximumLines)
                }
                for (column, (cell, lines)) in zip(row, captions).enumerated() {
                    let x = Self.margin + Double(column) * (columnWidth + spacing)
                    elements += try cell.art(x + ((columnWidth - side) / 2).rounded(.down), y, side)
                    for (i, line) in lines.enumerated() {
                        let text = SVGElement.text(
                            line, x: x + columnWidth / 2, y: y + side + Self.lineHeight * Double(i + 1) - 1, size: Self.captionSize,
                            anchor: .middle, color: cell.color)
                        elements.append(line.hasSuffix("…") ? text.tooltip(cell.caption) : text)
                    }
                }
                y += side + Double(captions.map(\.count).max() ?? 0) * Self.lineHeight + spacing
                start += layout.columns
            }
        }
        if let footer {
            elements += try footer(Self.margin, y)
            y += footerHeight
        }
        var svg = SVG(width: width, height: y + 4, title: summary)
        svg.add(elements)
        return svg
    }
}
