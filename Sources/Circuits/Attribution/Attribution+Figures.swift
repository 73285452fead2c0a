import Figures
import Networks
import Tensors

extension Attribution: Drawable {
    /// The positions over the picture: red speaks for the target, blue against it.
    /// - Throws: `ImageError`.
    public func overlay() throws -> Image { try Self.image(picture).overlaid(with: spatial) }

    /// The picture, the positions over it, and the channels with the largest sums.
    /// - Throws: `ImageError`.
    public func drawing() throws -> SVG {
        let pictures = try ImageGrid(
            [Self.image(picture).resizedForFigure(), overlay()], captions: ["picture", "for (red), against (blue)"], columns: 2,
            cellSize: 180, crisp: false)
        let rows = topChannels(8).map { channel in
            IconBarChart.Row(layer == Objective.images ? Self.colour(channel.feature) : "\(channel.feature)", Double(channel.value))
        }
        let bars = IconBarChart(rows, title: "\(target), by channel of \(placeName)", width: 440)
        return try Self.sideBySide(pictures.drawing(), bars.drawing(), title: description)
    }

    /// The channels with the largest sums and what each of them looks for ("top channels" of the semantic dictionary).
    ///
    ///     try attribution.channels(top: 6)
    /// - Throws: ``AttributionError/setting(name:value:allowed:)``, and as `Feature.visualize`.
    public func channels(top: Int, iconSize: Int = 56) throws -> IconBarChart {
        guard (1...32).contains(top) else { throw AttributionError.setting(name: "top", value: "\(top)", allowed: "1 to 32") }
        let channels = topChannels(top)
        let icons = layer == Objective.images ? [] : try channels.map(\.feature).icons(size: iconSize)
        let rows = channels.enumerated().map { index, channel in
            IconBarChart.Row("\(channel.feature)", Double(channel.value), icon: index < icons.count ? icons[index] : nil)
        }
        return IconBarChart(rows, title: "\(target), by channel of \(placeName)", iconSize: iconSize)
    }

    private static func colour(_ feature: Feature) -> String {
        let names = ["red", "green", "blue"]
        return feature.channel.flatMap { names.indices.contains($0) ? names[$0] : nil } ?? "\(feature)"
    }

    /// A picture of one or three channels.
    static func image(_ picture: Tensor) throws -> Image {
        try Image(picture.shape[2] == 1 ? .concatenated([picture, picture, picture], along: 2) : picture)
    }

    /// Two drawings as one.
    static func sideBySide(_ left: SVG, _ right: SVG, title: String) -> SVG {
        let isWide = left.width + right.width + 12 > SVG.pageWidth
        var svg = SVG(
            width: isWide ? max(left.width, right.width) : left.width + 12 + right.width,
            height: isWide ? left.height + right.height : max(left.height, right.height), title: title)
        svg.add(left.content)
        svg.add(.group(x: isWide ? 0 : left.width + 12, y: isWide ? left.height : 0, right.content))
        return svg
    }
}

extension Image {
    /// Enlarged by a whole factor when it is small.
    func resizedForFigure() throws -> Image { try scaled(by: max(1, 256 / max(1, max(width, height)))) }
}
