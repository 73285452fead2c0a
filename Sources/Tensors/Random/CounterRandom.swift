import Foundation

/// A counter-based random number generator: the n-th draw is a pure function of `(seed, stream, n)`, so a run gives the same
/// numbers on every machine and for every number of threads. The mixing function is SplitMix64's finalizer, applied twice.
///
///     var random = CounterRandom(seed: 1)
///     random.uniform()                    // in 0 ..< 1
///     random.normal()                     // mean 0, standard deviation 1
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

    /// A number in `0 ..< 1` with 53 random bits.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number in the given range.
    public mutating func uniform(in range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    }

    /// An integer in the given range, each equally likely.
    public mutating func integer(in range: Range<Int>) -> Int { Int.random(in: range, using: &self) }

    /// A normally distributed number (Box-Muller), mean 0 and standard deviation 1.
    public mutating func normal() -> Double {
        if let spare = spareNormal {
            spareNormal = nil
            return spare
        }
        let radius = (-2 * log(1 - uniform())).squareRoot()
        let angle = 2 * Double.pi * uniform()
        spareNormal = radius * sin(angle)
        return radius * cos(angle)
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

extension Tensor {
    /// A tensor of normally distributed numbers with the given standard deviation.
    public init(normal shape: [Int], deviation: Double = 1, using random: inout CounterRandom) {
        var generator = random
        self.init(shape: shape, scalars: (0..<shape.reduce(1, *)).map { _ in Float(generator.normal() * deviation) })
        random = generator
    }
}
