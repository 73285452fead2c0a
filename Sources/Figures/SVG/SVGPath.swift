/// The outline of a path, built segment by segment.
public struct SVGPath: Sendable {
    private(set) var data = ""

    /// An empty path.
    public init() {}

    /// Starts a new piece.
    public mutating func move(_ x: Double, _ y: Double) { add("M", x, y) }
    /// A straight segment.
    public mutating func line(_ x: Double, _ y: Double) { add("L", x, y) }
    /// A quadratic Bezier segment.
    public mutating func quadratic(_ cx: Double, _ cy: Double, _ x: Double, _ y: Double) { add("Q", cx, cy, x, y) }
    /// A cubic Bezier segment.
    public mutating func cubic(_ ax: Double, _ ay: Double, _ bx: Double, _ by: Double, _ x: Double, _ y: Double) {
        add("C", ax, ay, bx, by, x, y)
    }
    /// Closes the piece.
    public mutating func close() { data += "Z" }

    private mutating func add(_ command: String, _ numbers: Double...) {
        data += command + numbers.map(SVGElement.number).joined(separator: " ")
    }

    /// A straight-sided closed shape.
    static func polygon(_ points: [(Double, Double)]) -> SVGPath {
        var path = SVGPath()
        for (i, point) in points.enumerated() {
            if i == 0 { path.move(point.0, point.1) } else { path.line(point.0, point.1) }
        }
        path.close()
        return path
    }
}
