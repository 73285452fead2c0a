/// A shape with another one taken out.
struct Cut<Shape: DistanceField, Hole: DistanceField>: DistanceField {
    var shape: Shape
    var hole: Hole
    func distance(_ p: SIMD2<Float>) -> Float { max(shape.distance(p), -hole.distance(p)) }
    func side(_ p: SIMD2<Float>, within radius: Float) -> Side {
        switch (shape.side(p, within: radius), hole.side(p, within: radius)) {
        case (.outside, _), (_, .inside): .outside
        case (.inside, .outside): .inside
        default: .uncertain
        }
    }
    var bounds: Bounds { shape.bounds }
}

/// The outline of a shape, a line along its edge.
struct Contour<Shape: DistanceField>: DistanceField {
    var shape: Shape
    var halfWidth: Float
    func distance(_ p: SIMD2<Float>) -> Float { abs(shape.distance(p)) - halfWidth }
    func side(_ p: SIMD2<Float>, within radius: Float) -> Side {
        shape.side(p, within: radius + halfWidth) == .uncertain ? .uncertain : .outside
    }
    var bounds: Bounds { shape.bounds.grown(by: halfWidth) }
}

/// Two shapes as one, their joint rounded over a length `blend` (the polynomial smooth minimum).
struct Joined<First: DistanceField, Second: DistanceField>: DistanceField {
    var first: First
    var second: Second
    var blend: Float
    func distance(_ p: SIMD2<Float>) -> Float {
        let a = first.distance(p), b = second.distance(p)
        let overlap = max(blend - abs(a - b), 0)
        return min(a, b) - (blend > 0 ? overlap * overlap / (4 * blend) : 0)
    }
    func side(_ p: SIMD2<Float>, within radius: Float) -> Side {
        // The joint adds at most a quarter of the blend.
        let a = first.side(p, within: radius + blend / 4), b = second.side(p, within: radius + blend / 4)
        if a == .inside || b == .inside { return .inside }
        return a == .outside && b == .outside ? .outside : .uncertain
    }
    var bounds: Bounds { first.bounds.union(second.bounds) }
}

extension DistanceField {
    /// This shape and another as one, with a rounded joint.
    func joined<Other: DistanceField>(_ other: Other, blend: Float = 0) -> Joined<Self, Other> {
        Joined(first: self, second: other, blend: blend)
    }
    /// This shape without another.
    func without<Other: DistanceField>(_ other: Other) -> Cut<Self, Other> { Cut(shape: self, hole: other) }
}

/// A shape that fades out over a band of width 2 `blur` around its edge: shadows, soft discs, blurred grounds.
struct Blurred<Shape: DistanceField>: CoverageField {
    var shape: Shape
    var blur: Float
    /// The coverage at its most.
    var strength: Float = 1

    @inline(__always)
    func coverage(_ p: SIMD2<Float>, resolution: Float) -> Float {
        let share = min(max(0.5 - shape.distance(p) / (2 * blur), 0), 1)
        return share * share * (3 - 2 * share) * strength
    }
    func side(_ p: SIMD2<Float>, within radius: Float) -> Side {
        // Where the strength is below one, covering the whole is still a matter of each pixel.
        shape.side(p, within: radius + blur) == .outside ? .outside : .uncertain
    }
}

/// A place for a drawing made in coordinates of its own: moved, turned, scaled, and mirrored when it faces left.
struct Frame {
    var centre: SIMD2<Float>
    var scale: Float
    /// The direction of the drawing's x axis before mirroring.
    var direction = SIMD2<Float>(1, 0)
    var isMirrored = false

    /// A point of the plane in the drawing's coordinates.
    @inline(__always)
    func local(_ p: SIMD2<Float>) -> SIMD2<Float> {
        let q = (p - centre) / scale
        let x = q.dot(direction)
        return SIMD2(isMirrored ? -x : x, direction.cross(q))
    }

    /// A point of the drawing in the plane.
    func plane(_ local: SIMD2<Float>) -> SIMD2<Float> { centre + turned(local) * scale }

    /// A direction of the drawing in the plane.
    func turned(_ local: SIMD2<Float>) -> SIMD2<Float> {
        let x = isMirrored ? -local.x : local.x
        return SIMD2(x * direction.x - local.y * direction.y, x * direction.y + local.y * direction.x)
    }
}

/// A shape of a drawing, in its place.
struct Placed<Shape: DistanceField>: DistanceField {
    var shape: Shape
    var frame: Frame
    func distance(_ p: SIMD2<Float>) -> Float { shape.distance(frame.local(p)) * frame.scale }
    func side(_ p: SIMD2<Float>, within radius: Float) -> Side { shape.side(frame.local(p), within: radius / frame.scale) }
    var bounds: Bounds { Bounds(shape.bounds.corners.map(frame.plane)) }
}
