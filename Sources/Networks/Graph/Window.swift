/// Some rows and columns of a layer's positions, counted from the top left of the whole map.
public struct Window: Hashable, Sendable, CustomStringConvertible {
    public var rows: Range<Int>
    public var columns: Range<Int>

    public init(rows: Range<Int>, columns: Range<Int>) { (self.rows, self.columns) = (rows, columns) }

    /// All positions of a map.
    public init(whole shape: ActivationShape) { self.init(rows: 0..<shape.height, columns: 0..<shape.width) }

    public var description: String { "rows \(rows.lowerBound)..<\(rows.upperBound), columns \(columns.lowerBound)..<\(columns.upperBound)" }

    func contains(_ other: Window) -> Bool { union(other) == self }

    /// The smallest window that holds both.
    func union(_ other: Window) -> Window { Window(rows: rows.hull(other.rows), columns: columns.hull(other.columns)) }

    /// What of it lies in a map; at least one position.
    func clamped(to shape: ActivationShape) -> Window {
        Window(rows: rows.clamped(toCount: shape.height), columns: columns.clamped(toCount: shape.width))
    }

    /// A map's shape with these positions alone.
    public func shape(of whole: ActivationShape) -> ActivationShape {
        var shape = whole
        (shape.height, shape.width) = (rows.count, columns.count)
        return shape
    }
}

extension Range<Int> {
    fileprivate func hull(_ other: Range<Int>) -> Range<Int> {
        Swift.min(lowerBound, other.lowerBound)..<Swift.max(upperBound, other.upperBound)
    }

    fileprivate func clamped(toCount count: Int) -> Range<Int> {
        let first = Swift.min(Swift.max(lowerBound, 0), Swift.max(count - 1, 0))
        return first..<Swift.max(Swift.min(upperBound, count), Swift.min(first + 1, count))
    }
}
