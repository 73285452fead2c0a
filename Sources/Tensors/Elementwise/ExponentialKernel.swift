/// Exponentials and logarithms in arithmetic alone: no call, no branch and no table, so that a loop over them vectorizes, and the same
/// bits on every machine, whatever its C library. Errors are a few units in the last place (checked against Double by the tests).
enum ExponentialKernel {
    /// `n` and `e^r - 1` with `e^x = 2^n e^r`, `n` whole and `|r| <= ln 2 / 2`. NaN comes out as NaN in `rest`.
    @inline(__always)
    private static func parts(_ x: Float) -> (n: Int32, rest: Float) {
        // Adding 1.5 * 2^23 rounds to a whole number and leaves it in the low bits.
        let shifted = x * 1.4426950408889634 + 12582912
        let n = shifted - 12582912
        // ln 2 in two parts: the first has few enough digits that n times it is exact.
        let r = (x - n * 0.693359375) + n * 2.12194440e-4
        // The Taylor series; the next term is below a tenth of a unit in the last place.
        var series: Float = 1 / 5040
        series = series * r + 1 / 720
        series = series * r + 1 / 120
        series = series * r + 1 / 24
        series = series * r + 1 / 6
        series = series * r + 0.5
        return (Int32(bitPattern: shifted.bitPattern) &- 0x4B40_0000, (series * r) * r + r)
    }

    /// `2^n` for the `n` of normal numbers.
    @inline(__always)
    private static func power(_ n: Int32) -> Float { Float(bitPattern: UInt32(bitPattern: (n &+ 127) << 23)) }

    /// `e^x`: infinity above the logarithm of the largest number; below that of the smallest normal one, subnormal numbers and 0.
    @inline(__always)
    static func exp(_ x: Float) -> Float {
        let (n, rest) = parts(Swift.min(Swift.max(x, -104), 89))
        // 2^n in two steps, since it need not be a normal number itself.
        let half = n >> 1, first = power(half)
        return (first + first * rest) * power(n &- half)
    }

    /// `e^x - 1`, exact near 0 as well; for `x` in `-80...80`.
    @inline(__always)
    static func expMinusOne(_ x: Float) -> Float {
        let (n, rest) = parts(x)
        return (power(n) - 1) + power(n) * rest
    }

    /// The hyperbolic tangent.
    @inline(__always)
    static func tanh(_ x: Float) -> Float {
        let m = expMinusOne(2 * Swift.min(Swift.max(x, -10), 10))
        return m / (m + 2)
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
