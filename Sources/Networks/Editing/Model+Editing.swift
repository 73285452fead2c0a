import Tensors

extension Model {
    /// The same network with the activations of a layer changed on their way: see ``ActivationEdit``.
    ///
    /// The layer's name stands for the changed activations from there on; edits of several layers, and of one layer after another, add
    /// up. The weights are shared.
    /// - Throws: ``ModelError`` for unknown layers and channels, ``GraphError`` for activations of another shape.
    public func editing(_ layer: String, _ edit: ActivationEdit) throws -> Model {
        let index = try node(layer)
        let count = try channels(of: layer)
        if let stray = edit.namedChannels.filter({ $0 < 0 || $0 >= count }).min() {
            throw ModelError.channelOutOfRange(stray, layer: layer, channels: count)
        }
        let edited = try graph.inserting(EditedActivations(edit, channels: count), behind: graph.nodes[index].name)
        return with(graph: edited)
    }
}

extension Graph {
    /// The graph with a layer behind a node: whoever read the node reads the layer, which takes over its name. The node itself is called
    /// `<name>_unedited` (`<name>_unedited2`, … when there is one already).
    /// - Throws: ``GraphError/unknownNode(_:)``.
    public func inserting(_ layer: any NetworkLayer, behind name: String) throws -> Graph {
        guard let index = index(of: name), index > 0 else { throw GraphError.unknownNode(name) }
        var hidden = name + "_unedited", number = 1
        while self[hidden] != nil {
            number += 1
            hidden = name + "_unedited\(number)"
        }
        var changed = nodes
        changed[index] = Node(hidden, nodes[index].operation, inputs: nodes[index].inputs)
        changed.insert(Node(name, .layer(layer), inputs: [hidden]), at: index + 1)
        return try Graph(nodes: changed)
    }
}
