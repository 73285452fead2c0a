/// Sums, means and extremes, over everything or along axes. Negative axes count from the end; sums accumulate in double precision.
///
///     let activations = Tensor(zeros: [8, 14, 14, 256])
///     activations.mean(along: 1, 2)                                // [8, 256]
///     activations.max(along: -1, keepingDimensions: true)         // [8, 14, 14, 1]
extension Tensor {
    /// The sum of all elements.
    public func sum() -> Float { Float(doubleSum { Double($0) }) }
    /// The mean of all elements; 0 for an empty tensor.
    public func mean() -> Float { count == 0 ? 0 : Float(doubleSum { Double($0) } / Double(count)) }
    /// The smallest element; NaN when there is one, and for an empty tensor.
    public func min() -> Float {
        withUnsafeScalars { scalars in
            guard let scalars = scalars.baseAddress, count > 0 else { return .nan }
            return Reduction.row(scalars, count: count, from: .infinity, lift: { $0 }, combine: smaller)
        }
    }
    /// The largest element; NaN when there is one, and for an empty tensor.
    public func max() -> Float {
        withUnsafeScalars { scalars in
            guard let scalars = scalars.baseAddress, count > 0 else { return .nan }
            return Reduction.row(scalars, count: count, from: -.infinity, lift: { $0 }, combine: larger)
        }
    }
    /// The Euclidean norm over all elements.
    public func norm() -> Float { Float(doubleSum { Double($0) * Double($0) }.squareRoot()) }
    /// The mean squared distance from the mean over all elements; 0 for an empty tensor. The sum is divided by `count - correction`:
    /// 0 for a whole population (NumPy's default), 1 for a sample (PyTorch's default).
    public func variance(correction: Int = 0) -> Float {
        guard count > 0 else { return 0 }
        let mean = doubleSum { Double($0) } / Double(count)
        return Float(doubleSum { (Double($0) - mean) * (Double($0) - mean) } / Double(Swift.max(0, count - correction)))
    }
    /// The square root of ``variance(correction:)``.
    public func standardDeviation(correction: Int = 0) -> Float { variance(correction: correction).squareRoot() }
    /// The place of the largest element in row-major order, the first of several; that of the first NaN when there is one.
    /// - Precondition: the tensor is not empty.
    public func argmax() -> Int { Int(reshaped([count]).argmax(along: 0).scalars[0]) }

    @inline(__always)
    private func doubleSum(_ lift: (Float) -> Double) -> Double {
        withUnsafeScalars { $0.baseAddress.map { Reduction.row($0, count: count, from: 0, lift: lift, combine: { $0 + $1 }) } ?? 0 }
    }

    /// The sums along the given axes.
    public func sum(along axes: [Int], keepingDimensions: Bool = false) -> Tensor {
        Reduction.fold(
            self, along: axes, keepingDimensions: keepingDimensions, from: 0.0, "sum",
            lift: { Double($0) }, combine: { $0 + $1 }, lower: { Float($0) })
    }

    /// The means along the given axes; NaN along an empty one.
    public func mean(along axes: [Int], keepingDimensions: Bool = false) -> Tensor {
        let number = Double(Set(axes.map { axis($0, "mean") }).reduce(1) { $0 * shape[$1] })
        return Reduction.fold(
            self, along: axes, keepingDimensions: keepingDimensions, from: 0.0, "mean",
            lift: { Double($0) }, combine: { $0 + $1 }, lower: { Float($0 / number) })
    }

    /// The largest elements along the given axes; NaN where there is one.
    public func max(along axes: [Int], keepingDimensions: Bool = false) -> Tensor {
        require(axes.allSatisfy { shape[axis($0, "max")] > 0 }, "the largest of no elements, along axes \(axes) of shape \(shape)")
        return Reduction.fold(
            self, along: axes, keepingDimensions: keepingDimensions, from: -.infinity, "max",
            lift: { $0 }, combine: larger, lower: { $0 })
    }

    /// The smallest elements along the given axes; NaN where there is one.
    public func min(along axes: [Int], keepingDimensions: Bool = false) -> Tensor {
        require(axes.allSatisfy { shape[axis($0, "min")] > 0 }, "the smallest of no elements, along axes \(axes) of shape \(shape)")
        return Reduction.fold(
            self, along: axes, keepingDimensions: keepingDimensions, from: .infinity, "min",
            lift: { $0 }, combine: smaller, lower: { $0 })
    }

    /// The mean squared distances from the means along the given axes; `correction` as in ``variance(correction:)``.
    public func variance(along axes: [Int], correction: Int = 0, keepingDimensions: Bool = false) -> Tensor {
        let number = Double(Set(axes.map { axis($0, "variance") }).reduce(1) { $0 * shape[$1] } - correction)
        return Reduction.fold(
            self - mean(along: axes, keepingDimensions: true), along: axes, keepingDimensions: keepingDimensions, from: 0.0, "variance",
            lift: { Double($0) * Double($0) }, combine: { $0 + $1 }, lower: { Float($0 / Swift.max(0, number)) })
    }

    /// The square roots of ``variance(along:correction:keepingDimensions:)``.
    public func standardDeviation(along axes: [Int], correction: Int = 0, keepingDimensions: Bool = false) -> Tensor {
        sqrt(variance(along: axes, correction: correction, keepingDimensions: keepingDimensions))
    }

    /// The places of the largest elements along an axis, the first of several, as whole numbers; that of the first NaN when there is one.
    public func argmax(along axis: Int, keepingDimensions: Bool = false) -> Tensor {
        let place = self.axis(axis, "argmax"), length = shape[place], inner = shape[(place + 1)...].reduce(1, *)
        require(length > 0 && length <= 1 << 24, "argmax along axis \(axis) of shape \(shape): a Float holds places up to 2^24")
        let result = Array(shape[..<place] + (keepingDimensions ? [1] : []) + shape[(place + 1)...])
        return Tensor(shape: result) { result in
            withUnsafeScalars { scalars in
                guard let scalars = scalars.baseAddress else { return }
                if inner == 1 {
                    for i in 0..<result.count {
                        let row = UnsafeBufferPointer(start: scalars + i * length, count: length)
                        let best = Reduction.row(scalars + i * length, count: length, from: -.infinity, lift: { $0 }, combine: larger)
                        result[i] = Float(row.firstIndex { $0 == best || $0 != $0 } ?? 0)
                    }
                    return
                }
                // The largest elements so far of a whole row of columns at once: the inner loop vectorizes.
                for i in stride(from: 0, to: result.count, by: inner) {
                    let start = scalars + i * length
                    var values = Array(UnsafeBufferPointer(start: start, count: inner))
                    for k in 0..<inner { result[i + k] = 0 }
                    for j in 1..<Swift.max(1, length) {
                        let row = start + j * inner
                        for k in 0..<inner {
                            let (old, new) = (values[k], row[k])
                            if new > old || (new != new && old == old) { (result[i + k], values[k]) = (Float(j), new) }
                        }
                    }
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
