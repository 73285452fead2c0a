import COpenBLAS

/// `C = alpha * op(A) * op(B) + beta * C` on row-major matrices in raw memory (OpenBLAS `sgemm`).
///
/// - Parameters:
///   - m: rows of `op(A)` and of `C`.
///   - n: columns of `op(B)` and of `C`.
///   - k: columns of `op(A)` and rows of `op(B)`.
///   - lda, ldb, ldc: elements from one stored row to the next; `ldc` larger than `n` writes into a slice of a wider matrix,
///     which is how a branch of an inception block writes straight into its part of the concatenation.
public func matrixMultiply(
    m: Int, n: Int, k: Int, alpha: Float = 1,
    _ a: UnsafePointer<Float>, lda: Int, transposeA: Bool = false,
    _ b: UnsafePointer<Float>, ldb: Int, transposeB: Bool = false,
    beta: Float = 0, _ c: UnsafeMutablePointer<Float>, ldc: Int
) {
    cblas_sgemm(
        CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
        Int32(m), Int32(n), Int32(k), alpha, a, Int32(lda), b, Int32(ldb), beta, c, Int32(ldc))
}
