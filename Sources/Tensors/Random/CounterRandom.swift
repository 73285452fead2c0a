/// A counter-based random number generator: the n-th draw is a pure function of `(seed, stream, n)`, so a run gives the same
/// numbers on every machine and for every number of threads. The mixing function is SplitMix64's finalizer, applied twice.
///
///     var random = CounterRandom(seed: 1)
///     random.uniform()                    // in 0 ..< 1
///     random.normal()                     // mean 0, standard deviation 1
///     random.permutation(of: 5)           // 0...4 in some order
///
/// Everything beyond the bits is arithmetic written out here, none of it a C library's or the standard library's: those may round or draw
/// differently elsewhere, or in another version.
public struct CounterRandom: RandomNumberGenerator, Sendable {
    private let key: UInt64
    private var counter: UInt64 = 0
    private var spareNormal: Double?

    /// A generator for one purpose: different `stream`s of one `seed` are independent.
    public init(seed: UInt64, stream: UInt64 = 0) {
        key = Self.mix(Self.mix(seed &+ 0x9E37_79B9_7F4A_7C15) ^ (stream &* 0xD1B5_4A32_D192_ED03))
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        counter &+= 1
        return Self.mix(Self.mix(key &+ counter &* 0x9E37_79B9_7F4A_7C15) ^ key)
    }

    /// Leaves out as many draws of 64 bits, at once: threads that share a stream begin at different places in it. A normal number takes
    /// one draw on average (two for every second one), a uniform one exactly one.
    public mutating func skip(_ draws: UInt64) {
        counter &+= draws
        spareNormal = nil
    }

    /// A number in `0 ..< 1` with 53 random bits.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number in the given range.
    public mutating func uniform(in range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    }

    /// An integer in the given range, each equally likely (Lemire, "Fast random integer generation in an interval", 2019).
    /// - Precondition: the range is not empty.
    public mutating func integer(in range: Range<Int>) -> Int {
        require(!range.isEmpty, "an integer in the empty range \(range)")
        let bound = UInt64(truncatingIfNeeded: range.upperBound &- range.lowerBound)
        var product = next().multipliedFullWidth(by: bound)
        if product.low < bound {
            let rejected = (0 &- bound) % bound
            while product.low < rejected { product = next().multipliedFullWidth(by: bound) }
        }
        return range.lowerBound &+ Int(truncatingIfNeeded: product.high)
    }

    /// A normally distributed number (Box and Muller, 1958), mean 0 and standard deviation 1.
    public mutating func normal() -> Double {
        if let spare = spareNormal {
            spareNormal = nil
            return spare
        }
        let pair = normalPair()
        spareNormal = pair.1
        return pair.0
    }

    /// Two independent normal numbers, from two draws; a spare one is left alone.
    @inline(__always)
    mutating func normalPair() -> (Double, Double) {
        let radius = (-2 * CircleArithmetic.logarithm(1 - uniform())).squareRoot()
        let (sine, cosine) = CircleArithmetic.sineAndCosine(turns: uniform())
        return (radius * cosine, radius * sine)
    }

    /// Whether the next normal number is the second of a pair.
    var hasSpareNormal: Bool { spareNormal != nil }

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// The functions that normal numbers need, in double precision and in the same bits everywhere.
private enum CircleArithmetic {
    /// The natural logarithm of a number in `0 < x <= 1` that is not subnormal.
    @inline(__always)
    static func logarithm(_ x: Double) -> Double {
        // x = 2^n m with m between sqrt(1/2) and sqrt(2); log m = 2 artanh((m - 1) / (m + 1)).
        let bits = x.bitPattern &- 0x3FE6_A09E_667F_3BCD
        let n = Double(Int64(bitPattern: bits) >> 52)
        let m = Double(bitPattern: (bits & 0x000F_FFFF_FFFF_FFFF) &+ 0x3FE6_A09E_667F_3BCD)
        let s = (m - 1) / (m + 1), z = s * s
        var series = 1.0 / 21
        series = series * z + 1.0 / 19
        series = series * z + 1.0 / 17
        series = series * z + 1.0 / 15
        series = series * z + 1.0 / 13
        series = series * z + 1.0 / 11
        series = series * z + 1.0 / 9
        series = series * z + 1.0 / 7
        series = series * z + 1.0 / 5
        series = series * z + 1.0 / 3
        series = series * z + 1
        return n * 0.6931471805599453 + 2 * s * series
    }

    /// Sine and cosine of a part of a full turn, `0 <= turns < 1`.
    @inline(__always)
    static func sineAndCosine(turns: Double) -> (sine: Double, cosine: Double) {
        // The nearest quarter turn, and what is left: at most an eighth of a turn.
        let quarter = Int(turns * 4 + 0.5)
        let r = (turns - Double(quarter) / 4) * (2 * Double.pi), z = r * r
        // The Taylor series, each factor from the one after it.
        var sine = 1 - z * (1.0 / 272), cosine = 1 - z * (1.0 / 240)
        (sine, cosine) = (1 - sine * z * (1.0 / 210), 1 - cosine * z * (1.0 / 182))
        (sine, cosine) = (1 - sine * z * (1.0 / 156), 1 - cosine * z * (1.0 / 132))
        (sine, cosine) = (1 - sine * z * (1.0 / 110), 1 - cosine * z * (1.0 / 90))
        (sine, cosine) = (1 - sine * z * (1.0 / 72), 1 - cosine * z * (1.0 / 56))
        (sine, cosine) = (1 - sine * z * (1.0 / 42), 1 - cosine * z * (1.0 / 30))
        (sine, cosine) = (1 - sine * z * (1.0 / 20), 1 - cosine * z * (1.0 / 12))
        (sine, cosine) = (r * (1 - sine * z * (1.0 / 6)), 1 - cosine * z * (1.0 / 2))
        // Each quarter turn takes (sine, cosine) to (cosine, -sine); selections, since a branch would be guessed wrong most of the time.
        let (x, y) = quarter & 1 == 0 ? (sine, cosine) : (cosine, -sine)
        return quarter & 2 == 0 ? (x, y) : (-x, -y)
    }
}
