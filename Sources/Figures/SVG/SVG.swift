import RichDisplay

/// A drawing of fixed size on a white ground, built from elements.
///
///     var drawing = SVG(width: 200, height: 100, title: "A line")
///     drawing.add(.line(x1: 10, y1: 90, x2: 190, y2: 10, .stroke(.excitation, width: 2)))
///     drawing                                  // shown by the notebook
///
/// The ground is always painted, so that a drawing reads on a dark page as well.
public struct SVG: Sendable {
    /// The width in CSS pixels.
    public let width: Double
    /// The height in CSS pixels.
    public let height: Double
    /// What the drawing shows, for screen readers and `text/plain`.
    public let title: String
    private var elements: [SVGElement] = []

    /// All elements, to set the drawing into another one.
    public var content: [SVGElement] { elements }

    /// The widest drawing that fits a notebook page.
    public static let pageWidth: Double = 900
    static let fonts = "Helvetica Neue, Helvetica, Arial, Liberation Sans, sans-serif"

    /// An empty drawing.
    public init(width: Double, height: Double, title: String) {
        self.width = width.isFinite ? max(1, width.rounded(.up)) : 1
        self.height = height.isFinite ? max(1, height.rounded(.up)) : 1
        self.title = title
    }

    /// Adds an element on top of the others.
    public mutating func add(_ element: SVGElement) { elements.append(element) }

    /// Adds elements on top of the others, in order.
    public mutating func add(_ more: [SVGElement]) { elements += more }

    /// The drawing as a stand-alone SVG document.
    public var markup: String {
        let (w, h) = (SVGElement.number(width), SVGElement.number(height))
        let root = SVGElement(
            "svg",
            [
                ("xmlns", "http://www.w3.org/2000/svg"), ("width", w), ("height", h), ("viewBox", "0 0 \(w) \(h)"), ("role", "img"),
                ("aria-label", title), ("font-family", Self.fonts),
            ],
            children: [
                .rect(x: 0, y: 0, width: width, height: height, .fill(.white))
            ] + elements)
        return root.markup
    }
}

/// A value that is drawn as SVG: it is shown as `image/svg+xml`.
public protocol Drawable: Displayable {
    /// The drawing of this value.
    /// - Throws: ``ImageError`` when an embedded picture cannot be written.
    func drawing() throws -> SVG
}

extension Drawable {
    /// The drawing as `image/svg+xml`, and its title as plain text.
    public func mimeBundle() throws -> MimeBundle {
        let drawing = try drawing()
        return MimeBundle(plain: drawing.title).adding("image/svg+xml", text: drawing.markup)
    }
}

extension SVG: Drawable {
    /// The drawing itself.
    public func drawing() -> SVG { self }
}
