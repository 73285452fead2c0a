import COpenBLAS

/// A singular value decomposition: `a = u * diagonal(values) * vt`, with `k = min(rows, columns)`.
public struct SingularValueDecomposition: Sendable {
    /// `[rows, k]`, orthonormal columns.
    public let u: Tensor
    /// `[k]`, not negative, largest first.
    public let values: Tensor
    /// `[k, columns]`, orthonormal rows.
    public let vt: Tensor
}

/// The eigenvalues and -vectors of a symmetric matrix: `a = vectors * diagonal(values) * vectors.transposed`.
public struct SymmetricEigenDecomposition: Sendable {
    /// `[n]`, smallest first.
    public let values: Tensor
    /// `[n, n]`: an eigenvector of length 1 in each column, in the order of the values.
    public let vectors: Tensor
}

/// A QR decomposition: `a = q.matmul(r)`, with `k = min(rows, columns)`.
public struct QRDecomposition: Sendable {
    /// `[rows, k]`, orthonormal columns.
    public let q: Tensor
    /// `[k, columns]`, 0 below the diagonal.
    public let r: Tensor
}

/// Factorizations of matrices by LAPACK (inside OpenBLAS). Signs of singular vectors, eigenvectors and columns of Q are not determined by
/// the mathematics and may differ from another program's.
///
///     let svd = try activations.svd()
///     svd.u[0..., ..<3] * svd.values[..<3]        // the first three principal components, if the columns have mean 0
extension Tensor {
    /// The singular value decomposition of a matrix `[rows, columns]` (LAPACK's `sgesdd`).
    /// - Throws: ``LinearAlgebraError``.
    public func svd() throws(LinearAlgebraError) -> SingularValueDecomposition {
        let (rows, columns) = try LAPACK.size(self, "svd"), k = Swift.min(rows, columns)
        var (u, values, vt) = (Tensor(zeros: [rows, k]), Tensor(zeros: [k]), Tensor(zeros: [k, columns]))
        guard k > 0 else { return SingularValueDecomposition(u: u, values: values, vt: vt) }
        // LAPACK sees the transpose, whose left singular vectors are the right ones here: they come out row-major as `vt`.
        var a = scalars, whole = [Int32](repeating: 0, count: 8 * k)
        var (m, n, small, status) = (Int32(columns), Int32(rows), Int32(k), Int32(0))
        status = u.withUnsafeMutableScalars { u in
            values.withUnsafeMutableScalars { values in
                vt.withUnsafeMutableScalars { vt in
                    LAPACK.withWork { work, size in
                        var (size, info) = (size, Int32(0))
                        sgesdd_(
                            "S", &m, &n, &a, &m, values.baseAddress, vt.baseAddress, &m, u.baseAddress, &small, work, &size, &whole, &info)
                        return info
                    }
                }
            }
        }
        guard status == 0 else { throw .noConvergence(operation: "svd", shape: shape) }
        return SingularValueDecomposition(u: u, values: values, vt: vt)
    }

    /// The eigenvalues and -vectors of a symmetric matrix `[n, n]` (LAPACK's `ssyevd`). Only the lower triangle is read.
    /// - Throws: ``LinearAlgebraError``.
    public func eigenSymmetric() throws(LinearAlgebraError) -> SymmetricEigenDecomposition {
        let (rows, columns) = try LAPACK.size(self, "eigenSymmetric")
        guard rows == columns else { throw .shape(operation: "eigenSymmetric", shapes: [shape], needed: "a square matrix") }
        guard rows > 0 else { return SymmetricEigenDecomposition(values: Tensor(zeros: [0]), vectors: self) }
        var (n, wholeSize) = (Int32(rows), Int32(3 + 5 * rows))
        var whole = [Int32](repeating: 0, count: 3 + 5 * rows)
        var (vectors, values) = (self, Tensor(zeros: [rows]))
        let status = vectors.withUnsafeMutableScalars { a in
            values.withUnsafeMutableScalars { values in
                LAPACK.withWork { work, size in
                    var (size, info) = (size, Int32(0))
                    // The lower triangle by rows is the upper one by columns.
                    ssyevd_("V", "U", &n, a.baseAddress, &n, values.baseAddress, work, &size, &whole, &wholeSize, &info)
                    return info
                }
            }
        }
        guard status == 0 else { throw .noConvergence(operation: "eigenSymmetric", shape: shape) }
        return SymmetricEigenDecomposition(values: values, vectors: vectors.transposed)
    }

    /// The reduced QR decomposition of a matrix `[rows, columns]` (LAPACK's `sgeqrf` and `sorgqr`).
    /// - Throws: ``LinearAlgebraError``.
    public func qr() throws(LinearAlgebraError) -> QRDecomposition {
        let (rows, columns) = try LAPACK.size(self, "qr"), k = Swift.min(rows, columns)
        guard k > 0 else { return QRDecomposition(q: Tensor(zeros: [rows, 0]), r: Tensor(zeros: [0, columns])) }
        // By columns, as LAPACK wants it: row j of `a` is column j of the matrix.
        var a = transposed
        var (m, n, small) = (Int32(rows), Int32(columns), Int32(k))
        var tau = [Float](repeating: 0, count: k)
        _ = a.withUnsafeMutableScalars { a in
            LAPACK.withWork { work, size in
                var (size, info) = (size, Int32(0))
                sgeqrf_(&m, &n, a.baseAddress, &m, &tau, work, &size, &info)
                return info
            }
        }
        let r = a[0..., ..<k].transposed.replacing(with: 0, where: Tensor(belowDiagonal: [k, columns]))
        var q = Tensor(a[..<k].scalars).reshaped([k, rows])
        _ = q.withUnsafeMutableScalars { q in
            LAPACK.withWork { work, size in
                var (size, info) = (size, Int32(0))
                sorgqr_(&m, &small, &small, q.baseAddress, &m, &tau, work, &size, &info)
                return info
            }
        }
        return QRDecomposition(q: q.transposed, r: r)
    }

    /// 1 below the diagonal, 0 elsewhere.
    private init(belowDiagonal shape: [Int]) {
        self.init(shape: shape) { mask in for i in 0..<mask.count { mask[i] = i / shape[1] > i % shape[1] ? 1 : 0 } }
    }
}
