import Figures
import Networks
import PictureWorld
import Tensors

/// Pictures of a data set that excite a feature most: the second of the seven arguments of "Zoom In".
///
///     try model["mixed3b"][17].examples(in: World.test, count: 9)
///
/// Each picture is cropped to what the responding unit can see, grey where that reaches beyond the border.
public struct DatasetExamples: Drawable, CustomStringConvertible, Sendable {
    /// One picture and the unit's response to it.
    public struct Example: Sendable {
        /// The index of the picture in its data set.
        public let index: Int
        public let className: String
        /// The strongest response in the picture.
        public let activation: Float
        /// What the responding unit can see.
        public let crop: Image
    }

    public let feature: Feature
    /// The name of the data set.
    public let dataset: String
    /// How many pictures were looked at, without those that could not be read.
    public let looked: Int
    /// Strongest first.
    public let examples: [Example]
    /// The strongest response of every picture that was looked at, in the order of the data set.
    public let activations: [Float]

    public var description: String {
        guard let strongest = examples.first, strongest.activation > 0 else {
            return "\(feature): no picture of \(looked) in \(dataset) excites it"
        }
        return "\(feature), strongest of \(looked) pictures in \(dataset)"
    }

    public func drawing() throws -> SVG {
        let captions = examples.map { "\($0.className)\n\(Visualization.short($0.activation))" }
        return try ImageGrid(examples.map(\.crop), captions: captions, title: description).drawing()
    }

    /// How the strongest responses are distributed over the pictures.
    public var histogram: Histogram {
        Histogram(activations, title: "\(feature) over \(looked) pictures of \(dataset)", xLabel: "strongest activation in the picture")
    }

    /// The share of each class among the pictures with the strongest responses, most frequent first.
    /// - Parameter fraction: how many of all pictures count as strongest.
    public func classes(inTop fraction: Double = 0.02) -> [(className: String, share: Double)] {
        let count = max(1, Int(Double(activations.count) * fraction))
        let strongest = activations.indices.sorted { (activations[$0], $1) > (activations[$1], $0) }.prefix(count)
        let groups = Dictionary(grouping: strongest) { classNames[$0] }
        return groups.map { ($0.key, Double($0.value.count) / Double(count)) }.sorted { ($0.1, $1.0) > ($1.1, $0.0) }
    }

    let classNames: [String]
}

extension Feature {
    /// The pictures of a data set that excite the feature most, one crop per picture.
    ///
    /// - Parameters:
    ///   - source: a split of the world, or a folder of photographs.
    ///   - count: how many to show.
    ///   - limit: how many pictures to look at, from the first on; nil looks at all.
    /// - Throws: ``ModelError``, ``ExamplesError``, and `Interrupted` when the user stops it.
    public func examples(in source: some PictureSource, count: Int = 9, limit: Int? = 2000) throws -> DatasetExamples {
        try validate()
        let wanted = min(limit ?? source.count, source.count)
        guard count > 0, wanted > 0 else { throw ExamplesError.nothingAsked(count: count, limit: wanted) }
        let responses = try responses(in: source, count: wanted)
        let classes = source.classes
        let strongest = responses.indices.sorted { (responses[$0].value, $1) > (responses[$1].value, $0) }.prefix(count)
        let examples = try strongest.map { row in
            let (index, value, place) = responses[row]
            let image = try Image(source.pixels(index, size: model.inputSize))
            let shape = try model.shape(of: layer, imageHeight: model.inputSize, imageWidth: model.inputSize)
            let crop: Image
            if shape.isSpatial {
                let field = try model.receptiveField(
                    of: layer, x: place.x, y: place.y, imageHeight: model.inputSize, imageWidth: model.inputSize)
                // The whole picture says more than the same picture in a frame of grey.
                crop = field.rows.count >= model.inputSize
                    ? image : try image.crop(rows: field.rows, columns: field.columns, padding: Color(gray: 0.5))
            } else {
                crop = image
            }
            return DatasetExamples.Example(
                index: index, className: classes[source.label(index)], activation: value, crop: crop)
        }
        return DatasetExamples(
            feature: self, dataset: source.title, looked: responses.count, examples: Array(examples),
            activations: responses.map(\.value), classNames: responses.map { classes[source.label($0.index)] })
    }

    /// The strongest response to each picture that can be read, and its position.
    private func responses(in source: some PictureSource, count: Int) throws -> [(index: Int, value: Float, position: Position)] {
        if let channel, position == nil {
            let maxima = try LayerMaximaCache.shared.maxima(of: layer, in: model, over: source, count: count)
            return maxima.indices.enumerated().map { row, picture in
                let place = Int(maxima.positions[row * maxima.channels + channel])
                return (picture, maxima.values[row, channel], Position(x: place % maxima.width, y: place / maxima.width))
            }
        }
        var responses: [(index: Int, value: Float, position: Position)] = []
        try source.forEachBatch(limit: count, size: model.inputSize) { batch in
            let values = try activations(of: batch.images)
            let width = values.rank == 3 ? values.shape[2] : 1
            for (row, index) in batch.indices.enumerated() {
                let scalars = values.rank == 1 ? [values[row]] : values.slice(row).scalars
                let best = scalars.indices.max { scalars[$0] < scalars[$1] } ?? 0
                responses.append((index, scalars[best], position ?? Position(x: best % width, y: best / width)))
            }
        }
        return responses
    }
}

/// Why no examples can be found.
public enum ExamplesError: Error, Equatable, CustomStringConvertible {
    case nothingAsked(count: Int, limit: Int)

    public var description: String {
        switch self {
        case .nothingAsked(let count, let limit):
            "asked for \(count) examples among \(limit) pictures: both numbers must be at least 1"
        }
    }
}
