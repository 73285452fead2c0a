import Figures
import Foundation
#if canImport(FoundationXML)
import FoundationXML
#endif

/// A rectangle on the page.
struct Box {
    var (left, top, right, bottom) = (0.0, 0.0, 0.0, 0.0)

    init(x: Double, y: Double, width: Double, height: Double) { (left, top, right, bottom) = (x, y, x + width, y + height) }

    func contains(_ other: Box, slack: Double = 0.02) -> Bool {
        other.left >= left - slack && other.top >= top - slack && other.right <= right + slack && other.bottom <= bottom + slack
    }

    /// Whether both share more than a border.
    func overlaps(_ other: Box) -> Bool {
        min(right, other.right) - max(left, other.left) > 0.02 && min(bottom, other.bottom) - max(top, other.top) > 0.02
    }
}

/// One element of a drawing as an XML parser sees it.
struct DrawnElement {
    let name: String
    let attributes: [String: String]
    var text = ""

    func number(_ attribute: String) -> Double { attributes[attribute].flatMap(Double.init) ?? 0 }

    /// The part of the page that the element covers; text is measured in DejaVu Sans; nil for what covers
    /// nothing.
    var box: Box? {
        switch name {
        case "rect", "image":
            return Box(x: number("x"), y: number("y"), width: number("width"), height: number("height"))
        case "circle":
            let r = number("r")
            return Box(x: number("cx") - r, y: number("cy") - r, width: 2 * r, height: 2 * r)
        case "line": return Self.around([(number("x1"), number("y1")), (number("x2"), number("y2"))])
        case "path":
            let numbers = (attributes["d"] ?? "").split { "MLQCZ ".contains($0) }.compactMap { Double($0) }
            return Self.around(stride(from: 0, to: numbers.count - 1, by: 2).map { (numbers[$0], numbers[$0 + 1]) })
        case "text":
            let size = number("font-size")
            let width = DejaVuMetrics.width(text, size: size, bold: attributes["font-weight"] == "bold")
            let before = switch attributes["text-anchor"] {
            case "middle": width / 2
            case "end": width
            default: 0.0
            }
            if attributes["transform"]?.hasPrefix("rotate(-90 ") == true {
                return Box(x: number("x") - size * 0.75, y: number("y") - width + before, width: size, height: width)
            }
            return Box(x: number("x") - before, y: number("y") - size * 0.75, width: width, height: size)
        default: return nil
        }
    }

    private static func around(_ points: [(Double, Double)]) -> Box? {
        guard let left = points.map(\.0).min(), let right = points.map(\.0).max(), let top = points.map(\.1).min(),
            let bottom = points.map(\.1).max()
        else { return nil }
        return Box(x: left, y: top, width: right - left, height: bottom - top)
    }
}

/// The elements of a drawing in document order, read by Foundation's XML parser.
final class DrawnElements: NSObject, XMLParserDelegate {
    private(set) var all: [DrawnElement] = []
    private var open: [Int] = []

    /// - Throws: the parser's error when the markup is not well-formed.
    init(_ drawing: some Drawable) throws {
        super.init()
        let parser = XMLParser(data: Data(try drawing.drawing().markup.utf8))
        parser.delegate = self
        guard parser.parse(), open.isEmpty else { throw parser.parserError ?? CocoaError(.fileReadCorruptFile) }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String] = [:]
    ) {
        open.append(all.count)
        all.append(DrawnElement(name: name, attributes: attributes))
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        if let index = open.last { all[index].text += string }
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) { open.removeLast() }

    func named(_ name: String) -> [DrawnElement] { all.filter { $0.name == name } }
    /// The lines of text, in order.
    var texts: [String] { named("text").map(\.text) }
    /// All that a reader or a screen reader gets, without the breaks between lines.
    var wording: String { (all.map(\.text) + all.compactMap { $0.attributes["aria-label"] }).joined() }

    /// The page, from the viewBox.
    var page: Box {
        let numbers = (all.first?.attributes["viewBox"] ?? "").split(separator: " ").compactMap { Double($0) }
        guard numbers.count == 4 else { return Box(x: 0, y: 0, width: 0, height: 0) }
        return Box(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
    }

    /// Elements that reach beyond the page.
    var outside: [DrawnElement] { all.filter { element in element.box.map { !page.contains($0) } ?? false } }

    /// Outlined, unfilled rectangles.
    func frames(stroke: Color) -> [DrawnElement] {
        named("rect").filter { $0.attributes["fill"] == "none" && $0.attributes["stroke"] == stroke.hex }
    }
}
