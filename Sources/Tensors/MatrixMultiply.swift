import COpenBLAS
import CVector

/// `C = alpha * op(A) * op(B) + beta * C` on row-major matrices in raw memory (OpenBLAS `sgemm`).
///
/// Large products are shared by as many threads as the calling thread may use.
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
    let product = MatrixProduct(
        m: m, n: n, k: k, alpha: alpha, a: a, lda: lda, transposeA: transposeA, b: b, ldb: ldb, transposeB: transposeB, beta: beta, c: c,
        ldc: ldc)
    product.compute()
}

/// A product that can be cut into parts, each of them some rows of `C`.
///
/// OpenBLAS works on one thread and the parts share the engine's own pool. Its own threads serve one caller at a time, for whom all others
/// wait, and whoever is stopped in the middle would keep them from everybody for good.
private struct MatrixProduct {
    let m: Int, n: Int, k: Int, alpha: Float
    let a: UnsafePointer<Float>, lda: Int, transposeA: Bool
    let b: UnsafePointer<Float>, ldb: Int, transposeB: Bool
    let beta: Float, c: UnsafeMutablePointer<Float>, ldc: Int

    /// Parts begin at multiples of so many rows. The kernels take rows in steps that divide it, so that every element is summed as in the
    /// whole product; cut columns would give other bits.
    private static let grain = 48
    /// Products with fewer multiplications take less time than waking a thread.
    private static let smallest = 1 << 20

    private static let usesOneThread: Void = openblas_set_num_threads(1)

    private var grains: Int { (m + Self.grain - 1) / Self.grain }

    func compute() {
        Self.usesOneThread
        let parts = m * n * k < Self.smallest ? 1 : min(grains, Int(vector_threads_in_use()))
        guard parts > 1 else { return compute(0..<m) }
        var job = (product: self, parts: parts)
        withUnsafeMutablePointer(to: &job) { job in
            vector_parallel(
                parts,
                { context, part in
                    guard let job = context?.assumingMemoryBound(to: (product: MatrixProduct, parts: Int).self).pointee else { return }
                    func start(_ part: Int) -> Int { min(job.product.m, job.product.grains * part / job.parts * MatrixProduct.grain) }
                    job.product.compute(start(part)..<start(part + 1))
                }, job)
        }
    }

    private func compute(_ rows: Range<Int>) {
        cblas_sgemm(
            CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
            Int32(rows.count), Int32(n), Int32(k), alpha, a + rows.lowerBound * (transposeA ? 1 : lda), Int32(lda), b, Int32(ldb), beta,
            c + rows.lowerBound * ldc, Int32(ldc))
    }
}
