import Tensors

/// Rows of picture, weights, picture: how one unit acts on another ("Zoom In", curves excited by and inhibited by earlier curves).
///
///     try ConnectionRows([.init("excited by", color: .excitation, rows: rows)])
///
/// Sections stand side by side and share one scale of weights.
public struct ConnectionRows: Drawable, Sendable {
    /// A unit at one end.
    public struct Node: Sendable {
        public let caption: String
        /// Its icon; a grey square stands in when absent.
        public let image: Image?

        public init(_ caption: String, image: Image?) { (self.caption, self.image) = (caption, image) }
    }

    /// One connection.
    public struct Row: Sendable {
        public let from: Node, to: Node
        /// `[kernel height, kernel width]`
        public let weights: Tensor
        /// Under the weights.
        public let caption: String

        public init(from: Node, weights: Tensor, caption: String, to: Node) {
            (self.from, self.weights, self.caption, self.to) = (from, weights, caption, to)
        }
    }

    /// Connections under one heading.
    public struct Section: Sendable {
        public let title: String
        public let color: Color
        public let rows: [Row]

        public init(_ title: String, color: Color, rows: [Row]) { (self.title, self.color, self.rows) = (title, color, rows) }
    }

    public let sections: [Section]
    public let title: String?
    /// The magnitude of the full colours.
    public let scale: Float
    private let tiles: [[WeightTile]]

    /// - Throws: ``ImageError`` when weights are not a matrix of finite numbers.
    public init(_ sections: [Section], title: String? = nil) throws(ImageError) {
        (self.sections, self.title) = (sections, title)
        let scale = WeightTile.scale(of: sections.flatMap { $0.rows.map(\.weights) })
        var tiles: [[WeightTile]] = []
        for section in sections {
            var column: [WeightTile] = []
            for row in section.rows { column.append(try WeightTile(row.weights, scale: scale)) }
            tiles.append(column)
        }
        (self.scale, self.tiles) = (scale, tiles)
    }

    private static let side = 64.0, link = 40.0, captionSize = 11.0, lineHeight = 14.0, gap = 36.0, margin = 16.0

    /// - Throws: ``ImageError`` when an icon cannot be written as PNG.
    public func drawing() throws -> SVG {
        let (side, link) = (Self.side, Self.link)
        let rowWidth = 3 * side + 2 * link, width = 2 * Self.margin + Double(sections.count) * (rowWidth + Self.gap) - Self.gap
        let titleLines = title.map {
            TextMeasure.wrap($0, size: 15 * TextMeasure.boldness, width: width - 2 * Self.margin, maximumLines: 2)
        } ?? []
        let top = Self.margin + Double(titleLines.count) * 20 + 24
        // A caption may reach under half of the arrow beside its picture.
        let room = side + link - 8
        var elements: [SVGElement] = [], deepest = top
        for (index, line) in titleLines.enumerated() {
            elements.append(.text(line, x: Self.margin, y: Self.margin + 12 + Double(index) * 20, size: 15, bold: true))
        }
        for (column, section) in sections.enumerated() {
            let x = Self.margin + Double(column) * (rowWidth + Self.gap)
            let heading = section.rows.isEmpty ? section.title + ": nothing" : section.title
            elements.append(.text(heading, x: x, y: top - 8, size: 13, color: section.color, bold: true))
            var y = top
            for (row, tile) in zip(section.rows, tiles[column]) {
                let lefts = [x, x + side + link, x + 2 * (side + link)]
                let captions = [row.from.caption, row.caption, row.to.caption].map {
                    TextMeasure.wrap($0, size: Self.captionSize, width: room, maximumLines: 2)
                }
                elements += try picture(row.from.image, x: lefts[0], y: y) + picture(row.to.image, x: lefts[2], y: y)
                elements += tile.elements(x: lefts[1], y: y, side: side)
                for left in lefts.prefix(2) {
                    elements += Self.arrow(from: left + side + 5, to: left + side + link - 5, y: y + side / 2, color: section.color)
                }
                for (left, lines) in zip(lefts, captions) {
                    for (number, line) in lines.enumerated() {
                        elements.append(
                            .text(
                                line, x: left + side / 2, y: y + side + Self.lineHeight * Double(number + 1) - 1, size: Self.captionSize,
                                anchor: .middle))
                    }
                }
                y += side + Double(captions.map(\.count).max() ?? 1) * Self.lineHeight + 10
            }
            deepest = max(deepest, y)
        }
        elements += WeightLegend(scale: scale).elements(x: Self.margin + 8, y: deepest + 2)
        let summary = (title.map { $0 + ": " } ?? "") + sections.map { section in
            section.title + " " + (section.rows.isEmpty ? "nothing" : section.rows.map { "\($0.from.caption) to \($0.to.caption)" }
                .joined(separator: ", "))
        }.joined(separator: "; ")
        var svg = SVG(width: width, height: deepest + WeightLegend.height + 8, title: summary)
        svg.add(elements)
        return svg
    }

    private static func arrow(from x: Double, to end: Double, y: Double, color: Color) -> [SVGElement] {
        [
            .line(x1: x, y1: y, x2: end - 6, y2: y, .stroke(color, width: 1.5)),
            .path(.polygon([(end, y), (end - 8, y - 4.5), (end - 8, y + 4.5)]), .fill(color)),
        ]
    }

    private func picture(_ image: Image?, x: Double, y: Double) throws(ImageError) -> [SVGElement] {
        var result: [SVGElement] = [.rect(x: x, y: y, width: Self.side, height: Self.side, .fill(Color(gray: 0.93)))]
        if let image { result.append(try .image(image, x: x, y: y, width: Self.side, height: Self.side)) }
        return result + [.rect(x: x + 0.5, y: y + 0.5, width: Self.side - 1, height: Self.side - 1, .stroke(.rule))]
    }
}
