/// A network as a strip of layers from top to bottom: names, widths as bars, branches as coloured segments, and notes.
///
///     ModelDiagram(title: "mini-inception", layers: [
///         .init("mixed3a", details: ["120 channels, 16x16", "sees 47 px"], branches: [.init("1x1", 32), .init("3x3", 88)])])
public struct ModelDiagram: Drawable, Sendable {
    /// A part of a layer's channels.
    public struct Branch: Sendable {
        /// What the legend calls it: `3x3`.
        public let name: String
        /// How many channels it has.
        public let channels: Int

        /// A part of a layer's channels.
        public init(_ name: String, _ channels: Int) {
            self.name = name
            self.channels = Swift.max(0, channels)
        }
    }

    /// One layer.
    public struct Layer: Sendable {
        public let name: String
        /// Notes beside the bar, joined in one line where they fit.
        public let details: [String]
        /// The channels, as one branch or several.
        public let branches: [Branch]

        /// One layer.
        public init(_ name: String, details: [String], branches: [Branch]) {
            self.name = name
            self.details = details
            self.branches = branches
        }
    }

    /// The name of the network.
    public let title: String
    /// A line under it: input size, parameters.
    public let subtitle: String?
    /// The layers, input first.
    public let layers: [Layer]

    /// A network.
    public init(title: String, subtitle: String? = nil, layers: [Layer]) {
        self.title = title
        self.subtitle = subtitle
        self.layers = layers
    }

    public func drawing() -> SVG {
        let margin = 16.0, barRoom = 240.0, rowHeight = layers.count > 40 ? 20.0 : 26
        let nameRoom = Swift.min(190, 10 + (layers.map { TextMeasure.width($0.name, size: 12.5 * TextMeasure.boldness) }.max() ?? 0))
        let barX = margin + nameRoom + 26, detailX = barX + barRoom + 14
        let details = layers.map { $0.details.joined(separator: " · ") }
        let detailRoom = Swift.min(SVG.pageWidth - detailX - margin, 8 + (details.map { TextMeasure.width($0, size: 11.5) }.max() ?? 0))
        let names = branchNames
        let width = Swift.max(
            detailX + Swift.max(detailRoom, 40) + margin,
            Swift.min(SVG.pageWidth, 2 * margin + 1 + TextMeasure.width(title, size: 16 * TextMeasure.boldness)))
        let widest = layers.map(Self.channels).max() ?? 1

        // Notes too long for the rest of their line take as many lines as they need.
        let lines = details.map { TextMeasure.wrap($0, size: 11.5, width: detailRoom, maximumLines: 4) }
        let headLines = TextMeasure.wrap(title, size: 16 * TextMeasure.boldness, width: width - 2 * margin, maximumLines: 1)
        var y = 14.0
        var elements: [SVGElement] = []
        for line in headLines {
            elements.append(.text(line, x: margin, y: y + 15, size: 16, bold: true))
            y += 22
        }
        for line in TextMeasure.wrap(subtitle ?? "", size: 12, width: width - 2 * margin, maximumLines: 3) {
            elements.append(.text(line, x: margin, y: y + 12, size: 12, color: .faint))
            y += 16
        }
        if names.count > 1 {
            y += 6
            var x = margin
            for (index, wholeName) in names.enumerated() where !wholeName.isEmpty {
                let name = TextMeasure.wrap(wholeName, size: 11, width: width - 2 * margin - 32, maximumLines: 1).first ?? ""
                let room = TextMeasure.width(name, size: 11) + 32
                if x + room > width - margin && x > margin { (x, y) = (margin, y + 16) }
                elements.append(.rect(x: x, y: y + 1, width: 12, height: 10, radius: 2, .fill(Self.color(index))))
                elements.append(.text(name, x: x + 17, y: y + 10, size: 11))
                x += room
            }
            y += 16
        }
        y += 12
        let spineX = margin + nameRoom + 12
        var previous: Double?
        for (index, layer) in layers.enumerated() {
            let height = Swift.max(rowHeight, Double(lines[index].count) * 15 + 6)
            let middle = y + height / 2
            if let previous {
                elements.append(.line(x1: spineX, y1: previous + 5, x2: spineX, y2: middle - 8, .stroke(.faint)))
                elements.append(
                    .path(.polygon([(spineX, middle - 4.5), (spineX - 3, middle - 9), (spineX + 3, middle - 9)]), .fill(.faint)))
            }
            elements.append(.circle(x: spineX, y: middle, radius: 3, .fill(.ink)))
            previous = middle
            let name = TextMeasure.wrap(layer.name, size: 12.5 * TextMeasure.boldness, width: nameRoom, maximumLines: 1).first ?? ""
            let label = SVGElement.text(name, x: margin + nameRoom - 4, y: middle + 4.5, size: 12.5, anchor: .end, bold: true)
            elements.append(name == layer.name ? label : label.tooltip(layer.name))
            var x = barX
            // A square root keeps the narrow first layers visible beside a thousand logits.
            let length = widest > 0 ? (Self.channels(layer) / widest).squareRoot() * barRoom : 0
            for branch in layer.branches where branch.channels > 0 {
                let part = length * Double(branch.channels) / Self.channels(layer)
                let color = Self.color(names.firstIndex(of: branch.name) ?? 0)
                // A gap of one pixel tells branches apart, where they are wide enough to have one.
                elements.append(
                    .rect(x: x, y: middle - 7, width: part > 2 ? part - 1 : part, height: 14, radius: 1.5, .fill(color))
                        .tooltip("\(branch.name): \(branch.channels) channels"))
                x += part
            }
            for (i, line) in lines[index].enumerated() {
                let baseline = middle + 4 + (Double(i) - Double(lines[index].count - 1) / 2) * 15
                elements.append(.text(line, x: detailX, y: baseline, size: 11.5, color: .faint))
            }
            y += height
        }
        var svg = SVG(width: width, height: y + 12, title: summary)
        svg.add(elements)
        return svg
    }

    private var summary: String {
        let lines = zip(layers, layers.map { $0.details.joined(separator: ", ") }).map { "  \($0.name): \($1)" }
        return ([title + (subtitle.map { ", " + $0 } ?? "")] + lines).joined(separator: "\n")
    }

    private static func channels(_ layer: Layer) -> Double { layer.branches.reduce(0) { $0 + Double($1.channels) } }
    private static func color(_ index: Int) -> Color { Color.series[index % Color.series.count].mixed(with: .white, 0.25) }

    /// The branches' names in order of appearance; a nameless one is a layer in one piece and needs no legend.
    private var branchNames: [String] {
        var names: [String] = []
        for branch in layers.flatMap(\.branches) where !names.contains(branch.name) { names.append(branch.name) }
        return names
    }
}
