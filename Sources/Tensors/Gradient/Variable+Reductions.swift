// Reductions, matrix products and softmax: each operation beside its rule.

extension Variable {
    /// The sum of all elements.
    public func sum() -> Variable {
        let shape = shape
        return Variable(Tensor(value.sum()), from: (self, { $0.broadcast(to: shape) }))
    }
    /// The mean of all elements.
    public func mean() -> Variable { sum() / Float(Swift.max(1, value.count)) }
    /// The Euclidean norm over all elements; at 0 it has no gradient.
    public func norm() -> Variable { sqrt(squared.sum()) }

    /// The sums along the given axes.
    public func sum(along axes: [Int], keepingDimensions: Bool = false) -> Variable {
        let (shape, kept) = (shape, reducedShape(axes))
        let sums = value.sum(along: axes, keepingDimensions: keepingDimensions)
        return Variable(sums, from: (self, { $0.reshaped(kept).broadcast(to: shape) }))
    }
    /// The means along the given axes.
    public func mean(along axes: [Int], keepingDimensions: Bool = false) -> Variable {
        let number = Float(value.count) / Float(Swift.max(1, reducedShape(axes).reduce(1, *)))
        return sum(along: axes, keepingDimensions: keepingDimensions) / number
    }
    /// The largest elements along the given axes; equal ones share the gradient.
    public func max(along axes: [Int], keepingDimensions: Bool = false) -> Variable {
        let (x, kept) = (value, reducedShape(axes))
        let largest = x.max(along: axes, keepingDimensions: keepingDimensions)
        return Variable(largest, from: (self, {
            let mask = x .== largest.reshaped(kept)
            return mask * ($0.reshaped(kept) / mask.sum(along: axes, keepingDimensions: true))
        }))
    }
    /// The smallest elements along the given axes; equal ones share the gradient.
    public func min(along axes: [Int], keepingDimensions: Bool = false) -> Variable {
        -(-self).max(along: axes, keepingDimensions: keepingDimensions)
    }
    /// The mean squared distances from the means along the given axes; `correction` as in ``Tensor/variance(correction:)``.
    public func variance(along axes: [Int], correction: Int = 0, keepingDimensions: Bool = false) -> Variable {
        let number = Float(value.count) / Float(Swift.max(1, reducedShape(axes).reduce(1, *)))
        let distances = self - mean(along: axes, keepingDimensions: true)
        return distances.squared.sum(along: axes, keepingDimensions: keepingDimensions) / (number - Float(correction))
    }

    /// The sums along the given axes.
    public func sum(along axis: Int, _ more: Int..., keepingDimensions: Bool = false) -> Variable {
        sum(along: [axis] + more, keepingDimensions: keepingDimensions)
    }
    /// The means along the given axes.
    public func mean(along axis: Int, _ more: Int..., keepingDimensions: Bool = false) -> Variable {
        mean(along: [axis] + more, keepingDimensions: keepingDimensions)
    }
    /// The largest elements along the given axes.
    public func max(along axis: Int, _ more: Int..., keepingDimensions: Bool = false) -> Variable {
        max(along: [axis] + more, keepingDimensions: keepingDimensions)
    }
    /// The smallest elements along the given axes.
    public func min(along axis: Int, _ more: Int..., keepingDimensions: Bool = false) -> Variable {
        min(along: [axis] + more, keepingDimensions: keepingDimensions)
    }

    /// The shape with the given axes shrunk to 1.
    private func reducedShape(_ axes: [Int]) -> [Int] {
        let places = Set(axes.map { value.axis($0, "a reduction") })
        return shape.indices.map { places.contains($0) ? 1 : shape[$0] }
    }

    /// The matrix product of `[m, k]` and `[k, n]`, or of all the matrices in `[..., m, k]` and `[..., k, n]`.
    public func matmul(_ other: Variable) -> Variable {
        // One matrix on the right: its gradient is one product as well, instead of a sum of many.
        if rank > 2, other.rank == 2, shape[rank - 1] == other.shape[0] {
            let rows = shape.dropLast().reduce(1, *)
            return reshaped([rows, other.shape[0]]).matmul(other).reshaped(shape.dropLast() + [other.shape[1]])
        }
        let (a, b) = (value, other.value)
        return Variable(a.matmul(b), from: (self, { $0.matmul(b.transposed) }), (other, { a.transposed.matmul($0) }))
    }

    /// `log(sum(exp(x)))` along an axis, without overflow.
    public func logSumExp(along axis: Int = -1, keepingDimensions: Bool = false) -> Variable {
        let (x, kept) = (value, reducedShape([axis]))
        let sums = x.logSumExp(along: axis, keepingDimensions: keepingDimensions)
        return Variable(sums, from: (self, { $0.reshaped(kept) * x.softmax(along: axis) }))
    }
    /// `exp(x) / sum(exp(x))` along an axis.
    public func softmax(along axis: Int = -1) -> Variable {
        let y = value.softmax(along: axis)
        return Variable(y, from: (self, { y * ($0 - ($0 * y).sum(along: axis, keepingDimensions: true)) }))
    }
    /// The logarithm of ``softmax(along:)``, without losing small ones.
    public func logSoftmax(along axis: Int = -1) -> Variable {
        let y = value.logSoftmax(along: axis)
        return Variable(y, from: (self, { $0 - exp(y) * $0.sum(along: axis, keepingDimensions: true) }))
    }
}
