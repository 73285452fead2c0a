import Figures
import Networks
import Tensors

/// What each position of a layer sees in a picture: a feature visualization of its activation vector, as large as the vector is long ("The
/// Building Blocks of Interpretability").
///
///     try model["mixed3b"].activationGrid(of: picture)
///     try model["mixed4a"].activationGrid(of: picture, every: 2)
public struct ActivationGrid: Drawable, CustomStringConvertible, Sendable {
    public let layer: Layer
    /// `[height, width, channel]` in `0...1`.
    public let picture: Tensor
    /// The Euclidean length of the activation vector at each position that is shown: `[row, column]`.
    public let lengths: Tensor
    /// Positions from one that is shown to the next.
    public let every: Int
    /// By row and column; nil where every channel is silent.
    public let visualizations: [[Visualization?]]

    public var description: String {
        let seen = visualizations.joined().count { $0 != nil }
        return "\(layer.name), \(lengths.shape[0]) x \(lengths.shape[1]) positions, \(seen) of them active, "
            + "activation up to \(Visualization.short(lengths.max()))"
    }

    /// The grid alone, every position in the middle of its cell.
    /// - Parameter cell: the side of a cell in pixels.
    /// - Throws: `ImageError`.
    public func image(cell: Int = 48) throws -> Image {
        let longest = Swift.max(lengths.max(), .leastNormalMagnitude)
        let shares = (0..<lengths.shape[0]).map { row in (0..<lengths.shape[1]).map { lengths[row, $0] / longest } }
        var pictures: [[Image?]] = []
        for row in visualizations {
            var images: [Image?] = []
            for visualization in row { images.append(try visualization.map { try Image($0.images[0]) }) }
            pictures.append(images)
        }
        return try Image(mosaic: pictures, shares: shares, cell: cell)
    }

    public func drawing() throws -> SVG {
        try ImageGrid(
            [Attribution.image(picture).resizedForFigure(), image()], captions: ["picture", "size: length of the activation vector"],
            columns: 2, cellSize: 420, title: description, crisp: false
        ).drawing()
    }
}

extension Layer {
    /// A feature visualization of the activation vector at each position of a picture, rendered in batches from the same noise.
    ///
    /// - Parameters:
    ///   - picture: `[height, width, 3]` in `0...1`.
    ///   - every: positions from one that is shown to the next, on both axes.
    ///   - size: side of each visualization in pixels.
    ///   - Others: as in `Feature.visualize`.
    /// - Throws: `ModelError`, ``AttributionError``, and as `Feature.visualize`.
    public func activationGrid(
        of picture: Tensor, every: Int = 1, size: Int = 32, steps: Int = 64, seed: UInt64 = 0, cosinePower: Float = 0,
        showProgress: Bool = true
    ) throws -> ActivationGrid {
        let (picture, activations) = try spatialActivations(of: picture)
        let (height, width) = (activations.shape[0], activations.shape[1])
        guard (1...max(height, width)).contains(every) else {
            throw AttributionError.setting(name: "every", value: "\(every)", allowed: "1 to \(max(height, width)) positions")
        }
        let rows = Array(stride(from: 0, to: height, by: every)), columns = Array(stride(from: 0, to: width, by: every))
        guard rows.count * columns.count <= Self.mostCells else {
            throw AttributionError.setting(
                name: "every", value: "\(every)",
                allowed: "larger: \(rows.count) x \(columns.count) positions are more than \(Self.mostCells)")
        }
        guard rows.count * columns.count * max(1, min(size, 2048)) * max(1, min(size, 2048)) <= Self.mostPixels else {
            throw AttributionError.setting(
                name: "size", value: "\(size)", allowed: "smaller: \(rows.count) x \(columns.count) pictures of it do not fit")
        }
        let settings = try VisualizationSettings(directionsOf: self, size: size, steps: steps, seed: seed, cosinePower: cosinePower)
        let vectors = rows.map { y in columns.map { activations.vector(x: $0, y: y) } }
        let made = try settings.visualizations(of: vectors.joined().filter { !$0.isEmpty }.map(direction), showProgress: showProgress)
        var next = 0
        let visualizations = vectors.map { row in
            row.map { vector -> Visualization? in
                guard !vector.isEmpty else { return nil }
                defer { next += 1 }
                return made[next]
            }
        }
        let lengths = sqrt(activations.squared.sum(along: [2])).gathered(rows, along: 0).gathered(columns, along: 1)
        return ActivationGrid(layer: self, picture: picture, lengths: lengths, every: every, visualizations: visualizations)
    }

    /// More would take hours.
    private static let mostCells = 1024
    /// Of all cells together.
    private static let mostPixels = 1 << 25

    /// One picture `[height, width, channel]` and the layer's activations in it, `[height, width, channel]`, not all of them zero.
    func spatialActivations(of picture: Tensor) throws -> (picture: Tensor, activations: Tensor) {
        let picture = try Attribution.onePicture(picture)
        let activations = try activations(of: picture)
        guard activations.rank == 4 else { throw ModelError.notSpatial(layer: name) }
        guard activations.scalars.contains(where: { $0 != 0 }) else { throw AttributionError.silent(layer: name) }
        return (picture.slice(0), activations.slice(0))
    }
}
