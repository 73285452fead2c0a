import CVector

/// Arithmetic element by element, with NumPy's broadcasting: shapes are aligned at their last axes, and an axis of length 1, or a
/// missing one, repeats. Shapes that do not fit end the cell with a message that names both.
///
///     let images = Tensor(zeros: [8, 64, 64, 3])
///     images - Tensor([0.48, 0.46, 0.41])       // each channel less its mean
///     images / images.max(along: 1, 2, keepingDimensions: true)
extension Tensor {
    /// Every element transformed by `transform`.
    @inlinable
    public func map(_ transform: (Float) -> Float) -> Tensor {
        Tensor(shape: shape) { result in
            withUnsafeScalars { scalars in
                for i in 0..<result.count { result[i] = transform(scalars[i]) }
            }
        }
    }

    /// Two tensors combined element by element, with broadcasting.
    public func combined(with other: Tensor, _ combine: (Float, Float) -> Float) -> Tensor {
        Tensors.broadcast(self, other, "combining", combine)
    }

    /// The sum, with broadcasting.
    public static func + (a: Tensor, b: Tensor) -> Tensor { elementwise(VECTOR_ADD, a, b, "+") }
    /// The difference, with broadcasting.
    public static func - (a: Tensor, b: Tensor) -> Tensor { elementwise(VECTOR_SUBTRACT, a, b, "-") }
    /// The product element by element, with broadcasting; ``matmul(_:)`` is the matrix product.
    public static func * (a: Tensor, b: Tensor) -> Tensor { elementwise(VECTOR_MULTIPLY, a, b, "*") }
    /// The quotient, with broadcasting.
    public static func / (a: Tensor, b: Tensor) -> Tensor { elementwise(VECTOR_DIVIDE, a, b, "/") }

    /// Every element plus `b`.
    public static func + (a: Tensor, b: Float) -> Tensor { elementwise(VECTOR_ADD, a, b) }
    /// Every element plus `a`.
    public static func + (a: Float, b: Tensor) -> Tensor { elementwise(VECTOR_ADD, a, b) }
    /// Every element minus `b`.
    public static func - (a: Tensor, b: Float) -> Tensor { elementwise(VECTOR_SUBTRACT, a, b) }
    /// `a` minus every element.
    public static func - (a: Float, b: Tensor) -> Tensor { elementwise(VECTOR_SUBTRACT, a, b) }
    /// Every element times `b`.
    public static func * (a: Tensor, b: Float) -> Tensor { elementwise(VECTOR_MULTIPLY, a, b) }
    /// Every element times `a`.
    public static func * (a: Float, b: Tensor) -> Tensor { elementwise(VECTOR_MULTIPLY, a, b) }
    /// Every element divided by `b`.
    public static func / (a: Tensor, b: Float) -> Tensor { elementwise(VECTOR_DIVIDE, a, b) }
    /// `a` divided by every element.
    public static func / (a: Float, b: Tensor) -> Tensor { elementwise(VECTOR_DIVIDE, a, b) }
    /// The negated tensor.
    public static prefix func - (a: Tensor) -> Tensor { elementwise(VECTOR_NEGATE, a) }

    // Into the same memory when the result has the tensor's shape and nobody else holds it.
    /// Adds the elements of `b`, broadcast, to every element, in place.
    public static func += (a: inout Tensor, b: Tensor) { update(VECTOR_ADD, &a, b, "+=") }
    /// Subtracts the elements of `b`, broadcast, from every element, in place.
    public static func -= (a: inout Tensor, b: Tensor) { update(VECTOR_SUBTRACT, &a, b, "-=") }
    /// Multiplies every element by the elements of `b`, broadcast, in place.
    public static func *= (a: inout Tensor, b: Tensor) { update(VECTOR_MULTIPLY, &a, b, "*=") }
    /// Divides every element by the elements of `b`, broadcast, in place.
    public static func /= (a: inout Tensor, b: Tensor) { update(VECTOR_DIVIDE, &a, b, "/=") }
    /// Adds `b` to every element, in place.
    public static func += (a: inout Tensor, b: Float) { update(VECTOR_ADD, &a, b) }
    /// Subtracts `b` from every element, in place.
    public static func -= (a: inout Tensor, b: Float) { update(VECTOR_SUBTRACT, &a, b) }
    /// Multiplies every element by `b`, in place.
    public static func *= (a: inout Tensor, b: Float) { update(VECTOR_MULTIPLY, &a, b) }
    /// Divides every element by `b`, in place.
    public static func /= (a: inout Tensor, b: Float) { update(VECTOR_DIVIDE, &a, b) }
}
