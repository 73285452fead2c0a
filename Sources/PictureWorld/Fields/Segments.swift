/// A straight segment prepared for repeated distance queries.
struct Segment {
    var start: SIMD2<Float>
    var edge: SIMD2<Float>
    var inverseSquaredLength: Float

    init(_ start: SIMD2<Float>, _ end: SIMD2<Float>) {
        self.start = start
        edge = end - start
        inverseSquaredLength = 1 / max(edge.dot(edge), 1e-12)
    }

    @inline(__always)
    func squaredDistance(_ p: SIMD2<Float>) -> Float {
        let q = p - start
        let t = min(max(q.dot(edge) * inverseSquaredLength, 0), 1)
        let off = q - edge * t
        return off.dot(off)
    }
}

/// A stroke with round joints and ends along a chain of points: zigzags, and (finely cut) waves and spirals.
struct Polyline: DistanceField {
    private let segments: [Segment]
    private let halfWidth: Float
    let bounds: Bounds

    init(_ points: [SIMD2<Float>], halfWidth: Float) {
        segments = zip(points, points.dropFirst()).map { Segment($0, $1) }
        self.halfWidth = halfWidth
        bounds = Bounds(points, margin: halfWidth)
    }

    func distance(_ p: SIMD2<Float>) -> Float {
        var nearest = Float.infinity
        for segment in segments { nearest = min(nearest, segment.squaredDistance(p)) }
        return nearest.squareRoot() - halfWidth
    }
}

/// A filled polygon, convex or not; inside and outside by the even-odd rule.
struct Polygon: DistanceField {
    private let edges: [Segment]
    let bounds: Bounds

    init(_ corners: [SIMD2<Float>]) {
        edges = corners.indices.map { Segment(corners[$0], corners[($0 + 1) % corners.count]) }
        bounds = Bounds(corners)
    }

    /// Corners given around the origin, turned by `degrees`, scaled and moved to `centre`.
    init(_ corners: [SIMD2<Float>], centre: SIMD2<Float>, scale: Float, degrees: Double) {
        let direction = DeterministicTrigonometry.direction(degrees: degrees)
        self.init(corners.map { corner in
            let turned = SIMD2(
                corner.x * direction.x - corner.y * direction.y, corner.x * direction.y + corner.y * direction.x)
            return centre + turned * scale
        })
    }

    func distance(_ p: SIMD2<Float>) -> Float {
        var nearest = Float.infinity
        var inside = false
        for edge in edges {
            nearest = min(nearest, edge.squaredDistance(p))
            let startsAbove = edge.start.y > p.y
            let endsAbove = edge.start.y + edge.edge.y > p.y
            if startsAbove != endsAbove {
                let side = edge.edge.cross(p - edge.start)
                if (side > 0) == (edge.edge.y > 0) { inside.toggle() }
            }
        }
        return inside ? -nearest.squareRoot() : nearest.squareRoot()
    }
}
