import CVector

/// Comparisons element by element, with broadcasting. The answer is a mask: 1 where it holds, 0 where it does not. The spelling is that
/// of Swift's SIMD vectors.
///
///     let active = activations .> 0
///     active.mean()                                // the share of active units
///     activations.replacing(with: 0, where: activations .< 0.1)
extension Tensor {
    /// 1 where an element of `a` is below that of `b`, else 0.
    public static func .< (a: Tensor, b: Tensor) -> Tensor { elementwise(VECTOR_BELOW, a, b, ".<") }
    /// 1 where an element of `a` is at most that of `b`, else 0.
    public static func .<= (a: Tensor, b: Tensor) -> Tensor { elementwise(VECTOR_AT_MOST, a, b, ".<=") }
    /// 1 where an element of `a` is above that of `b`, else 0.
    public static func .> (a: Tensor, b: Tensor) -> Tensor { elementwise(VECTOR_ABOVE, a, b, ".>") }
    /// 1 where an element of `a` is at least that of `b`, else 0.
    public static func .>= (a: Tensor, b: Tensor) -> Tensor { elementwise(VECTOR_AT_LEAST, a, b, ".>=") }
    /// 1 where an element of `a` is equal to that of `b`, else 0.
    public static func .== (a: Tensor, b: Tensor) -> Tensor { elementwise(VECTOR_EQUAL, a, b, ".==") }
    /// 1 where an element of `a` is other than that of `b`, else 0.
    public static func .!= (a: Tensor, b: Tensor) -> Tensor { elementwise(VECTOR_UNEQUAL, a, b, ".!=") }

    /// 1 where an element of `a` is below `b`, else 0.
    public static func .< (a: Tensor, b: Float) -> Tensor { elementwise(VECTOR_BELOW, a, b) }
    /// 1 where an element of `a` is at most `b`, else 0.
    public static func .<= (a: Tensor, b: Float) -> Tensor { elementwise(VECTOR_AT_MOST, a, b) }
    /// 1 where an element of `a` is above `b`, else 0.
    public static func .> (a: Tensor, b: Float) -> Tensor { elementwise(VECTOR_ABOVE, a, b) }
    /// 1 where an element of `a` is at least `b`, else 0.
    public static func .>= (a: Tensor, b: Float) -> Tensor { elementwise(VECTOR_AT_LEAST, a, b) }
    /// 1 where an element of `a` is equal to `b`, else 0.
    public static func .== (a: Tensor, b: Float) -> Tensor { elementwise(VECTOR_EQUAL, a, b) }
    /// 1 where an element of `a` is other than `b`, else 0.
    public static func .!= (a: Tensor, b: Float) -> Tensor { elementwise(VECTOR_UNEQUAL, a, b) }

    /// The tensor with elements of `other` where the mask is not 0; all three broadcast together.
    public func replacing(with other: Tensor, where mask: Tensor) -> Tensor {
        let shape = Broadcasting(self.shape, other.shape, operation: "replacing").shape
        let common = Broadcasting(shape, mask.shape, operation: "replacing where a mask holds").shape
        let (a, b, mask) = (broadcast(to: common), other.broadcast(to: common), mask.broadcast(to: common))
        return Tensor(shape: common) { result in
            a.withUnsafeScalars { a in
                b.withUnsafeScalars { b in
                    mask.withUnsafeScalars { mask in
                        vector_choose(result.baseAddress, a.baseAddress, b.baseAddress, mask.baseAddress, result.count)
                    }
                }
            }
        }
    }

    /// The tensor with one value where the mask is not 0.
    public func replacing(with value: Float, where mask: Tensor) -> Tensor { replacing(with: Tensor(value), where: mask) }

    /// 1 where an element is a number, 0 where it is infinite or NaN.
    public var isFinite: Tensor { elementwise(VECTOR_IS_FINITE, self) }

    /// Whether every element is a number: neither infinite nor NaN.
    public var allFinite: Bool { firstNonFiniteOffset == nil }

    /// The full index of the first element that is infinite or NaN; nothing when every element is a number.
    public var firstNonFinite: [Int]? {
        guard var offset = firstNonFiniteOffset else { return nil }
        var index = [Int](repeating: 0, count: rank)
        for axis in shape.indices.reversed() { (offset, index[axis]) = offset.quotientAndRemainder(dividingBy: shape[axis]) }
        return index
    }

    private var firstNonFiniteOffset: Int? {
        withUnsafeScalars { scalars in
            vector_all_finite(scalars.baseAddress, count) != 0 ? nil : scalars.firstIndex { !$0.isFinite }
        }
    }
}
