import Tensors

/// Weight tiles with a caption each, in one or more sections, all on one scale that a colour bar explains.
///
///     try WeightTileGrid([WeightTileGrid.Section(title: "excitation", tiles: [kernel], captions: ["mixed3a:12 +0.83"])])
public struct WeightTileGrid: Drawable, Sendable {
    /// Tiles under one heading.
    public struct Section: Sendable {
        /// The heading; none when absent.
        public let title: String?
        /// The heading's colour.
        public let color: Color
        /// The weights, `[kernel height, kernel width]` each.
        public let tiles: [Tensor]
        /// One caption per tile; missing ones stay empty.
        public let captions: [String]
        /// A picture per tile (the icon of the channel it comes from), shown above it; none when empty.
        public let icons: [Image?]

        /// Tiles under one heading.
        public init(title: String? = nil, color: Color = .ink, tiles: [Tensor], captions: [String], icons: [Image?] = []) {
            self.title = title
            self.color = color
            self.tiles = tiles
            self.captions = captions
            self.icons = icons
        }
    }

    /// The sections, from top to bottom.
    public let sections: [Section]
    /// The title above all sections.
    public let title: String?
    /// The magnitude of the full colours.
    public let scale: Float
    private let columns: Int?
    private let cellSize: Double
    private let tiles: [[WeightTile]]

    /// Tiles in sections.
    /// - Parameters:
    ///   - scale: the magnitude of the full colours; the largest of all tiles when absent.
    ///   - columns: tiles in a row; as many as fit when absent.
    ///   - cellSize: the side of a tile in pixels.
    /// - Throws: ``ImageError`` when a tile is not a matrix of finite numbers.
    public init(_ sections: [Section], title: String? = nil, scale: Float? = nil, columns: Int? = nil, cellSize: Int = 80)
        throws(ImageError)
    {
        self.sections = sections
        self.title = title
        self.columns = columns.map { Swift.max(1, $0) }
        self.cellSize = Double(Swift.min(Swift.max(cellSize, 8), 800))
        let shared = scale ?? WeightTile.scale(of: sections.flatMap(\.tiles))
        var tiles: [[WeightTile]] = []
        for section in sections {
            var row: [WeightTile] = []
            for weights in section.tiles { row.append(try WeightTile(weights, scale: shared)) }
            tiles.append(row)
        }
        self.scale = shared
        self.tiles = tiles
    }

    /// The drawing of all tiles and the colour bar.
    /// - Throws: ``ImageError`` when an icon cannot be written as PNG.
    public func drawing() throws -> SVG {
        let withIcons = sections.contains { $0.icons.contains { $0 != nil } }
        let sections = zip(sections, tiles).map { section, tiles in
            CaptionedGrid.Section(
                heading: section.title, color: section.color,
                cells: tiles.enumerated().map { index, tile in
                    CaptionedGrid.Cell(
                        caption: index < section.captions.count ? section.captions[index] : "", color: .ink
                    ) { x, y, side in
                        guard withIcons else { return tile.elements(x: x, y: y, side: side) }
                        // The icon stands over its tile in one cell of twice the height, so each takes half the side.
                        let half = ((side - 6) / 2).rounded(.down)
                        var result = tile.elements(x: x + (side - half) / 2, y: y + half + 6, side: half)
                        if index < section.icons.count, let icon = section.icons[index] {
                            result.append(try .image(icon, x: x + (side - half) / 2, y: y, width: half, height: half))
                        }
                        return result
                    }
                })
        }
        var grid = CaptionedGrid(
            title: title, sections: sections, columns: columns, side: withIcons ? cellSize * 2 + 6 : cellSize, spacing: 14)
        let legend = WeightLegend(scale: scale)
        grid.footer = { x, y in legend.elements(x: x, y: y) }
        (grid.footerHeight, grid.footerWidth) = (WeightLegend.height, WeightLegend.width)
        let captions = self.sections.flatMap { $0.captions }.prefix(12).joined(separator: ", ")
        return try grid.drawing(summary: (title ?? "Weights") + (captions.isEmpty ? "" : ": " + captions))
    }
}
