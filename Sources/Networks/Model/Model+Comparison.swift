extension Model {
    /// The canonical layer of this model that stands where a layer of another model stands: what "universality" compares (Olah et al. 2020,
    /// "Zoom In").
    ///
    ///     let twin = try googlenet.layer(comparableTo: inception["mixed3b"])      // inception3b
    ///
    /// Near is what is as deep (the share of the layers with weights on the way to the logits) and sees as much of the image (receptive
    /// field over image, at most 1), in equal parts. Layers with positions are compared with such layers only, logits with logits.
    /// - Throws: ``ModelError`` for a layer that the other model does not have, and when this model has no layer of the kind.
    public func layer(comparableTo other: Layer) throws -> Layer {
        let (place, isSpatial) = try other.model.place(of: other.name)
        var best: (name: String, distance: Double)?
        for layer in layers where layer.name != details.probabilitiesLayer || layers.count == 1 {
            guard !head.contains(layer.name) == isSpatial else { continue }
            let here = try self.place(of: layer.name).place
            let distance = abs(here.depth - place.depth) + abs(here.view - place.view)
            if distance < best?.distance ?? .infinity { best = (layer.name, distance) }
        }
        guard let best else {
            throw ModelError.details(model: name, reason: "no layer is comparable to \(other.name) of \(other.model.name)")
        }
        return self[best.name]
    }

    /// How deep a layer is, and how much of the image its units see.
    private func place(of layer: String) throws -> (place: (depth: Double, view: Double), isSpatial: Bool) {
        let index = try node(layer)
        let name = graph.nodes[index].name
        if let summary = summary(of: name) {
            return ((summary.depth, min(1, Double(summary.receptiveField) / Double(inputSize))), !head.contains(name))
        }
        let steps = graph.weightedDepths
        let deepest = (details.logitsLayer ?? layers.last?.name).flatMap(graph.index).map { steps[$0] } ?? 0
        let depth = deepest == 0 ? 1 : min(1, Double(steps[index]) / Double(deepest))
        guard !head.contains(name) else { return ((depth, 1), false) }
        let shape = try shape(of: name, imageHeight: inputSize, imageWidth: inputSize)
        let field = try receptiveField(of: name, x: shape.width / 2, y: shape.height / 2, imageHeight: inputSize, imageWidth: inputSize)
        return ((depth, min(1, Double(field.rows.count) / Double(inputSize))), true)
    }
}
