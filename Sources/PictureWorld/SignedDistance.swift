/// How much of a pixel around a point of the picture plane a shape covers. The plane spans -1...1 on both axes, y points down.
protocol CoverageField {
    /// The covered share, 0...1, of the pixel centred at `p`; `resolution` is pixels per unit of the plane.
    func coverage(_ p: SIMD2<Float>, resolution: Float) -> Float
}

/// A shape as its signed distance: negative inside, zero on the edge, positive outside, in units of the picture plane
/// (Inigo Quilez, "2D distance functions"). One pixel's width across the edge gives the anti-aliased coverage.
protocol DistanceField: CoverageField {
    func distance(_ p: SIMD2<Float>) -> Float
}

extension DistanceField {
    @inline(__always)
    func coverage(_ p: SIMD2<Float>, resolution: Float) -> Float {
        min(max(0.5 - distance(p) * resolution, 0), 1)
    }
}

extension SIMD2<Float> {
    @inline(__always) var length: Float { (x * x + y * y).squareRoot() }
    @inline(__always) func dot(_ other: SIMD2<Float>) -> Float { x * other.x + y * other.y }
    @inline(__always) func cross(_ other: SIMD2<Float>) -> Float { x * other.y - y * other.x }
}

/// A filled circle.
struct Disc: DistanceField {
    var centre: SIMD2<Float>
    var radius: Float
    func distance(_ p: SIMD2<Float>) -> Float { (p - centre).length - radius }
}

/// A filled ellipse whose first half axis points along `direction`; the distance is first-order exact at the edge.
struct Ellipse: DistanceField {
    var centre: SIMD2<Float>
    var halfAxes: SIMD2<Float>
    var direction = SIMD2<Float>(1, 0)
    func distance(_ p: SIMD2<Float>) -> Float {
        let q = p - centre
        let local = SIMD2(q.dot(direction), direction.cross(q))
        let scaled = local / halfAxes
        let k = scaled.length
        let gradient = (scaled / halfAxes).length
        return gradient < 1e-6 ? -min(halfAxes.x, halfAxes.y) : k * (k - 1) / gradient
    }
}

/// An upright rectangle with rounded corners.
struct Box: DistanceField {
    var centre: SIMD2<Float>
    var halfSize: SIMD2<Float>
    var corner: Float = 0
    func distance(_ p: SIMD2<Float>) -> Float {
        let q = p - centre
        let x = abs(q.x) - halfSize.x + corner
        let y = abs(q.y) - halfSize.y + corner
        return SIMD2(max(x, 0), max(y, 0)).length + min(max(x, y), 0) - corner
    }
}

/// A stroke with round ends along a circle: `direction` points from the centre of curvature to the arc's middle.
struct ArcStroke: DistanceField {
    var centre: SIMD2<Float>
    var radius: Float
    var direction: SIMD2<Float>
    /// Sine and cosine of half the sweep.
    var sine: Float, cosine: Float
    var halfWidth: Float
    func distance(_ p: SIMD2<Float>) -> Float {
        let q = p - centre
        let along = q.dot(direction)
        let across = abs(direction.cross(q))
        if cosine * across > sine * along {
            return SIMD2(across - sine * radius, along - cosine * radius).length - halfWidth
        }
        return abs(q.length - radius) - halfWidth
    }
}

/// A disc with a bite taken out by another disc.
struct CrescentMoon: DistanceField {
    var disc: Disc
    var bite: Disc
    func distance(_ p: SIMD2<Float>) -> Float { max(disc.distance(p), -bite.distance(p)) }
}

/// The outline of a shape, a line along its edge.
struct Contour<Shape: DistanceField>: DistanceField {
    var shape: Shape
    var halfWidth: Float
    func distance(_ p: SIMD2<Float>) -> Float { abs(shape.distance(p)) - halfWidth }
}
