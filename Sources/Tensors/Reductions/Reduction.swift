/// One number from many, along any axes: the loops that all reductions share.
///
/// The axes are brought into the form `[outer, reduced, inner]`. With one inner element a row is folded in independent lanes; with more,
/// whole rows are folded into each other. Either way the order of the operations depends on the shape alone, and the loops vectorize.
enum Reduction {
    /// `combine` over the elements along `axes`, each lifted into an accumulator.
    @inline(__always)
    static func fold<Accumulator>(
        _ tensor: Tensor, along axes: [Int], keepingDimensions: Bool, from initial: Accumulator, _ operation: String,
        lift: (Float) -> Accumulator, combine: (Accumulator, Accumulator) -> Accumulator, lower: (Accumulator) -> Float
    ) -> Tensor {
        let places = Set(axes.map { tensor.axis($0, operation) }).sorted()
        let kept = tensor.shape.indices.map { places.contains($0) ? 1 : tensor.shape[$0] }
        let remaining = keepingDimensions ? kept : tensor.shape.indices.filter { !places.contains($0) }.map { tensor.shape[$0] }
        guard let first = places.first, let last = places.last else { return tensor }
        // Axes that are not neighbours are moved to the end first.
        let areNeighbours = last - first == places.count - 1
        let others = tensor.shape.indices.filter { !places.contains($0) }
        let source = areNeighbours ? tensor : tensor.permuted(others + places)
        let length = places.reduce(1) { $0 * tensor.shape[$1] }
        let inner = areNeighbours ? tensor.shape[(last + 1)...].reduce(1, *) : 1
        let outer = remaining.reduce(1, *) / Swift.max(1, inner)
        return Tensor(shape: remaining) { result in
            guard result.count > 0 else { return }
            source.withUnsafeScalars { scalars in
                guard let scalars = scalars.baseAddress else {
                    for i in 0..<result.count { result[i] = lower(initial) }
                    return
                }
                if inner == 1 {
                    for i in 0..<outer {
                        result[i] = lower(row(scalars + i * length, count: length, from: initial, lift: lift, combine: combine))
                    }
                    return
                }
                let accumulators = UnsafeMutablePointer<Accumulator>.allocate(capacity: inner)
                defer { accumulators.deallocate() }
                for i in 0..<outer {
                    accumulators.initialize(repeating: initial, count: inner)
                    columns(scalars + i * length * inner, rows: length, of: inner, into: accumulators, lift: lift, combine: combine)
                    for k in 0..<inner { result[i * inner + k] = lower(accumulators[k]) }
                }
            }
        }
    }

    /// Folds `rows` rows of `count` elements into one row of accumulators.
    @inline(__always)
    private static func columns<Accumulator>(
        _ scalars: UnsafePointer<Float>, rows: Int, of count: Int, into accumulators: UnsafeMutablePointer<Accumulator>,
        lift: (Float) -> Accumulator, combine: (Accumulator, Accumulator) -> Accumulator
    ) {
        for j in 0..<rows {
            let row = scalars + j * count
            for k in 0..<count { accumulators[k] = combine(accumulators[k], lift(row[k])) }
        }
    }

    /// `combine` over one run of elements: a long one is folded as rows of 64 first.
    @inline(__always)
    static func row<Accumulator>(
        _ scalars: UnsafePointer<Float>, count: Int, from initial: Accumulator,
        lift: (Float) -> Accumulator, combine: (Accumulator, Accumulator) -> Accumulator
    ) -> Accumulator {
        guard count >= 512 else { return short(scalars, count: count, from: initial, lift: lift, combine: combine) }
        return withUnsafeTemporaryAllocation(of: Accumulator.self, capacity: 64) { lanes in
            guard let lanes = lanes.baseAddress else { return initial }
            lanes.initialize(repeating: initial, count: 64)
            columns(scalars, rows: count / 64, of: 64, into: lanes, lift: lift, combine: combine)
            var half = 32
            while half > 0 {
                for k in 0..<half { lanes[k] = combine(lanes[k], lanes[k + half]) }
                half /= 2
            }
            let rest = short(scalars + count / 64 * 64, count: count % 64, from: initial, lift: lift, combine: combine)
            return combine(lanes[0], rest)
        }
    }

    /// `combine` over a run of elements, in eight lanes.
    @inline(__always)
    private static func short<Accumulator>(
        _ scalars: UnsafePointer<Float>, count: Int, from initial: Accumulator,
        lift: (Float) -> Accumulator, combine: (Accumulator, Accumulator) -> Accumulator
    ) -> Accumulator {
        var (a, b, c, d, e, f, g, h) = (initial, initial, initial, initial, initial, initial, initial, initial)
        var here = scalars
        for _ in 0..<count / 8 {
            a = combine(a, lift(here[0]))
            b = combine(b, lift(here[1]))
            c = combine(c, lift(here[2]))
            d = combine(d, lift(here[3]))
            e = combine(e, lift(here[4]))
            f = combine(f, lift(here[5]))
            g = combine(g, lift(here[6]))
            h = combine(h, lift(here[7]))
            here += 8
        }
        for i in 0..<count % 8 { a = combine(a, lift(here[i])) }
        return combine(combine(combine(a, b), combine(c, d)), combine(combine(e, f), combine(g, h)))
    }
}
