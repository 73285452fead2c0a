/// Tensors of random numbers: the same for the same seed on every machine. The first initialisers go on with a generator, the others
/// start one.
///
///     Tensor(normal: [2, 3], seed: 7)
///     Tensor(uniform: [100], in: -1..<1, seed: 7)
extension Tensor {
    /// Normally distributed numbers with mean 0 and the given standard deviation.
    public init(normal shape: [Int], deviation: Double = 1, using random: inout CounterRandom) {
        var generator = random
        self.init(shape: shape) { result in
            var next = 0
            if generator.hasSpareNormal, result.count > 0 {
                result[0] = Float(generator.normal() * deviation)
                next = 1
            }
            while next + 1 < result.count {
                let (first, second) = generator.normalPair()
                (result[next], result[next + 1]) = (Float(first * deviation), Float(second * deviation))
                next += 2
            }
            if next < result.count { result[next] = Float(generator.normal() * deviation) }
        }
        random = generator
    }

    /// Numbers that are equally likely anywhere in the range.
    public init(uniform shape: [Int], in range: Range<Float> = 0..<1, using random: inout CounterRandom) {
        let (low, extent, largest) = (range.lowerBound, range.upperBound - range.lowerBound, range.upperBound.nextDown)
        require(extent > 0 && extent.isFinite, "uniform numbers in \(range): the range must not be empty or infinite")
        var generator = random
        self.init(shape: shape) { result in
            // 24 bits make every Float of 0..<1 equally far from the next; rounding must not reach the upper end.
            for i in 0..<result.count { result[i] = Swift.min(low + extent * (Float(generator.next() >> 40) * 0x1p-24), largest) }
        }
        random = generator
    }

    /// Normally distributed numbers with mean 0 and the given standard deviation.
    public init(normal shape: [Int], deviation: Double = 1, seed: UInt64, stream: UInt64 = 0) {
        var random = CounterRandom(seed: seed, stream: stream)
        self.init(normal: shape, deviation: deviation, using: &random)
    }

    /// Numbers that are equally likely anywhere in the range.
    public init(uniform shape: [Int], in range: Range<Float> = 0..<1, seed: UInt64, stream: UInt64 = 0) {
        var random = CounterRandom(seed: seed, stream: stream)
        self.init(uniform: shape, in: range, using: &random)
    }
}

/// Random orders and choices, as places for ``Tensor/gathered(_:along:)``.
extension CounterRandom {
    /// The numbers `0..<count` in random order, each order equally likely.
    public mutating func permutation(of count: Int) -> [Int] { choice(count, of: count) }

    /// `number` of the places `0..<count` in random order; none comes twice unless `replacing`.
    /// - Precondition: there are as many, or `replacing`.
    public mutating func choice(_ number: Int, of count: Int, replacing: Bool = false) -> [Int] {
        require(number >= 0 && (replacing ? count > 0 || number == 0 : number <= count), "a choice of \(number) places out of \(count)")
        if replacing { return (0..<number).map { _ in integer(in: 0..<count) } }
        // Fisher and Yates, from the front, as far as is needed.
        var places = Array(0..<count)
        for i in 0..<number { places.swapAt(i, integer(in: i..<count)) }
        return Array(places.prefix(number))
    }

    /// `number` of the places `0..<weights.count`, each time with a probability in proportion to its weight.
    /// - Precondition: weights are finite and not negative, and one is positive.
    public mutating func choice(_ number: Int, weights: Tensor) -> [Int] {
        var total = 0.0
        let sums = weights.scalars.map { weight in
            require(weight >= 0 && weight.isFinite, "a choice by weights needs weights that are finite and not negative, not \(weight)")
            total += Double(weight)
            return total
        }
        require(total > 0, "a choice by weights needs a weight above 0")
        return (0..<number).map { _ in
            let place = uniform() * total
            // The first sum beyond the place.
            var (low, high) = (0, sums.count - 1)
            while low < high {
                let middle = (low + high) / 2
                if sums[middle] > place { high = middle } else { low = middle + 1 }
            }
            return low
        }
    }
}
