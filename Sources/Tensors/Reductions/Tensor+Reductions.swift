import CVector

/// Sums, means and extremes, over everything or along axes. Negative axes count from the end; sums accumulate in double precision.
///
///     let activations = Tensor(zeros: [8, 14, 14, 256])
///     activations.mean(along: 1, 2)                                // [8, 256]
///     activations.max(along: -1, keepingDimensions: true)         // [8, 14, 14, 1]
extension Tensor {
    /// The sum of all elements.
    public func sum() -> Float { Float(Reduction.reduce(self, by: VECTOR_SUM)) }
    /// The mean of all elements; 0 for an empty tensor.
    public func mean() -> Float { count == 0 ? 0 : Float(Reduction.reduce(self, by: VECTOR_SUM) / Double(count)) }
    /// The smallest element; NaN when there is one, and for an empty tensor.
    public func min() -> Float { count == 0 ? .nan : Float(Reduction.reduce(self, by: VECTOR_SMALLEST)) }
    /// The largest element; NaN when there is one, and for an empty tensor.
    public func max() -> Float { count == 0 ? .nan : Float(Reduction.reduce(self, by: VECTOR_LARGEST)) }
    /// The Euclidean norm over all elements.
    public func norm() -> Float { Float(Reduction.reduce(self, by: VECTOR_SUM_OF_SQUARES).squareRoot()) }
    /// The mean squared distance from the mean over all elements; 0 for an empty tensor. The sum is divided by `count - correction`:
    /// 0 for a whole population (NumPy's default), 1 for a sample (PyTorch's default).
    public func variance(correction: Int = 0) -> Float {
        guard count > 0 else { return 0 }
        let mean = Reduction.reduce(self, by: VECTOR_SUM) / Double(count)
        return Float(Reduction.reduce(self, by: VECTOR_SUM_OF_SQUARES, shift: mean) / Double(Swift.max(0, count - correction)))
    }
    /// The square root of ``variance(correction:)``.
    public func standardDeviation(correction: Int = 0) -> Float { variance(correction: correction).squareRoot() }
    /// The place of the largest element in row-major order, the first of several; that of the first NaN when there is one.
    /// - Precondition: the tensor is not empty.
    public func argmax() -> Int { Int(reshaped([count]).argmax(along: 0).scalars[0]) }

    /// The sums along the given axes.
    public func sum(along axes: [Int], keepingDimensions: Bool = false) -> Tensor {
        Reduction.reduce(self, along: axes, keepingDimensions: keepingDimensions, by: VECTOR_SUM, "sum")
    }

    /// The means along the given axes; NaN along an empty one.
    public func mean(along axes: [Int], keepingDimensions: Bool = false) -> Tensor {
        let number = Double(Set(axes.map { axis($0, "mean") }).reduce(1) { $0 * shape[$1] })
        return Reduction.reduce(self, along: axes, keepingDimensions: keepingDimensions, by: VECTOR_SUM, dividedBy: number, "mean")
    }

    /// The largest elements along the given axes; NaN where there is one.
    public func max(along axes: [Int], keepingDimensions: Bool = false) -> Tensor {
        require(axes.allSatisfy { shape[axis($0, "max")] > 0 }, "the largest of no elements, along axes \(axes) of shape \(shape)")
        return Reduction.reduce(self, along: axes, keepingDimensions: keepingDimensions, by: VECTOR_LARGEST, "max")
    }

    /// The smallest elements along the given axes; NaN where there is one.
    public func min(along axes: [Int], keepingDimensions: Bool = false) -> Tensor {
        require(axes.allSatisfy { shape[axis($0, "min")] > 0 }, "the smallest of no elements, along axes \(axes) of shape \(shape)")
        return Reduction.reduce(self, along: axes, keepingDimensions: keepingDimensions, by: VECTOR_SMALLEST, "min")
    }

    /// The mean squared distances from the means along the given axes; `correction` as in ``variance(correction:)``.
    public func variance(along axes: [Int], correction: Int = 0, keepingDimensions: Bool = false) -> Tensor {
        let number = Double(Set(axes.map { axis($0, "variance") }).reduce(1) { $0 * shape[$1] } - correction)
        return Reduction.reduce(
            self - mean(along: axes, keepingDimensions: true), along: axes, keepingDimensions: keepingDimensions,
            by: VECTOR_SUM_OF_SQUARES, dividedBy: Swift.max(0, number), "variance")
    }

    /// The square roots of ``variance(along:correction:keepingDimensions:)``.
    public func standardDeviation(along axes: [Int], correction: Int = 0, keepingDimensions: Bool = false) -> Tensor {
        sqrt(variance(along: axes, correction: correction, keepingDimensions: keepingDimensions))
    }

    /// The places of the largest elements along an axis, the first of several, as whole numbers; that of the first NaN when there is one.
    public func argmax(along axis: Int, keepingDimensions: Bool = false) -> Tensor {
        let length = shape[self.axis(axis, "argmax")]
        require(length > 0 && length <= 1 << 24, "argmax along axis \(axis) of shape \(shape): a Float holds places up to 2^24")
        let plan = Reduction.Plan(self, along: [axis], keepingDimensions: keepingDimensions, "argmax"), largest = max(along: [axis])
        return Tensor(shape: plan.shape) { places in
            withUnsafeScalars { scalars in
                largest.withUnsafeScalars { largest in
                    vector_places(places.baseAddress, largest.baseAddress, scalars.baseAddress, plan.outer, plan.length, plan.inner)
                }
            }
        }
    }

    // MARK: - Axes as a list of arguments

    /// The sums along the given axes.
    public func sum(along axis: Int, _ more: Int..., keepingDimensions: Bool = false) -> Tensor {
        sum(along: [axis] + more, keepingDimensions: keepingDimensions)
    }
    /// The means along the given axes.
    public func mean(along axis: Int, _ more: Int..., keepingDimensions: Bool = false) -> Tensor {
        mean(along: [axis] + more, keepingDimensions: keepingDimensions)
    }
    /// The largest elements along the given axes.
    public func max(along axis: Int, _ more: Int..., keepingDimensions: Bool = false) -> Tensor {
        max(along: [axis] + more, keepingDimensions: keepingDimensions)
    }
    /// The smallest elements along the given axes.
    public func min(along axis: Int, _ more: Int..., keepingDimensions: Bool = false) -> Tensor {
        min(along: [axis] + more, keepingDimensions: keepingDimensions)
    }
    /// The mean squared distances from the means along the given axes.
    public func variance(along axis: Int, _ more: Int..., correction: Int = 0, keepingDimensions: Bool = false) -> Tensor {
        variance(along: [axis] + more, correction: correction, keepingDimensions: keepingDimensions)
    }
    /// The standard deviations along the given axes.
    public func standardDeviation(along axis: Int, _ more: Int..., correction: Int = 0, keepingDimensions: Bool = false) -> Tensor {
        standardDeviation(along: [axis] + more, correction: correction, keepingDimensions: keepingDimensions)
    }
}
