import Figures
import Networks
import PictureWorld
import RichDisplay
import Tensors

/// Some pictures of a data set with what a feature answers at every position: what crops and overlays are made of.
struct FeatureResponses {
    struct Response {
        let feature: Feature
        let image: Image
        /// Before the ReLU, `[height, width]`; one number behind the global pooling.
        let map: Tensor
        /// The shape of a layer with positions; nil behind the global pooling.
        let isSpatial: Bool
    }

    private var byPicture: [Int: Response] = [:]

    subscript(picture: Int) -> Response? { byPicture[picture] }

    /// Reads the pictures and shows them to the network; those that cannot be read are left out.
    /// - Throws: ``ModelError``, what the source throws, `Interrupted`.
    init(of feature: Feature, to pictures: [Int], in source: some PictureSource) throws {
        // Everywhere, even of a single neuron: an overlay shows what the same channel answers around it.
        let everywhere = Feature(model: feature.model, layer: feature.layer, direction: feature.direction)
        let target = try StatisticsTarget(everywhere), size = feature.model.inputSize
        let shape = try feature.model.shape(of: feature.layer, imageHeight: size, imageWidth: size)
        for picture in pictures {
            try Interruption.check()
            let read = try source.pictures(in: picture..<picture + 1, size: size)
            guard read.indices.first == picture, let found = try feature.model.activations(of: read.images, at: [target.node])[target.node]
            else { continue }
            let (height, width) = shape.isSpatial ? (shape.height, shape.width) : (1, 1)
            byPicture[picture] = Response(
                feature: feature, image: try Image(read.images.slice(0)), map: target.values(found).reshaped([height, width]),
                isSpatial: shape.isSpatial)
        }
    }
}

extension FeatureResponses.Response {
    /// Where the feature answers most: its own position, if it has one.
    var strongest: Feature.Position {
        if let position = feature.position { return position }
        let best = map.count > 0 ? map.argmax() : 0
        return Feature.Position(x: best % map.shape[1], y: best / map.shape[1])
    }

    /// The rows and columns that the unit at a position sees; they may reach beyond the picture. Nil for all of it.
    private func field(at position: Feature.Position) throws -> (rows: Range<Int>, columns: Range<Int>)? {
        guard isSpatial else { return nil }
        let size = feature.model.inputSize
        let field = try feature.model.receptiveField(
            of: feature.layer, x: position.x, y: position.y, imageHeight: size, imageWidth: size)
        return field.rows.count >= size ? nil : field
    }

    /// What the unit at a position sees. The whole picture says more than the same picture in a frame of grey.
    func crop(at position: Feature.Position) throws -> Image {
        guard let field = try field(at: position) else { return image }
        return try image.crop(rows: field.rows, columns: field.columns, padding: Color(gray: 0.5))
    }

    func overlay(at position: Feature.Position) throws -> ActivationOverlay {
        let size = feature.model.inputSize
        guard isSpatial else { return ActivationOverlay(picture: image, activations: map, centres: ([0.5], [0.5]), frame: nil) }
        func middles(_ count: Int, _ range: (Int) throws -> Range<Int>) rethrows -> [Double] {
            try (0..<count).map { index in
                let seen = try range(index)
                return Double(seen.lowerBound + seen.upperBound) / 2 / Double(size)
            }
        }
        func seen(x: Int, y: Int) throws -> (rows: Range<Int>, columns: Range<Int>) {
            try feature.model.receptiveField(of: feature.layer, x: x, y: y, imageHeight: size, imageWidth: size)
        }
        return ActivationOverlay(
            picture: image, activations: map,
            centres: (
                x: try middles(map.shape[1]) { try seen(x: $0, y: 0).columns }, y: try middles(map.shape[0]) { try seen(x: 0, y: $0).rows }
            ), frame: try field(at: position))
    }
}
