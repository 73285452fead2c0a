extension Tensor {
    /// The matrix product of `[m, k]` and `[k, n]`: `[m, n]`; with more axes, the products of all the matrices in them,
    /// `[..., m, k]` and `[..., k, n]`, whose leading axes broadcast.
    ///
    ///     let queries = Tensor(normal: [8, 4, 49, 16], seed: 1)             // [batch, head, place, channel]
    ///     queries.matmul(queries.transposed)                                // [8, 4, 49, 49]
    ///     queries.matmul(Tensor(normal: [16, 10], seed: 2))                 // [8, 4, 49, 10]: one matrix for all
    public func matmul(_ other: Tensor) -> Tensor {
        let result = required { () throws(ShapeError) in try Tensor.matmulShape(shape, other.shape) }
        let (k, n) = (other.shape[other.rank - 2], other.shape[other.rank - 1])
        // One matrix on the right serves all rows on the left at once.
        if rank > 2, other.rank == 2 { return reshaped([count / Swift.max(k, 1), k]).matmul(other).reshaped(result) }
        let m = shape[rank - 2]
        guard k > 0 else { return Tensor(zeros: result) }
        return Tensor(shape: result) { c in
            withUnsafeScalars { a in
                other.withUnsafeScalars { b in
                    guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
                    // Whole matrices take the place of elements.
                    Broadcasting(shape.dropLast(2), other.shape.dropLast(2), operation: "matmul").forEachPair { to, left, right in
                        matrixMultiply(
                            m: m, n: n, k: k, a + left * m * k, lda: k, b + right * k * n, ldb: n, c + to * m * n, ldc: n)
                    }
                }
            }
        }
    }
}
