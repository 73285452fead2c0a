import Dispatch
import Networks
import PictureWorld
import RichDisplay
import Tensors

extension Array where Element == Feature {
    /// The responses of a family of one layer to the pictures that excite its units, changed step by step.
    ///
    /// Of each unit the pictures with the highest activations are taken, one position in each, at which the picture holds as much of its
    /// surroundings as the change asks for (a turned receptive field reaches over its corners); where the receptive field is too large for
    /// that, a position near the middle. The changed pictures are shown to the layer's central unit.
    ///
    /// - Parameters:
    ///   - change: what is done to the pictures.
    ///   - source: where the pictures come from.
    ///   - examples: pictures of each unit.
    ///   - units: whose examples are shown, by their place in the family; those of all units when absent.
    ///   - limit: how many pictures to look at, from the first on; nil looks at all.
    /// - Throws: ``JointTuningError``, ``ModelError``, ``StatisticsError/noPictures(dataset:limit:)``, what the source throws,
    ///   `Interrupted`.
    public func jointTuning(
        over change: PictureChange = .rotation(), in source: some PictureSource, examples: Int = 12, examplesOf units: [Int]? = nil,
        limit: Int? = 2000
    ) throws -> JointTuning {
        guard let first else { throw JointTuningError.noFeatures }
        for feature in self {
            guard feature.layer == first.layer, feature.model === first.model else {
                throw JointTuningError.differentLayers(first.description, feature.description)
            }
            try feature.validate()
        }
        guard (1...200).contains(examples) else { throw JointTuningError.examples(examples) }
        let units = units ?? Array<Int>(indices)
        if let stray = units.first(where: { !indices.contains($0) }) { throw JointTuningError.unknownUnit(stray, count: count) }
        let wanted = Swift.min(limit ?? source.count, source.count)
        guard wanted > 0 else { throw StatisticsError.noPictures(dataset: source.title, limit: limit) }
        let family = try FamilyField(self, change)
        let found = try family.strongest(in: source, limit: wanted, count: examples, of: Set(units))
        guard found.contains(where: { !$0.isEmpty }) else {
            throw JointTuningError.noExamples(features: units.map { self[$0].description }, dataset: source.title)
        }
        let total = found.reduce(0) { $0 + $1.count } * change.values.count
        let progress = try VisualizationProgress("\(first.layer), \(total) changed pictures", steps: total, isShown: total > 2000)
        var done = 0
        let responses = try found.map { examples in
            try family.responses(to: examples, in: source) { images in
                done += images.shape[0]
                try progress.update(step: done, images: images.slices(0..<Swift.min(8, images.shape[0])))
            }
        }
        try progress.finish("\(first.layer) was shown \(total) changed pictures")
        return JointTuning(
            features: self, change: change, dataset: source.title, examples: found, responses: responses, asked: Set(units))
    }
}

/// The units of a family and where pictures are shown to them.
private struct FamilyField {
    let layer: Layer
    let change: PictureChange
    /// The directions as columns: `[channel, member]`.
    let vectors: Tensor
    /// Positions of the layer from which pictures are taken, with the middles of what they see, in pixels.
    let places: [(position: Feature.Position, x: Double, y: Double, reachesBorder: Bool)]
    let field: StimulusField
    /// The middle of what the central unit sees, border or not.
    let middle: (x: Double, y: Double)

    init(_ features: [Feature], _ change: PictureChange) throws {
        let first = features[0], model = first.model, size = model.inputSize
        (layer, self.change) = (model[first.layer], change)
        vectors = Tensor.stack(try features.map { try $0.vector() }).transposed
        let shape = try model.shape(of: first.layer, imageHeight: size, imageWidth: size)
        field = try layer.stimulusField()
        guard shape.isSpatial, let central = field.position else { throw ModelError.notSpatial(layer: first.layer) }
        func seen(_ x: Int, _ y: Int, _ size: Int) throws -> (x: Double, y: Double, side: Double) {
            let field = try model.receptiveField(of: first.layer, x: x, y: y, imageHeight: size, imageWidth: size)
            return (
                Double(field.columns.lowerBound + field.columns.upperBound) / 2, Double(field.rows.lowerBound + field.rows.upperBound) / 2,
                Double(max(field.rows.count, field.columns.count)))
        }
        let shown = try seen(central.x, central.y, field.imageSize)
        middle = (shown.x, shown.y)
        let needed = change.reach(side: shown.side)
        let all = try (0..<shape.height).flatMap { y in
            try (0..<shape.width).map { x -> (Feature.Position, Double, Double, Double) in
                let place = try seen(x, y, size)
                return (.init(x: x, y: y), place.x, place.y, min(place.x, place.y, Double(size) - place.x, Double(size) - place.y))
            }
        }
        let most = all.map(\.3).max() ?? 0, stride = Double(size) / Double(max(1, min(shape.height, shape.width)))
        let margin = most >= needed ? needed : most - 1.5 * stride
        places = all.filter { $0.3 >= margin }.map { ($0.0, $0.1, $0.2, $0.3 < needed) }
    }

    /// The activations of the family, `[place, member]`, from those of the layer, `[place, channel]`.
    private func family(_ activations: Tensor) -> Tensor { activations.reshaped([-1, vectors.shape[0]]).matmul(vectors) }

    /// The pictures that excite each unit most at one of the places.
    func strongest(in source: some PictureSource, limit: Int, count: Int, of units: Set<Int>) throws -> [[JointTuning.Example]] {
        let members = vectors.shape[1], size = layer.model.inputSize
        var best = [[JointTuning.Example]](repeating: [], count: members)
        let width = try layer.model.shape(of: layer.name, imageHeight: size, imageWidth: size).width
        try source.forEachBatch(of: max(4, min(64, (1 << 18) / (size * size))), limit: limit, size: size) { batch in
            try Interruption.check()
            let activations = try layer.activations(of: batch.images)
            let positions = activations.count / batch.indices.count / vectors.shape[0]
            family(activations).withUnsafeScalars { values in
                for (row, picture) in batch.indices.enumerated() {
                    for unit in units {
                        var (highest, at) = (Float(0), -1)
                        for (index, place) in places.enumerated() {
                            let value = values[(row * positions + place.position.y * width + place.position.x) * members + unit]
                            if value > highest, value.isFinite { (highest, at) = (value, index) }
                        }
                        guard at >= 0, best[unit].count < count || highest > (best[unit].last?.activation ?? 0) else { continue }
                        let rank = best[unit].firstIndex { $0.activation < highest } ?? best[unit].count
                        let place = places[at]
                        best[unit].insert(
                            .init(
                                index: picture, position: place.position, activation: highest, reachesBorder: place.reachesBorder),
                            at: rank)
                        if best[unit].count > count { best[unit].removeLast() }
                    }
                }
            }
        }
        return best
    }

    /// What the family answers to every step of a change of some pictures: `[example, step, member]`.
    func responses(to examples: [JointTuning.Example], in source: some PictureSource, watch: (Tensor) throws -> Void) throws -> Tensor {
        let steps = change.values.count, members = vectors.shape[1], side = field.imageSize
        guard let central = field.position, !examples.isEmpty else { return Tensor(zeros: [0, steps, members]) }
        var scalars: [Float] = []
        for example in examples {
            guard let place = places.first(where: { $0.position == example.position }) else { continue }
            let picture = ChangedPicture(picture: try source.pixels(example.index, size: layer.model.inputSize), centre: (place.x, place.y))
            for start in stride(from: 0, to: steps, by: 64) {
                try Interruption.check()
                let images = drawn(picture, start..<min(start + 64, steps), side: side)
                let found = try layer.model.activations(of: images, at: [layer.name: .at(x: central.x, y: central.y)])
                guard let activations = found[layer.name] else { throw GraphError.unknownNode(layer.name) }
                scalars += family(activations).scalars
                try watch(images)
            }
        }
        return Tensor(shape: [examples.count, steps, members], scalars: scalars)
    }

    /// Some steps of the change, drawn on all cores.
    private func drawn(_ picture: ChangedPicture, _ steps: Range<Int>, side: Int) -> Tensor {
        Tensor(shape: [steps.count, side, side, 3]) { buffer in
            guard let base = buffer.baseAddress else { return }
            // Every iteration writes its own slice.
            nonisolated(unsafe) let pixels = base
            DispatchQueue.concurrentPerform(iterations: steps.count) { index in
                picture.draw(
                    change, value: change.values[steps.lowerBound + index], into: pixels + index * side * side * 3, side: side,
                    middle: middle)
            }
        }
    }
}
