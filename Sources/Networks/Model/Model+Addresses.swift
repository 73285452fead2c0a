extension Model {
    /// The name of the node that a layer's name or alias stands for; the same where it stands for none.
    func nodeName(_ layer: String) -> String { graph.index(of: layer) == nil ? details.aliases[layer] ?? layer : layer }

    /// The node of a layer's name or alias.
    /// - Throws: ``ModelError/unknownLayer(_:model:suggestion:layers:)``, with the nearest name if one is near.
    func node(_ layer: String) throws -> Int {
        if let index = graph.index(of: nodeName(layer)) { return index }
        throw ModelError.unknownLayer(
            layer, model: name, suggestion: Self.nearest(to: layer, among: graph.nodes.map(\.name)), layers: layers.map(\.name))
    }

    /// The number of channels of any named layer.
    /// - Throws: ``ModelError/unknownLayer(_:model:suggestion:layers:)``.
    public func channels(of layer: String) throws -> Int {
        let index = try node(layer)
        return try graph.shapes(height: inputSize, width: inputSize)[graph.nodes[index].name]?.channels ?? 0
    }

    /// The shape of a layer's activations for one image of a given size.
    /// - Throws: ``ModelError``.
    public func shape(of layer: String, imageHeight: Int, imageWidth: Int) throws -> ActivationShape {
        let index = try node(layer)
        try checkSize(height: imageHeight, width: imageWidth, for: [index])
        let shapes = try graph.shapes(height: imageHeight, width: imageWidth, required: graph.ancestors(of: [index]))
        guard let shape = shapes[index] else { throw GraphError.unknownNode(layer) }
        return shape
    }

    /// The pixels that the unit of `layer` at column `x` and row `y` can see in images of a given size. The ranges may reach beyond the
    /// border of the image.
    /// - Throws: ``ModelError`` for unknown layers.
    public func receptiveField(
        of layer: String, x: Int, y: Int, imageHeight: Int, imageWidth: Int
    ) throws -> (rows: Range<Int>, columns: Range<Int>) {
        let index = try node(layer)
        guard
            let field = try graph.receptiveField(
                of: graph.nodes[index].name, position: (y, x), height: imageHeight, width: imageWidth)
        else { throw ModelError.noPath(from: "input", to: layer) }
        return field
    }

    /// The name that was probably meant.
    static func nearest(to name: String, among names: [String]) -> String? {
        let wanted = Array(name.lowercased().utf8.prefix(64))
        let nearest = names.map { (name: $0, distance: editDistance(wanted, Array($0.utf8))) }.min { $0.distance < $1.distance }
        return nearest.flatMap { $0.distance <= 3 ? $0.name : nil }
    }

    /// Levenshtein distance.
    private static func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var row = Array(0...b.count)
        for (i, left) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, right) in b.enumerated() {
                let above = row[j + 1]
                row[j + 1] = left == right ? diagonal : 1 + min(diagonal, above, row[j])
                diagonal = above
            }
        }
        return row[b.count]
    }
}
