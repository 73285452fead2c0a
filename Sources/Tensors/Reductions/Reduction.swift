/// One number from many, along any axes: the loops that all reductions share.
///
/// The axes are brought into the form `[outer, reduced, inner]`. With one inner element a row is folded in eight independent lanes; with
/// more, whole rows are folded into each other. Either way the order of the operations depends on the shape alone, and the loops
/// vectorize.
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
        guard last - first == places.count - 1 else {
            let others = tensor.shape.indices.filter { !places.contains($0) }
            return fold(
                tensor.permuted(others + places), along: Array(others.count..<tensor.rank), keepingDimensions: false, from: initial,
                operation, lift: lift, combine: combine, lower: lower
            ).reshaped(remaining)
        }
        let outer = tensor.shape[..<first].reduce(1, *), inner = tensor.shape[(last + 1)...].reduce(1, *)
        let length = tensor.shape[first...last].reduce(1, *)
        return Tensor(shape: remaining) { result in
            tensor.withUnsafeScalars { scalars in
                if inner == 1 {
                    for i in 0..<outer {
                        result[i] = lower(
                            row(scalars, from: i * length, count: length, initial: initial, lift: lift, combine: combine))
                    }
                    return
                }
                withUnsafeTemporaryAllocation(of: Accumulator.self, capacity: inner) { accumulators in
                    for i in 0..<outer {
                        accumulators.initialize(repeating: initial)
                        for j in 0..<length {
                            let start = (i * length + j) * inner
                            for k in 0..<inner { accumulators[k] = combine(accumulators[k], lift(scalars[start + k])) }
                        }
                        for k in 0..<inner { result[i * inner + k] = lower(accumulators[k]) }
                    }
                }
            }
        }
    }

    /// `combine` over one run of elements.
    @inline(__always)
    static func row<Accumulator>(
        _ scalars: UnsafeBufferPointer<Float>, from start: Int, count: Int, initial: Accumulator,
        lift: (Float) -> Accumulator, combine: (Accumulator, Accumulator) -> Accumulator
    ) -> Accumulator {
        var (a, b, c, d, e, f, g, h) = (initial, initial, initial, initial, initial, initial, initial, initial)
        let end = start + count
        var i = start
        while i + 8 <= end {
            a = combine(a, lift(scalars[i]))
            b = combine(b, lift(scalars[i + 1]))
            c = combine(c, lift(scalars[i + 2]))
            d = combine(d, lift(scalars[i + 3]))
            e = combine(e, lift(scalars[i + 4]))
            f = combine(f, lift(scalars[i + 5]))
            g = combine(g, lift(scalars[i + 6]))
            h = combine(h, lift(scalars[i + 7]))
            i += 8
        }
        while i < end {
            a = combine(a, lift(scalars[i]))
            i += 1
        }
        return combine(combine(combine(a, b), combine(c, d)), combine(combine(e, f), combine(g, h)))
    }
}
