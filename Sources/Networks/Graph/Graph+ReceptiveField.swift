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
        var windows = [Window?](repeating: nil, count: nodes.count)
        windows[end] = Window(rows: position.row..<position.row + 1, columns: position.column..<position.column + 1)
        for index in stride(from: end, to: start, by: -1) {
            guard let window = windows[index] else { continue }
            for input in inputs[index] where after[input] {
                guard let shape = shapes[input] else { continue }
                let seen = nodes[index].reach.seen(window, input: shape)
                windows[input] = windows[input]?.union(seen) ?? seen
            }
        }
        return windows[start].map { ($0.rows, $0.columns) }
    }

    /// Which positions of every node have to be computed for those that are asked for, and nil when that is all of all nodes.
    /// - Parameters:
    ///   - asked: windows of the nodes that a plan starts from; of those that are missing everything is wanted.
    ///   - shapes: of the whole maps; nodes without are left out.
    func windows(for asked: [Int: Window], wanted: [Int], shapes: [ActivationShape?]) -> [Window?]? {
        guard !asked.isEmpty else { return nil }
        var windows = [Window?](repeating: nil, count: nodes.count)
        var grew = false
        func include(_ window: Window, at index: Int) {
            guard let shape = shapes[index] else { return }
            let inside = window.clamped(to: shape)
            let all = windows[index]?.union(inside) ?? inside
            grew = grew || all != windows[index]
            windows[index] = all
        }
        for index in wanted { if let shape = shapes[index] { include(asked[index] ?? Window(whole: shape), at: index) } }
        repeat {
            grew = false
            for index in nodes.indices.reversed() {
                guard let shape = shapes[index], windows[index] != nil else { continue }
                let reach = nodes[index].reach
                if !reach.takesWindows { include(Window(whole: shape), at: index) }
                for input in inputs[index] {
                    guard let window = windows[index], let shape = shapes[input] else { continue }
                    include(reach.takesWindows ? reach.seen(window, input: shape) : Window(whole: shape), at: input)
                    // A layer that works position by position gets and gives the same ones.
                    if case .layer = nodes[index].operation, reach == .position, let more = windows[input] { include(more, at: index) }
                }
            }
        } while grew
        let isPartial = nodes.indices.contains { index in
            if let window = windows[index], let shape = shapes[index] { window != Window(whole: shape) } else { false }
        }
        return isPartial ? windows : nil
    }
}

extension Graph.Node {
    fileprivate var reach: Reach {
        if case .layer(let layer) = operation { layer.reach } else { .position }
    }
}
