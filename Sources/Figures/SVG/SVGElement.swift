import Foundation
import RichDisplay

/// One element of a drawing. Text and attribute values are escaped when the drawing is written, so nothing that a caller
/// passes can end an element or an attribute.
///
/// No element carries an `id`: drawings of one notebook page share one name space when a viewer inlines them.
public struct SVGElement: Sendable {
    private let name: String
    private var attributes: [(name: String, value: String)]
    private let children: [SVGElement]
    private let content: String?

    init(_ name: String, _ attributes: [(String, String)], children: [SVGElement] = [], content: String? = nil) {
        self.name = name
        self.attributes = attributes
        self.children = children
        self.content = content
    }

    /// The element as markup.
    public var markup: String {
        var result = "<" + name
        for (name, value) in attributes { result += " \(name)=\"\(HTML.escape(value))\"" }
        if children.isEmpty && content == nil { return result + "/>" }
        return result + ">" + children.map(\.markup).joined() + HTML.escape(content ?? "") + "</\(name)>"
    }

    /// How a shape is painted.
    public struct Paint: Sendable {
        var attributes: [(String, String)]

        /// Filled, without an outline.
        public static func fill(_ color: Color, opacity: Double = 1) -> Paint {
            Paint(attributes: [("fill", color.hex)] + (opacity < 1 ? [("fill-opacity", number(opacity))] : []))
        }

        /// Outlined, not filled.
        public static func stroke(_ color: Color, width: Double = 1, opacity: Double = 1, dashed: Bool = false) -> Paint {
            Paint(
                attributes: [
                    ("fill", "none"), ("stroke", color.hex), ("stroke-width", number(width)), ("stroke-linejoin", "round"),
                ] + (opacity < 1 ? [("stroke-opacity", number(opacity))] : []) + (dashed ? [("stroke-dasharray", "4 3")] : []))
        }
    }

    /// A rectangle, its corners rounded by `radius`.
    public static func rect(
        x: Double, y: Double, width: Double, height: Double, radius: Double = 0, _ paint: Paint
    ) -> SVGElement {
        SVGElement(
            "rect",
            [("x", number(x)), ("y", number(y)), ("width", number(max(0, width))), ("height", number(max(0, height)))]
                + (radius > 0 ? [("rx", number(radius))] : []) + paint.attributes)
    }

    /// A straight line.
    public static func line(x1: Double, y1: Double, x2: Double, y2: Double, _ paint: Paint) -> SVGElement {
        SVGElement("line", [("x1", number(x1)), ("y1", number(y1)), ("x2", number(x2)), ("y2", number(y2))] + paint.attributes)
    }

    /// A circle.
    public static func circle(x: Double, y: Double, radius: Double, _ paint: Paint) -> SVGElement {
        SVGElement("circle", [("cx", number(x)), ("cy", number(y)), ("r", number(max(0, radius)))] + paint.attributes)
    }

    /// A path.
    public static func path(_ path: SVGPath, _ paint: Paint) -> SVGElement {
        SVGElement("path", [("d", path.data)] + paint.attributes)
    }

    /// Where a text stands relative to its x.
    public enum Anchor: String, Sendable { case start, middle, end }

    /// One line of text; `y` is its baseline.
    /// - Parameter rotation: degrees, clockwise about (x, y).
    public static func text(
        _ text: String, x: Double, y: Double, size: Double = 12, anchor: Anchor = .start, color: Color = .ink,
        bold: Bool = false, rotation: Double = 0
    ) -> SVGElement {
        var attributes = [
            ("x", number(x)), ("y", number(y)), ("font-size", number(size)), ("text-anchor", anchor.rawValue), ("fill", color.hex),
        ]
        if bold { attributes.append(("font-weight", "bold")) }
        if rotation != 0 { attributes.append(("transform", "rotate(\(number(rotation)) \(number(x)) \(number(y)))")) }
        return SVGElement("text", attributes, content: text)
    }

    /// A picture embedded in the drawing as a PNG data URI.
    /// - Parameter crisp: whether enlarged pixels stay squares.
    /// - Throws: ``ImageError``.
    public static func image(
        _ image: Image, x: Double, y: Double, width: Double, height: Double, crisp: Bool = false
    ) throws(ImageError) -> SVGElement {
        // Twice the shown size serves displays of high density; more would only make the notebook larger.
        var embedded = image
        let wanted = (width: max(1, Int((width * 2).rounded(.up))), height: max(1, Int((height * 2).rounded(.up))))
        if image.width > wanted.width && image.height > wanted.height {
            embedded = try image.resized(width: wanted.width, height: wanted.height, by: .area)
        }
        let uri = "data:image/png;base64," + (try embedded.pngData()).base64EncodedString()
        return SVGElement(
            "image",
            [
                ("x", number(x)), ("y", number(y)), ("width", number(width)), ("height", number(height)),
                ("preserveAspectRatio", "none"),
            ] + (crisp ? [("style", "image-rendering:pixelated")] : []) + [("href", uri)])
    }

    /// Elements moved together.
    public static func group(x: Double = 0, y: Double = 0, _ children: [SVGElement]) -> SVGElement {
        SVGElement("g", x == 0 && y == 0 ? [] : [("transform", "translate(\(number(x)) \(number(y)))")], children: children)
    }

    /// The element with a text that viewers show under the pointer.
    public func tooltip(_ text: String) -> SVGElement {
        SVGElement("g", [], children: [SVGElement("title", [], content: text), self])
    }

    /// A number as SVG writes it: at most two decimals, a full stop whatever the locale; 0 for what is not finite.
    static func number(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e9 else { return "0" }
        let rounded = (value * 100).rounded() / 100
        return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
    }
}
