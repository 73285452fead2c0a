/// A colour: red, green, blue in 0...1.
typealias Colour = SIMD3<Float>

/// How much of a pixel around a point of the picture plane a shape covers. The plane spans -1...1 on both axes, y points down.
protocol CoverageField {
    /// The covered share, 0...1, of the pixel centred at `p`; `resolution` is pixels per unit of the plane.
    func coverage(_ p: SIMD2<Float>, resolution: Float) -> Float
    /// What is known of all points within `radius` of `p`, without looking at each.
    func side(_ p: SIMD2<Float>, within radius: Float) -> Side
}

/// Whether all of a neighbourhood lies inside a shape, all outside, or neither is certain.
enum Side { case inside, outside, uncertain }

/// A shape as its signed distance: negative inside, zero on the edge, positive outside, in units of the picture plane
/// (Inigo Quilez, "2D distance functions"). One pixel's width across the edge gives the anti-aliased coverage.
protocol DistanceField: CoverageField {
    func distance(_ p: SIMD2<Float>) -> Float
    /// An upright box that holds the shape.
    var bounds: Bounds { get }
}

extension CoverageField {
    func side(_ p: SIMD2<Float>, within radius: Float) -> Side { .uncertain }
}

extension DistanceField {
    @inline(__always)
    func coverage(_ p: SIMD2<Float>, resolution: Float) -> Float {
        min(max(0.5 - distance(p) * resolution, 0), 1)
    }

    /// Right for every field whose distance never exceeds the true one.
    func side(_ p: SIMD2<Float>, within radius: Float) -> Side {
        let distance = distance(p)
        return distance > radius ? .outside : distance < -radius ? .inside : .uncertain
    }
}

extension SIMD2<Float> {
    @inline(__always) var length: Float { (x * x + y * y).squareRoot() }
    @inline(__always) func dot(_ other: SIMD2<Float>) -> Float { x * other.x + y * other.y }
    @inline(__always) func cross(_ other: SIMD2<Float>) -> Float { x * other.y - y * other.x }
}

/// An upright box in the picture plane.
struct Bounds: Equatable {
    var low: SIMD2<Float>
    var high: SIMD2<Float>

    init(low: SIMD2<Float>, high: SIMD2<Float>) { (self.low, self.high) = (low, high) }
    init(centre: SIMD2<Float>, halfSize: SIMD2<Float>) { self.init(low: centre - halfSize, high: centre + halfSize) }

    /// The smallest box around points.
    init(_ points: [SIMD2<Float>], margin: Float = 0) {
        var low = SIMD2<Float>(repeating: .infinity), high = SIMD2<Float>(repeating: -.infinity)
        for point in points {
            low = pointwiseMin(low, point)
            high = pointwiseMax(high, point)
        }
        self.init(low: low - margin, high: high + margin)
    }

    var centre: SIMD2<Float> { (low + high) / 2 }
    var halfSize: SIMD2<Float> { (high - low) / 2 }
    var corners: [SIMD2<Float>] { [low, SIMD2(high.x, low.y), high, SIMD2(low.x, high.y)] }
    func union(_ other: Bounds) -> Bounds { Bounds(low: pointwiseMin(low, other.low), high: pointwiseMax(high, other.high)) }
    func grown(by margin: Float) -> Bounds { Bounds(low: low - margin, high: high + margin) }
}

/// A filled circle.
struct Disc: DistanceField {
    var centre: SIMD2<Float>
    var radius: Float
    func distance(_ p: SIMD2<Float>) -> Float { (p - centre).length - radius }
    var bounds: Bounds { Bounds(centre: centre, halfSize: SIMD2(repeating: radius)) }
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

    /// The scaled radius changes by at most the inverse of the smaller half axis.
    func side(_ p: SIMD2<Float>, within radius: Float) -> Side {
        let q = p - centre
        let k = (SIMD2(q.dot(direction), direction.cross(q)) / halfAxes).length
        let change = radius / min(halfAxes.x, halfAxes.y)
        return k - change > 1 ? .outside : k + change < 1 ? .inside : .uncertain
    }

    var bounds: Bounds {
        let a = direction * halfAxes.x, b = direction * halfAxes.y
        return Bounds(centre: centre, halfSize: SIMD2(SIMD2(a.x, b.y).length, SIMD2(a.y, b.x).length))
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
    var bounds: Bounds { Bounds(centre: centre, halfSize: halfSize) }
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

    /// The ends, and those of the four extreme points of the circle that the arc passes.
    var bounds: Bounds {
        let across = SIMD2(-direction.y, direction.x)
        var points = [1, -1].map { (side: Float) in centre + (direction * cosine + across * (sine * side)) * radius }
        for extreme in [SIMD2<Float>(1, 0), SIMD2(-1, 0), SIMD2(0, 1), SIMD2(0, -1)] where extreme.dot(direction) >= cosine {
            points.append(centre + extreme * radius)
        }
        return Bounds(points, margin: halfWidth)
    }
}
