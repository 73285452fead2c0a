extension Graph {
    /// The same graph with every batch normalization that directly follows a convolution made part of it: the node of the normalization
    /// becomes the folded convolution. The convolution's own node stays, so that its activations can still be asked for; plans that do not
    /// ask for them do not compute them.
    /// - Throws: ``LayerError`` when the channels of the two do not fit.
    public func foldingBatchNormalizations() throws -> Graph {
        var nodes = nodes
        for (index, node) in nodes.enumerated() {
            guard case .layer(let layer) = node.operation, let normalization = layer as? BatchNormalization,
                let source = inputs[index].first, case .layer(let before) = nodes[source].operation, let convolution = before as? Convolution
            else { continue }
            nodes[index] = Node(
                node.name, .layer(try normalization.folded(into: convolution)), inputs: nodes[source].inputs)
        }
        return try Graph(nodes: nodes)
    }
}
