/// Exponentials and logarithms in arithmetic alone: no call, no branch and no table, so that a loop over them vectorizes, and the same
/// bits on every machine, whatever its C library. Errors are a few units in the last place (checked against Double by the tests).
enum ExponentialKernel {
    /// `(2^n, e^r - 1)` with `e^x = 2^n e^r`, `n` whole and `|r| <= ln 2 / 2`.
    ///
    /// - Precondition: `|x| <= 88`, so that `2^n` is a normal number. NaN comes out as NaN in `rest`.
    @inline(__always)
    private static func parts(_ x: Float) -> (power: Float, rest: Float) {
        // Adding 1.5 * 2^23 rounds to a whole number and leaves it in the low bits.
        let shifted = x * 1.4426950408889634 + 12582912
        let n = shifted - 12582912
        // ln 2 in two parts: the first has few enough digits that n times it is exact.
        let r = (x - n * 0.693359375) + n * 2.12194440e-4
        let power = Float(bitPattern: (shifted.bitPattern &- 0x4B40_0000 &+ 127) << 23)
        // The Taylor series; the next term is below a tenth of a unit in the last place.
        var series: Float = 1 / 5040
        series = series * r + 1 / 720
        series = series * r + 1 / 120
        series = series * r + 1 / 24
        series = series * r + 1 / 6
        series = series * r + 0.5
        return (power, (series * r) * r + r)
    }

    /// `e^x`: 0 below the smallest normal number, infinity above the largest.
    @inline(__always)
    static func exp(_ x: Float) -> Float {
        let inside = Swift.min(Swift.max(x, -87.33), 88)
        let (power, rest) = parts(inside)
        // Between 88 and the logarithm of the largest number 2^n is too large: the remaining factor goes on top.
        let beyond = Swift.min(Swift.max(x - 88, 0), 2)
        let value = (power + power * rest) * (1 + beyond * (1 + beyond * (0.5 + beyond * (1 / 6 + beyond * (1 / 24 + beyond / 120)))))
        return x < -87.33 ? 0 : x != x ? x : value
    }

    /// `e^x - 1`, exact near 0 as well; for `x` in `-88...88`.
    @inline(__always)
    static func expMinusOne(_ x: Float) -> Float {
        let (power, rest) = parts(x)
        return (power - 1) + power * rest
    }

    /// The hyperbolic tangent.
    @inline(__always)
    static func tanh(_ x: Float) -> Float {
        let m = expMinusOne(2 * Swift.min(Swift.max(x, -10), 10))
        return x != x ? x : m / (m + 2)
    }

    /// `1 / (1 + e^-x)`.
    @inline(__always)
    static func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }

    /// The natural logarithm: NaN below 0, -infinity at 0. Subnormal numbers count as the smallest normal one.
    @inline(__always)
    static func log(_ x: Float) -> Float {
        let normal = Swift.max(x, 0x1p-126)
        // x = 2^n m with m between sqrt(1/2) and sqrt(2); log m = 2 artanh((m - 1) / (m + 1)).
        let bits = normal.bitPattern &- 0x3F35_04F3
        let n = Float(Int32(bitPattern: bits) >> 23)
        let m = Float(bitPattern: (bits & 0x007F_FFFF) &+ 0x3F35_04F3)
        let f = m - 1
        let s = f / (m + 1), z = s * s
        var series: Float = 2 / 9
        series = series * z + 2 / 7
        series = series * z + 2 / 5
        series = series * z + 2 / 3
        // 2 s = f - s f: f is exact, so that the logarithm of numbers near 1 is, too.
        let value = (n * -2.12194440e-4 + (f - s * (f - series * z))) + n * 0.693359375
        return x == 0 ? -.infinity : x < 0 ? .nan : x < .infinity ? value : x
    }
}
