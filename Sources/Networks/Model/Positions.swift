/// Which positions of a layer are asked for.
public enum Positions: Hashable, Sendable {
    case all
    /// The middle one, Lucid's `height / 2`, `width / 2`.
    case centre
    /// One, by column and row.
    case at(x: Int, y: Int)
    /// Some rows and columns.
    case window(rows: Range<Int>, columns: Range<Int>)

    /// The rows and columns in a layer of some shape; nil for all.
    /// - Throws: ``ModelError/positionOutOfRange(x:y:layer:width:height:)``.
    func window(in shape: ActivationShape, of layer: String) throws -> Window? {
        let window: Window
        switch self {
        case .all: return nil
        case .centre: window = Window(rows: shape.height / 2..<shape.height / 2 + 1, columns: shape.width / 2..<shape.width / 2 + 1)
        case .at(let x, let y):
            guard (0..<shape.width).contains(x), (0..<shape.height).contains(y) else {
                throw ModelError.positionOutOfRange(x: x, y: y, layer: layer, width: shape.width, height: shape.height)
            }
            window = Window(rows: y..<y + 1, columns: x..<x + 1)
        case .window(let rows, let columns):
            window = Window(rows: rows, columns: columns)
            guard !rows.isEmpty, !columns.isEmpty, Window(whole: shape).contains(window) else {
                let x = columns.lowerBound < 0 ? columns.lowerBound : columns.upperBound - 1
                let y = rows.lowerBound < 0 ? rows.lowerBound : rows.upperBound - 1
                throw ModelError.positionOutOfRange(x: x, y: y, layer: layer, width: shape.width, height: shape.height)
            }
        }
        return window == Window(whole: shape) ? nil : window
    }
}

extension Model {
    /// The windows of layers in images of some size, by node; layers of which everything is asked for are left out.
    func windows(_ positions: [String: Positions], height: Int, width: Int) throws -> [Int: Window] {
        let partial = positions.filter { $0.value != .all }
        guard !partial.isEmpty else { return [:] }
        let nodes = try partial.keys.map(node)
        let shapes = try graph.shapes(height: height, width: width, required: graph.ancestors(of: nodes))
        var windows: [Int: Window] = [:]
        for (layer, asked) in partial {
            let node = try node(layer)
            windows[node] = try shapes[node].flatMap { try asked.window(in: $0, of: layer) }
        }
        return windows
    }
}
