import Tensors

/// The spatial weights between two channels as a tile: red excites, blue inhibits, row 0 at the top (the weight figures of
/// the Circuits thread).
///
///     try WeightTile(Tensor(shape: [1, 3], scalars: [-1, 0, 1]))
public struct WeightTile: Drawable, Sendable {
    /// The weights, `[kernel height, kernel width]`.
    public let weights: Tensor
    /// The magnitude that takes the full colour; larger ones saturate.
    public let scale: Float

    /// A tile of weights.
    /// - Parameters:
    ///   - weights: `[kernel height, kernel width]`.
    ///   - scale: the magnitude of the full colour; the tile's largest when absent. Tiles that are compared share one.
    /// - Throws: ``ImageError`` when the tensor is not a matrix or holds values that are not finite.
    public init(_ weights: Tensor, scale: Float? = nil) throws(ImageError) {
        guard weights.rank == 2, weights.count > 0 else { throw .notAMatrix(shape: weights.shape) }
        let bad = weights.scalars.reduce(0) { $1.isFinite ? $0 : $0 + 1 }
        guard bad == 0 else { throw .notFinite(count: bad) }
        self.weights = weights
        self.scale = scale ?? Self.scale(of: [weights])
    }

    /// The scale that tiles of these weights share: their largest magnitude.
    public static func scale(of weights: [Tensor]) -> Float {
        weights.reduce(0) { $1.scalars.reduce($0) { Swift.max($0, abs($1)) } }
    }

    /// The tile as an image, one pixel per weight.
    /// - Throws: ``ImageError``.
    public func image() throws(ImageError) -> Image {
        let range = scale > 0 ? -scale...scale : -1...1
        return try Image(weights, colorMap: .weights, range: range)
    }

    /// The tile fitted into a square, its corners rounded.
    public func elements(x: Double, y: Double, side: Double) -> [SVGElement] {
        let (rows, columns) = (weights.shape[0], weights.shape[1])
        let cell = side / Double(Swift.max(rows, columns))
        let (width, height) = (cell * Double(columns), cell * Double(rows))
        let (left, top) = (x + (side - width) / 2, y + (side - height) / 2)
        var result: [SVGElement] = []
        for row in 0..<rows {
            for column in 0..<columns {
                let value = weights.scalars[row * columns + column]
                let color = ColorMap.weights(scale > 0 ? value / scale : 0)
                // Each cell reaches under the next one, so that no seam shows between them at any zoom.
                let (overX, overY) = (column + 1 < columns ? 0.6 : 0, row + 1 < rows ? 0.6 : 0)
                result.append(
                    .rect(
                        x: left + Double(column) * cell, y: top + Double(row) * cell, width: cell + overX, height: cell + overY,
                        .fill(color)))
            }
        }
        let radius = Swift.min(5, Swift.min(width, height) / 4)
        return result + Self.corners(x: left, y: top, width: width, height: height, radius: radius) + [
            .rect(x: left + 0.5, y: top + 0.5, width: width - 1, height: height - 1, radius: radius, .stroke(.rule))
        ]
    }

    /// The ground painted over the four corners: rounding without a clip path, which would need an id.
    private static func corners(x: Double, y: Double, width: Double, height: Double, radius r: Double) -> [SVGElement] {
        let corners = [(x, y, 1.0, 1.0), (x + width, y, -1, 1), (x, y + height, 1, -1), (x + width, y + height, -1, -1)]
        return corners.map { cx, cy, sx, sy in
            var path = SVGPath()
            path.move(cx - sx, cy - sy)
            path.line(cx + sx * r, cy - sy)
            path.line(cx + sx * r, cy)
            path.quadratic(cx, cy, cx, cy + sy * r)
            path.line(cx - sx, cy + sy * r)
            path.close()
            return .path(path, .fill(.white))
        }
    }

    /// The tile alone.
    public func drawing() -> SVG {
        var svg = SVG(
            width: 144, height: 152 + WeightLegend.height,
            title: "\(weights.shape[0]) x \(weights.shape[1]) weights, full colour at \(WeightLegend.text(scale))")
        svg.add(elements(x: 12, y: 12, side: 120))
        svg.add(WeightLegend(scale: scale).elements(x: 12, y: 142))
        return svg
    }
}
