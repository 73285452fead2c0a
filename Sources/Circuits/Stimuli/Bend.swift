import Foundation

/// A line with one bend: a straight arm, an arc, a straight arm, mirrored about the axis along which the bend bulges. Arcs, corners,
/// straight lines and everything between them are bends, which is what makes the morph from an angle to a curve one family.
struct Bend: Hashable, Sendable {
    /// The radius of the arc; 0 for a sharp corner.
    var radius: Double
    /// How far the arc reaches to each side of its middle, in degrees: half of the turn from one arm to the other.
    var halfTurn: Double
    /// The length of each arm; infinite for arms that leave the picture.
    var arms: Double

    /// The same geometry in the units of one drawing. The origin is the middle of the arc (the tip of a corner), `u` points to where
    /// the bend bulges.
    struct Geometry {
        private let radius, sine, cosine, arms: Float

        init(_ bend: Bend) {
            let turn = bend.halfTurn * .pi / 180
            (radius, sine, cosine) = (Float(bend.radius), Float(sin(turn)), Float(cos(turn)))
            arms = Float(min(bend.arms, 1e6))
        }

        /// The distance of a point from the line, positive on the outer side of the bend.
        @inline(__always)
        func signedDistance(u: Float, v: Float) -> Float {
            let (u, v) = (u + radius, abs(v))
            // Beside the arc, seen from the centre of its circle.
            if sine * u - cosine * v >= 0 { return (u * u + v * v).squareRoot() - radius }
            let along = cosine * v - sine * u, across = cosine * u + sine * v - radius
            if along <= arms { return across }
            let beyond = (across * across + (along - arms) * (along - arms)).squareRoot()
            return across < 0 ? -beyond : beyond
        }
    }
}
