import Foundation

/// Pictures with a bar and a number each, one below the other: the channels behind an answer, and how much each has to do with it.
///
///     IconBarChart([.init("mixed4a:12", 3.1, icon: wheel), .init("mixed4a:40", -0.8, icon: dog)], title: "Logit 'car'")
public struct IconBarChart: Drawable, Sendable {
    /// A picture, its name and its number.
    public struct Row: Sendable {
        public let name: String
        public let value: Double
        public let icon: Image?
        /// The bar's colour; red above and blue below zero when absent.
        public let color: Color?

        public init(_ name: String, _ value: Double, icon: Image? = nil, color: Color? = nil) {
            (self.name, self.value, self.icon, self.color) = (name, value, icon, color)
        }
    }

    /// From top to bottom.
    public let rows: [Row]
    public let title: String?
    /// The width of the chart in pixels.
    public let width: Int
    /// The side of an icon in pixels.
    public let iconSize: Int

    public init(_ rows: [Row], title: String? = nil, width: Int = 480, iconSize: Int = 48) {
        (self.rows, self.title) = (rows, title)
        self.width = Swift.min(Swift.max(width, 240), Int(SVG.pageWidth))
        self.iconSize = Swift.min(Swift.max(iconSize, 12), 160)
    }

    /// - Throws: ``ImageError`` when an icon cannot be written as PNG.
    public func drawing() throws -> SVG {
        let width = Double(width), hasIcons = rows.contains { $0.icon != nil }, side = hasIcons ? Double(iconSize) : 0
        let step = Swift.max(side + 6, 22), size = 11.5
        let lines = title.map { TextMeasure.wrap($0, size: 14 * TextMeasure.boldness, width: width - 24, maximumLines: 2) } ?? []
        let top = 12 + Double(lines.count) * 20 + (lines.isEmpty ? 0 : 4)
        let numbers = rows.map { $0.value.isFinite ? Self.text($0.value) : "not a number" }
        let nameRoom = Swift.min(width * 0.4, 12 + (rows.map { TextMeasure.width($0.name, size: size) }.max() ?? 0))
        let numberRoom = 12 + (numbers.map { TextMeasure.width($0, size: size) }.max() ?? 0)
        let left = 12 + side + (hasIcons ? 8 : 0) + nameRoom, room = Swift.max(20, width - left - numberRoom - 12)
        let finite = rows.map(\.value).filter(\.isFinite)
        let (low, high) = (Swift.min(0, finite.min() ?? 0), Swift.max(0, finite.max() ?? 0))
        func place(_ value: Double) -> Double { left + (high > low ? (value - low) / (high - low) : 0) * room }

        var svg = SVG(
            width: width, height: top + Double(Swift.max(1, rows.count)) * step + 8,
            title: (title.map { $0 + ": " } ?? "") + zip(rows, numbers).prefix(12).map { "\($0.name) \($1)" }.joined(separator: ", "))
        for (i, line) in lines.enumerated() { svg.add(.text(line, x: 12, y: 22 + Double(i) * 20, size: 14, bold: true)) }
        svg.add(.line(x1: place(0), y1: top, x2: place(0), y2: top + Double(rows.count) * step, .stroke(.rule)))
        for (i, row) in rows.enumerated() {
            let y = top + Double(i) * step, middle = y + step / 2
            if let icon = row.icon { svg.add(try .image(icon, x: 12, y: y + (step - side) / 2, width: side, height: side)) }
            let name = TextMeasure.wrap(row.name, size: size, width: nameRoom - 8, maximumLines: 1).first ?? ""
            let label = SVGElement.text(name, x: left - 8, y: middle + 4, size: size, anchor: .end)
            svg.add(name == row.name ? label : label.tooltip(row.name))
            svg.add(.text(numbers[i], x: width - 12, y: middle + 4, size: size, anchor: .end, color: .faint))
            guard row.value.isFinite else { continue }
            let (a, b) = (place(Swift.min(0, row.value)), place(Swift.max(0, row.value)))
            let height = Swift.min(step - 6, 18), color = row.color ?? (row.value < 0 ? .inhibition : .excitation)
            svg.add(
                .rect(x: a, y: middle - height / 2, width: b - a, height: height, radius: 1.5, .fill(color))
                    .tooltip("\(row.name): \(row.value)"))
        }
        if rows.isEmpty { svg.add(.text("nothing", x: width / 2, y: top + 14, size: 13, anchor: .middle, color: .faint)) }
        return svg
    }

    private static func text(_ value: Double) -> String { String(format: "%.3g", value).replacing("-", with: "−") }
}
