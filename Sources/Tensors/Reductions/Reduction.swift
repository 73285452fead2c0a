import CVector

/// One number from many, along any axes: what all reductions share. The order of the operations depends on the shape alone.
enum Reduction {
    /// A tensor in the form `[outer, length, inner]` in which the kernels reduce the middle axis.
    struct Plan {
        /// The tensor, with the reduced axes moved to the end unless they are neighbours.
        let source: Tensor
        let outer, length, inner: Int
        /// The shape of the result.
        let shape: [Int]

        init(_ tensor: Tensor, along axes: [Int], keepingDimensions: Bool, _ operation: String) {
            let places = Set(axes.map { tensor.axis($0, operation) }).sorted()
            let others = tensor.shape.indices.filter { !places.contains($0) }
            shape = keepingDimensions
                ? tensor.shape.indices.map { places.contains($0) ? 1 : tensor.shape[$0] } : others.map { tensor.shape[$0] }
            length = places.reduce(1) { $0 * tensor.shape[$1] }
            let last = places.last ?? -1, areNeighbours = last - (places.first ?? 0) < places.count
            source = areNeighbours ? tensor : tensor.permuted(others + places)
            inner = areNeighbours ? tensor.shape[(last + 1)...].reduce(1, *) : 1
            outer = shape.reduce(1, *) / Swift.max(1, inner)
        }
    }

    /// The elements along `axes`, less `shift`, reduced; sums are divided by `divisor`.
    static func reduce(
        _ tensor: Tensor, along axes: [Int], keepingDimensions: Bool, by reduction: vector_reduction, dividedBy divisor: Double = 1,
        _ operation: String
    ) -> Tensor {
        let plan = Plan(tensor, along: axes, keepingDimensions: keepingDimensions, operation)
        return Tensor(shape: plan.shape) { result in
            plan.source.withUnsafeScalars { scalars in
                withScratch(plan.outer, plan.length, plan.inner) { scratch in
                    vector_reduce(
                        reduction, result.baseAddress, scalars.baseAddress, plan.outer, plan.length, plan.inner, 0, divisor, scratch)
                }
            }
        }
    }

    /// All elements, less `shift`, reduced to one number.
    static func reduce(_ tensor: Tensor, by reduction: vector_reduction, shift: Double = 0) -> Double {
        tensor.withUnsafeScalars { scalars in
            withScratch(1, scalars.count, 1) { vector_reduce_run(reduction, scalars.baseAddress, scalars.count, shift, $0) }
        }
    }

    private static func withScratch<R>(_ outer: Int, _ length: Int, _ inner: Int, _ body: (UnsafeMutablePointer<Double>?) -> R) -> R {
        let count = vector_reduce_scratch(outer, length, inner)
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { body($0.baseAddress) }
    }
}
