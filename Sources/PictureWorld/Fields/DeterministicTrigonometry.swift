/// Sine and cosine from additions and multiplications alone. The C library's differ in the last bit from one platform to the
/// next, and pictures must be the same everywhere; IEEE 754 fixes what these give. The error is below 1e-12 for |angle| < 1000.
enum DeterministicTrigonometry {
    /// The sine of an angle in radians.
    static func sine(_ angle: Double) -> Double {
        var x = angle - (angle / (2 * .pi)).rounded() * (2 * .pi)
        if x > .pi / 2 { x = .pi - x }
        if x < -.pi / 2 { x = -.pi - x }
        let square = x * x
        var term = x
        var sum = x
        var n = 1.0
        while n < 19 {
            term *= -square / ((n + 1) * (n + 2))
            sum += term
            n += 2
        }
        return sum
    }

    /// The cosine of an angle in radians.
    static func cosine(_ angle: Double) -> Double { sine(angle + .pi / 2) }

    /// The unit vector at an angle in degrees, clockwise from the x axis as displayed (y points down).
    static func direction(degrees: Double) -> SIMD2<Float> {
        let angle = degrees / 180 * .pi
        return SIMD2(Float(cosine(angle)), Float(sine(angle)))
    }
}
