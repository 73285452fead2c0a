/// Pictures in rows and columns with a caption under each, as one drawing: text stays sharp, and long grids wrap to the page.
///
///     ImageGrid(pictures, captions: ["disc", "ring"], title: "Two classes")
///
public struct ImageGrid: Drawable, Sendable {
    /// A row or more of pictures under one heading.
    public struct Group: Sendable {
        /// The heading; none when absent.
        public let title: String?
        /// The pictures, of any size; each is fitted into a square cell.
        public let images: [Image]
        /// One caption per picture, in order; missing ones stay empty. A line feed starts a new line.
        public let captions: [String]

        /// Pictures under one heading.
        public init(title: String? = nil, images: [Image], captions: [String] = []) {
            self.title = title
            self.images = images
            self.captions = captions
        }
    }

    /// The groups, from top to bottom.
    public let groups: [Group]
    /// The title above all groups.
    public let title: String?
    /// Pictures in a row; as many as fit the page when absent.
    public let columns: Int?
    /// The side of a cell in pixels; a size that suits the pictures when absent.
    public let cellSize: Int?
    /// Pixels between cells.
    public let spacing: Int
    /// Whether enlarged pixels stay crisp squares.
    public let crisp: Bool

    /// Pictures in rows, in reading order.
    public init(
        _ images: [Image], captions: [String] = [], columns: Int? = nil, cellSize: Int? = nil, spacing: Int = 10,
        title: String? = nil, crisp: Bool = true
    ) {
        self.init(
            groups: [Group(images: images, captions: captions)], columns: columns, cellSize: cellSize, spacing: spacing,
            title: title, crisp: crisp)
    }

    /// Pictures in groups with a heading each.
    public init(
        groups: [Group], columns: Int? = nil, cellSize: Int? = nil, spacing: Int = 10, title: String? = nil, crisp: Bool = true
    ) {
        self.groups = groups
        self.columns = columns.map { Swift.max(1, $0) }
        self.cellSize = cellSize.map { Swift.min(Swift.max($0, 8), 800) }
        self.spacing = Swift.min(Swift.max(spacing, 0), 100)
        self.title = title
        self.crisp = crisp
    }

    /// A whole multiple (or fraction) of the pictures' side near 110 pixels, so that crisp pixels come out equally large.
    private var suitableSide: Double {
        let longest = groups.flatMap(\.images).map { Swift.max($0.width, $0.height) }.max() ?? 100
        if longest <= 110 { return Double(longest * Swift.max(1, Int((110 / Double(longest)).rounded()))) }
        return longest <= 160 ? Double(longest) : 112
    }

    /// The drawing of the grid.
    /// - Throws: ``ImageError`` when a picture cannot be written as PNG.
    public func drawing() throws -> SVG {
        let sections = groups.map { group in
            CaptionedGrid.Section(
                heading: group.title, color: .ink,
                cells: group.images.enumerated().map { index, image in
                    CaptionedGrid.Cell(caption: index < group.captions.count ? group.captions[index] : "", color: .ink) { x, y, side in
                        let longest = Double(Swift.max(image.width, image.height))
                        let (w, h) = (side * Double(image.width) / longest, side * Double(image.height) / longest)
                        return [
                            try .image(image, x: x + (side - w) / 2, y: y + (side - h) / 2, width: w, height: h, crisp: crisp)
                        ]
                    }
                })
        }
        let grid = CaptionedGrid(
            title: title, sections: sections, columns: columns, side: cellSize.map(Double.init) ?? suitableSide,
            spacing: Double(spacing))
        let count = groups.reduce(0) { $0 + $1.images.count }
        let captions = groups.flatMap { group in group.captions.prefix(group.images.count).map { $0.replacing("\n", with: " ") } }
        let summary = (title.map { $0 + ": " } ?? "") + "\(count) image\(count == 1 ? "" : "s")"
        let listed = captions.filter { !$0.isEmpty }.prefix(12).joined(separator: ", ")
        return try grid.drawing(summary: listed.isEmpty ? summary : summary + " (\(listed))")
    }
}
