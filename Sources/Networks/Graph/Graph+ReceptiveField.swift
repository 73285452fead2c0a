extension Graph {
    /// Which rows and columns of an earlier node a unit of a later node can see, for images of a given size. The ranges may reach
    /// beyond the border: what lies there is padding.
    /// - Parameters:
    ///   - position: row and column of the unit.
    ///   - source: the earlier node, for example `"input"` for pixels.
    /// - Returns: nil when the later node does not depend on the earlier one.
    /// - Throws: ``GraphError`` for unknown nodes and impossible sizes.
    public func receptiveField(
        of name: String, position: (row: Int, column: Int), in source: String = "input", height: Int, width: Int
    ) throws -> (rows: Range<Int>, columns: Range<Int>)? {
        guard let end = index(of: name) else { throw GraphError.unknownNode(name) }
        guard let start = index(of: source) else { throw GraphError.unknownNode(source) }
        let shapes = try shapes(height: height, width: width, required: ancestors(of: [end]))
        let after = descendants(of: [start])
        guard after[end] else { return nil }
        var rows = [Range<Int>?](repeating: nil, count: nodes.count), columns = rows
        rows[end] = position.row..<position.row + 1
        columns[end] = position.column..<position.column + 1
        for index in stride(from: end, to: start, by: -1) {
            guard let row = rows[index], let column = columns[index] else { continue }
            for input in inputs[index] where after[input] {
                guard let shape = shapes[input] else { continue }
                rows[input] = rows[input].union(nodes[index].window(.rows).seen(row, size: shape.height))
                columns[input] = columns[input].union(nodes[index].window(.columns).seen(column, size: shape.width))
            }
        }
        guard let row = rows[start], let column = columns[start] else { return nil }
        return (row, column)
    }
}

/// The part of its input, along one axis, that output positions read.
private enum Window {
    case position
    case sliding(kernel: Int, stride: Int, padding: Padding, axis: Padding.Axis, reachesEnd: Bool = false)
    case bins(Int)
    case everything

    func seen(_ outputs: Range<Int>, size: Int) -> Range<Int> {
        switch self {
        case .position: return outputs
        case .everything: return 0..<size
        case .bins(let count):
            return AdaptiveAveragePool.bin(outputs.lowerBound, of: count, size: size).lowerBound
                ..< AdaptiveAveragePool.bin(outputs.upperBound - 1, of: count, size: size).upperBound
        case .sliding(let kernel, let stride, let padding, let axis, let reachesEnd):
            let before = padding.sliding(axis, size: size, kernel: kernel, stride: stride, reachesEnd: reachesEnd)?.before ?? 0
            return outputs.lowerBound * stride - before..<(outputs.upperBound - 1) * stride - before + kernel
        }
    }
}

extension Graph.Node {
    fileprivate func window(_ axis: Padding.Axis) -> Window {
        func sliding(_ window: PoolingWindow) -> Window {
            .sliding(
                kernel: axis == .rows ? window.height : window.width, stride: axis == .rows ? window.rowStride : window.columnStride,
                padding: window.padding, axis: axis, reachesEnd: window.ceilMode)
        }
        guard case .layer(let layer) = operation else { return .position }
        return switch layer {
        case let layer as Convolution:
            .sliding(kernel: axis == .rows ? layer.span.rows : layer.span.columns, stride: layer.stride, padding: layer.padding, axis: axis)
        case let layer as MaxPool: sliding(layer.window)
        case let layer as AveragePool: sliding(layer.window)
        case let layer as AdaptiveAveragePool: .bins(axis == .rows ? layer.height : layer.width)
        case is GlobalAveragePool, is Flatten: .everything
        default: .position
        }
    }
}

extension Range<Int>? {
    fileprivate func union(_ other: Range<Int>) -> Range<Int> {
        guard let range = self else { return other }
        return Swift.min(range.lowerBound, other.lowerBound)..<Swift.max(range.upperBound, other.upperBound)
    }
}
