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
                let window = nodes[index].window
                rows[input] = rows[input].union(window.seen(row, size: shape.height))
                columns[input] = columns[input].union(window.seen(column, size: shape.width, isColumn: true))
            }
        }
        guard let row = rows[start], let column = columns[start] else { return nil }
        return (row, column)
    }
}

/// The part of its input that one output position reads.
private enum Window {
    case sliding(height: Int, width: Int, stride: Int, padding: Padding = .same)
    case everything

    func seen(_ outputs: Range<Int>, size: Int, isColumn: Bool = false) -> Range<Int> {
        switch self {
        case .everything: return 0..<size
        case .sliding(let height, let width, let stride, let padding):
            let kernel = isColumn ? width : height
            let before = padding.sliding(isColumn ? .columns : .rows, size: size, kernel: kernel, stride: stride)?.before ?? 0
            return outputs.lowerBound * stride - before..<(outputs.upperBound - 1) * stride - before + kernel
        }
    }
}

extension Graph.Node {
    fileprivate var window: Window {
        guard case .layer(let layer) = operation else { return .sliding(height: 1, width: 1, stride: 1) }
        return switch layer {
        case let layer as Convolution: 
            .sliding(height: layer.span.rows, width: layer.span.columns, stride: layer.stride, padding: layer.padding)
        case let layer as MaxPool: .sliding(height: layer.size, width: layer.size, stride: layer.stride, padding: layer.padding)
        case let layer as AveragePool: .sliding(height: layer.size, width: layer.size, stride: layer.stride, padding: layer.padding)
        case is GlobalAveragePool: .everything
        default: .sliding(height: 1, width: 1, stride: 1)
        }
    }
}

extension Range<Int>? {
    fileprivate func union(_ other: Range<Int>) -> Range<Int> {
        guard let range = self else { return other }
        return Swift.min(range.lowerBound, other.lowerBound)..<Swift.max(range.upperBound, other.upperBound)
    }
}
