import Tensors

/// How one feature is built from others: the features that excite it, those that inhibit it, and the weights between them,
/// drawn as the fan-in circuits of "Zoom In" (the car circuit).
///
///     try CircuitDiagram(
///         target: .init("4c:447", image: car),
///         upstream: [.init("4b:373 wheels", image: wheels, weights: kernel, strength: 0.9)])
public struct CircuitDiagram: Drawable, Sendable {
    /// The feature that the circuit computes.
    public struct Target: Sendable {
        public let caption: String
        /// Its icon; a grey square stands in when absent.
        public let image: Image?

        /// The feature that the circuit computes.
        public init(_ caption: String, image: Image?) {
            self.caption = caption
            self.image = image
        }
    }

    /// A feature that the target reads.
    public struct Upstream: Sendable {
        public let caption: String
        /// Its icon; a grey square stands in when absent.
        public let image: Image?
        /// The spatial weights to the target, `[kernel height, kernel width]`.
        public let weights: Tensor
        /// How strongly it acts: positive excites, negative inhibits. The connector's width follows its magnitude.
        public let strength: Float

        /// A feature that the target reads.
        public init(_ caption: String, image: Image?, weights: Tensor, strength: Float) {
            self.caption = caption
            self.image = image
            self.weights = weights
            self.strength = strength
        }
    }

    /// The feature that the circuit computes.
    public let target: Target
    /// The features that excite it, strongest first.
    public let exciting: [Upstream]
    /// The features that inhibit it, strongest first.
    public let inhibiting: [Upstream]
    /// The title.
    public let title: String?
    /// The magnitude of a weight that takes the full colour in every tile.
    public let scale: Float
    private let tiles: [WeightTile]

    /// A circuit around `target`. Features of strength zero are drawn among those that excite.
    /// - Throws: ``ImageError`` when weights are not a matrix of finite numbers.
    public init(target: Target, upstream: [Upstream], title: String? = nil) throws(ImageError) {
        self.target = target
        self.title = title
        exciting = upstream.filter { !($0.strength < 0) }.sorted { $0.strength > $1.strength }
        inhibiting = upstream.filter { $0.strength < 0 }.sorted { $0.strength < $1.strength }
        let scale = WeightTile.scale(of: upstream.map(\.weights))
        self.scale = scale
        var tiles: [WeightTile] = []
        for node in exciting + inhibiting { tiles.append(try WeightTile(node.weights, scale: scale)) }
        self.tiles = tiles
    }

    private static let captionSize = 11.5, captionHeight = 15.0, sectionGap = 18.0

    /// The drawing of the circuit.
    /// - Throws: ``ImageError`` when an icon cannot be written as PNG.
    public func drawing() throws -> SVG {
        let nodes = exciting + inhibiting
        let icon = nodes.count > 8 ? 52.0 : 72, link = 34.0
        let (left, iconX) = (20.0, 20.0)
        let tileX = iconX + icon + link, sourceX = tileX + icon + 8
        let captionWidth = 2 * icon + link
        let targetSide = 168.0, targetX = sourceX + 190, width = targetX + targetSide + 24
        let titleLines = title.map { TextMeasure.wrap($0, size: 15 * TextMeasure.boldness, width: width - 2 * left, maximumLines: 2) } ?? []
        let strengths = nodes.map { ($0.strength < 0 ? "−" : "+") + WeightLegend.text($0.strength) }
        // A strength ends the first line of its caption.
        let strengthWidth = strengths.map { TextMeasure.width($0, size: Self.captionSize * TextMeasure.boldness) }.max() ?? 0
        let captions = nodes.map {
            TextMeasure.wrap($0.caption, size: Self.captionSize, width: captionWidth - strengthWidth - 6, maximumLines: 2)
        }
        let targetCaption = TextMeasure.wrap(target.caption, size: 14 * TextMeasure.boldness, width: targetSide + 30, maximumLines: 3)

        // Rows from top to bottom; the target stands at the middle of their height.
        var y = 16 + Double(titleLines.count) * 20, tops: [Double] = []
        let firstTop = y
        for (index, lines) in captions.enumerated() {
            if index == exciting.count && index > 0 { y += Self.sectionGap }
            tops.append(y)
            y += icon + Double(Swift.max(1, lines.count)) * Self.captionHeight + 14
        }
        let targetHeight = targetSide + Double(targetCaption.count) * 18 + 8
        let bodyHeight = Swift.max(y - firstTop, targetHeight + 20)
        let shift = (bodyHeight - (y - firstTop)) / 2
        tops = tops.map { $0 + shift }
        let targetY = firstTop + (bodyHeight - targetHeight) / 2
        let legendY = firstTop + bodyHeight + 6

        var svg = SVG(width: width, height: legendY + 48, title: summary)
        for (i, line) in titleLines.enumerated() { svg.add(.text(line, x: left, y: 26 + Double(i) * 20, size: 15, bold: true)) }
        svg.add(connectors(tops: tops, icon: icon, from: sourceX, to: targetX - 8, middle: targetY + targetSide / 2))
        for (index, node) in nodes.enumerated() {
            let (top, color) = (tops[index], Self.color(of: node))
            svg.add(
                .line(
                    x1: iconX + icon + 4, y1: top + icon / 2, x2: tileX - 9, y2: top + icon / 2,
                    .stroke(color, width: 1.5)))
            svg.add(Self.arrowhead(x: tileX - 4, y: top + icon / 2, size: 7, color: color))
            svg.add(try Self.picture(node.image, x: iconX, y: top, side: icon, border: color))
            svg.add(tiles[index].elements(x: tileX, y: top, side: icon))
            for (i, line) in captions[index].enumerated() {
                svg.add(.text(line, x: iconX, y: top + icon + 14 + Double(i) * Self.captionHeight, size: Self.captionSize))
            }
            svg.add(
                .text(
                    strengths[index], x: tileX + icon, y: top + icon + 14, size: Self.captionSize, anchor: .end, color: color,
                    bold: true))
        }
        svg.add(try Self.picture(target.image, x: targetX, y: targetY, side: targetSide, border: .ink))
        for (i, line) in targetCaption.enumerated() {
            svg.add(
                .text(
                    line, x: targetX + targetSide / 2, y: targetY + targetSide + 20 + Double(i) * 18, size: 14, anchor: .middle,
                    bold: true))
        }
        if nodes.isEmpty {
            svg.add(.text("no weights to show", x: left, y: targetY + targetSide / 2, size: 13, color: .faint))
        }
        svg.add(legend(x: left, y: legendY))
        return svg
    }

    private var summary: String {
        func list(_ nodes: [Upstream]) -> String { nodes.map(\.caption).joined(separator: ", ") }
        return (title.map { $0 + ": " } ?? "") + "circuit of \(target.caption); excited by "
            + (exciting.isEmpty ? "nothing" : list(exciting)) + "; inhibited by "
            + (inhibiting.isEmpty ? "nothing" : list(inhibiting))
    }

    /// One curve per feature; those that excite meet in one arrowhead, those that inhibit in one bar below it.
    private func connectors(tops: [Double], icon: Double, from x: Double, to end: Double, middle: Double) -> [SVGElement] {
        let strongest = (exciting + inhibiting).map { abs($0.strength) }.filter(\.isFinite).max() ?? 0
        let both = !exciting.isEmpty && !inhibiting.isEmpty
        let offset = both ? 22.0 : 0
        var result: [SVGElement] = []
        // The weakest are drawn last, so that thin lines stay visible over thick ones.
        for (index, node) in (exciting + inhibiting).enumerated().sorted(by: { abs($0.element.strength) > abs($1.element.strength) }) {
            let start = tops[index] + icon / 2
            let target = middle + (node.strength < 0 ? offset : -offset)
            let share = strongest > 0 ? Double(abs(node.strength) / strongest) : 0
            var path = SVGPath()
            path.move(x, start)
            let stop = end - 14, bend = (stop - x) * 0.55
            path.cubic(x + bend, start, stop - bend, target, stop, target)
            result.append(
                .path(path, .stroke(Self.color(of: node), width: 1.25 + 5.25 * (share.isFinite ? share : 0), opacity: 0.85)))
        }
        if !exciting.isEmpty { result.append(Self.arrowhead(x: end, y: middle - offset, size: 17, color: .excitation)) }
        if !inhibiting.isEmpty { result += Self.bar(x: end, y: middle + offset, stem: 14, color: .inhibition) }
        return result
    }

    private func legend(x: Double, y: Double) -> [SVGElement] {
        var result = WeightLegend(scale: scale).elements(x: x, y: y + 6)
        result.append(.text("weight", x: x + WeightLegend.width + 10, y: y + 14, size: 11, color: .faint))
        let column = x + WeightLegend.width + 74
        result.append(.line(x1: column, y1: y + 10, x2: column + 16, y2: y + 10, .stroke(.excitation, width: 3)))
        result.append(Self.arrowhead(x: column + 26, y: y + 10, size: 11, color: .excitation))
        result.append(.text("positive (excitation)", x: column + 34, y: y + 14, size: 11.5, color: .excitation))
        result += Self.bar(x: column + 26, y: y + 28, stem: 26, color: .inhibition, thickness: 3, reach: 6)
        result.append(.text("negative (inhibition)", x: column + 34, y: y + 32, size: 11.5, color: .inhibition))
        return result
    }

    private static func color(of node: Upstream) -> Color { node.strength < 0 ? .inhibition : .excitation }

    /// A triangle whose tip is at (x, y), pointing right.
    private static func arrowhead(x: Double, y: Double, size: Double, color: Color) -> SVGElement {
        .path(.polygon([(x, y), (x - size, y - size * 0.55), (x - size, y + size * 0.55)]), .fill(color))
    }

    /// A stem that ends in a bar at x: biology's sign for inhibition.
    private static func bar(
        x: Double, y: Double, stem: Double, color: Color, thickness: Double = 4, reach: Double = 11
    ) -> [SVGElement] {
        [
            .line(x1: x - stem, y1: y, x2: x, y2: y, .stroke(color, width: thickness)),
            .line(x1: x - thickness / 2, y1: y - reach, x2: x - thickness / 2, y2: y + reach, .stroke(color, width: thickness)),
        ]
    }

    private static func picture(
        _ image: Image?, x: Double, y: Double, side: Double, border: Color
    ) throws(ImageError) -> [SVGElement] {
        var result: [SVGElement] = [.rect(x: x, y: y, width: side, height: side, .fill(Color(gray: 0.93)))]
        if let image {
            let longest = Double(Swift.max(image.width, image.height))
            let (w, h) = (side * Double(image.width) / longest, side * Double(image.height) / longest)
            result.append(try .image(image, x: x + (side - w) / 2, y: y + (side - h) / 2, width: w, height: h))
        }
        result.append(.rect(x: x + 0.5, y: y + 0.5, width: side - 1, height: side - 1, radius: 2, .stroke(border, width: 1.5)))
        return result
    }
}
