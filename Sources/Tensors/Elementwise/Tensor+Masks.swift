/// Comparisons element by element, with broadcasting. The answer is a mask: 1 where it holds, 0 where it does not. The spelling is that
/// of Swift's SIMD vectors.
///
///     let active = activations .> 0
///     active.mean()                                // the share of active units
///     activations.replacing(with: 0, where: activations .< 0.1)
extension Tensor {
    /// 1 where an element of `a` is below that of `b`, else 0.
    public static func .< (a: Tensor, b: Tensor) -> Tensor { Tensors.broadcast(a, b, ".<") { $0 < $1 ? 1 : 0 } }
    /// 1 where an element of `a` is at most that of `b`, else 0.
    public static func .<= (a: Tensor, b: Tensor) -> Tensor { Tensors.broadcast(a, b, ".<=") { $0 <= $1 ? 1 : 0 } }
    /// 1 where an element of `a` is above that of `b`, else 0.
    public static func .> (a: Tensor, b: Tensor) -> Tensor { Tensors.broadcast(a, b, ".>") { $0 > $1 ? 1 : 0 } }
    /// 1 where an element of `a` is at least that of `b`, else 0.
    public static func .>= (a: Tensor, b: Tensor) -> Tensor { Tensors.broadcast(a, b, ".>=") { $0 >= $1 ? 1 : 0 } }
    /// 1 where an element of `a` is equal to that of `b`, else 0.
    public static func .== (a: Tensor, b: Tensor) -> Tensor { Tensors.broadcast(a, b, ".==") { $0 == $1 ? 1 : 0 } }
    /// 1 where an element of `a` is other than that of `b`, else 0.
    public static func .!= (a: Tensor, b: Tensor) -> Tensor { Tensors.broadcast(a, b, ".!=") { $0 != $1 ? 1 : 0 } }

    /// 1 where an element of `a` is below `b`, else 0.
    public static func .< (a: Tensor, b: Float) -> Tensor { elementwise(a) { $0 < b ? 1 : 0 } }
    /// 1 where an element of `a` is at most `b`, else 0.
    public static func .<= (a: Tensor, b: Float) -> Tensor { elementwise(a) { $0 <= b ? 1 : 0 } }
    /// 1 where an element of `a` is above `b`, else 0.
    public static func .> (a: Tensor, b: Float) -> Tensor { elementwise(a) { $0 > b ? 1 : 0 } }
    /// 1 where an element of `a` is at least `b`, else 0.
    public static func .>= (a: Tensor, b: Float) -> Tensor { elementwise(a) { $0 >= b ? 1 : 0 } }
    /// 1 where an element of `a` is equal to `b`, else 0.
    public static func .== (a: Tensor, b: Float) -> Tensor { elementwise(a) { $0 == b ? 1 : 0 } }
    /// 1 where an element of `a` is other than `b`, else 0.
    public static func .!= (a: Tensor, b: Float) -> Tensor { elementwise(a) { $0 != b ? 1 : 0 } }

    /// The tensor with elements of `other` where the mask is not 0; all three broadcast together.
    public func replacing(with other: Tensor, where mask: Tensor) -> Tensor {
        let shape = Broadcasting(self.shape, other.shape, operation: "replacing").shape
        let common = Broadcasting(shape, mask.shape, operation: "replacing where a mask holds").shape
        let (a, b, mask) = (broadcast(to: common), other.broadcast(to: common), mask.broadcast(to: common))
        return Tensor(shape: common) { result in
            a.withUnsafeScalars { a in
                b.withUnsafeScalars { b in
                    mask.withUnsafeScalars { mask in
                        for i in 0..<result.count { result[i] = mask[i] != 0 ? b[i] : a[i] }
                    }
                }
            }
        }
    }

    /// The tensor with one value where the mask is not 0.
    public func replacing(with value: Float, where mask: Tensor) -> Tensor { replacing(with: Tensor(value), where: mask) }

    /// 1 where an element is a number, 0 where it is infinite or NaN.
    public var isFinite: Tensor { elementwise(self) { $0.isFinite ? 1 : 0 } }

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
            // Infinity and NaN are the largest bit patterns without the sign: one vectorized pass in the usual case.
            var largest: UInt32 = 0
            for value in scalars { largest = Swift.max(largest, value.bitPattern & 0x7FFF_FFFF) }
            return largest < Float.infinity.bitPattern ? nil : scalars.firstIndex { !$0.isFinite }
        }
    }
}
