extension Tensor {
    /// Every element transformed by `transform`.
    public func map(_ transform: (Float) -> Float) -> Tensor {
        Tensor(shape: shape, scalars: scalars.map(transform))
    }

    /// Two tensors of one shape combined element by element.
    public func combined(with other: Tensor, _ combine: (Float, Float) -> Float) -> Tensor {
        require(shape == other.shape, "elementwise arithmetic needs equal shapes: \(shape) and \(other.shape)")
        return Tensor(shape: shape) { result in
            withUnsafeScalars { a in
                other.withUnsafeScalars { b in
                    for i in 0..<result.count { result[i] = combine(a[i], b[i]) }
                }
            }
        }
    }

    /// Elementwise sum of two tensors of one shape.
    public static func + (a: Tensor, b: Tensor) -> Tensor { a.combined(with: b, +) }
    /// Elementwise difference of two tensors of one shape.
    public static func - (a: Tensor, b: Tensor) -> Tensor { a.combined(with: b, -) }
    /// Elementwise product of two tensors of one shape.
    public static func * (a: Tensor, b: Tensor) -> Tensor { a.combined(with: b, *) }
    /// Every element plus `b`.
    public static func + (a: Tensor, b: Float) -> Tensor { a.map { $0 + b } }
    /// Every element minus `b`.
    public static func - (a: Tensor, b: Float) -> Tensor { a.map { $0 - b } }
    /// Every element times `b`.
    public static func * (a: Tensor, b: Float) -> Tensor { a.map { $0 * b } }
    /// Every element times `a`.
    public static func * (a: Float, b: Tensor) -> Tensor { b * a }
    /// Every element divided by `b`.
    public static func / (a: Tensor, b: Float) -> Tensor { a.map { $0 / b } }
    /// The negated tensor.
    public static prefix func - (a: Tensor) -> Tensor { a.map { -$0 } }

    /// The sum of all elements, accumulated in double precision.
    public func sum() -> Float { Float(scalars.reduce(0.0) { $0 + Double($1) }) }
    /// The mean of all elements; 0 for an empty tensor.
    public func mean() -> Float { count == 0 ? 0 : sum() / Float(count) }
    /// The smallest element; NaN for an empty tensor.
    public func min() -> Float { scalars.min() ?? .nan }
    /// The largest element; NaN for an empty tensor.
    public func max() -> Float { scalars.max() ?? .nan }
    /// The Euclidean norm over all elements.
    public func norm() -> Float { Float(scalars.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()) }
}
