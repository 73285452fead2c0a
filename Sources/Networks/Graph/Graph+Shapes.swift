extension Graph {
    /// The shape of every node's activations for one image of a given size. Nodes that do not take this size, or that depend on
    /// one that does not, are nil; those among `required` must have a shape.
    /// - Throws: ``GraphError/shape(node:reason:)``.
    func shapes(height: Int, width: Int, required: [Bool]) throws -> [ActivationShape?] {
        var shapes = [ActivationShape?](repeating: nil, count: nodes.count)
        for (index, node) in nodes.enumerated() where required[index] {
            let from = inputs[index].compactMap { shapes[$0] }
            switch node.operation {
            case .input(let channels, _): shapes[index] = ActivationShape(height: height, width: width, channels: channels)
            case .layer(let layer):
                do { shapes[index] = try layer.outputShape(for: from[0]) } catch {
                    throw GraphError.shape(node: node.name, reason: "\(error)")
                }
            case .concatenation:
                var joined = from[0]
                for other in from.dropFirst() {
                    guard (other.height, other.width, other.isSpatial) == (joined.height, joined.width, joined.isSpatial) else {
                        throw GraphError.shape(node: node.name, reason: "\(joined) and \(other) do not concatenate")
                    }
                    joined.channels += other.channels
                }
                shapes[index] = joined
            case .sum:
                if let other = from.dropFirst().first(where: { $0 != from[0] }) {
                    throw GraphError.shape(node: node.name, reason: "\(from[0]) and \(other) cannot be added")
                }
                shapes[index] = from[0]
            }
        }
        return shapes
    }

    /// The activation shape of every node for images of a given size, by name.
    /// - Throws: ``GraphError/shape(node:reason:)`` at the first node that does not take it.
    public func shapes(height: Int, width: Int) throws -> [String: ActivationShape] {
        let all = try shapes(height: height, width: width, required: [Bool](repeating: true, count: nodes.count))
        return Dictionary(uniqueKeysWithValues: zip(nodes.map(\.name), all.compactMap { $0 }))
    }
}
