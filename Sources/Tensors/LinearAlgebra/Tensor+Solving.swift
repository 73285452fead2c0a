import COpenBLAS

/// Systems of linear equations, by LAPACK (inside OpenBLAS).
extension Tensor {
    /// The solution `x` of `self.matmul(x) = b` for a square matrix (LAPACK's `sgesv`).
    /// - Parameter b: `[n]`, or several right sides as `[n, columns]`; the solution has its shape.
    /// - Throws: ``LinearAlgebraError``; ``LinearAlgebraError/singular(operation:shape:pivot:)`` when there is no one solution.
    public func solving(_ b: Tensor) throws(LinearAlgebraError) -> Tensor {
        let (rows, columns) = try LAPACK.size(self, "solving")
        guard rows == columns, b.rank == 1 || b.rank == 2, b.shape[0] == rows else {
            throw .shape(operation: "solving", shapes: [shape, b.shape], needed: "[n, n], and [n] or [n, columns]")
        }
        let right = b.reshaped([rows, rows == 0 ? 0 : b.count / rows])
        _ = try LAPACK.size(right, "solving for a right side")
        guard right.count > 0 else { return b }
        var (a, x) = (transposed, right.transposed)
        var (n, count, info) = (Int32(rows), Int32(right.shape[1]), Int32(0))
        var pivots = [Int32](repeating: 0, count: rows)
        a.withUnsafeMutableScalars { a in
            x.withUnsafeMutableScalars { x in sgesv_(&n, &count, a.baseAddress, &n, &pivots, x.baseAddress, &n, &info) }
        }
        guard info == 0 else { throw .singular(operation: "solving", shape: shape, pivot: Int(info) - 1) }
        return x.transposed.reshaped(b.shape)
    }

    /// The `x` for which `self.matmul(x)` comes nearest to `b`, and the shortest of them when there are several (LAPACK's `sgelsd`).
    /// - Parameters:
    ///   - b: `[rows]`, or several right sides as `[rows, columns]`; the solution has as many axes.
    ///   - condition: singular values below this share of the largest count as 0; the precision of a Float when absent.
    /// - Throws: ``LinearAlgebraError``.
    public func leastSquares(_ b: Tensor, condition: Float? = nil) throws(LinearAlgebraError) -> Tensor {
        let (rows, columns) = try LAPACK.size(self, "leastSquares")
        guard b.rank == 1 || b.rank == 2, b.shape[0] == rows else {
            throw .shape(operation: "leastSquares", shapes: [shape, b.shape], needed: "[rows, columns], and [rows] or [rows, right sides]")
        }
        let right = b.reshaped([rows, rows == 0 ? 0 : b.count / rows]), count = right.shape[1]
        _ = try LAPACK.size(right, "leastSquares for a right side")
        let result = [columns] + b.shape.dropFirst()
        guard rows > 0, columns > 0, count > 0 else { return Tensor(zeros: result) }
        // The right sides by columns, long enough for the solutions that replace them.
        let long = Swift.max(rows, columns), k = Swift.min(rows, columns)
        var (a, x) = (transposed, right.transposed.padded([(0, 0), (0, long - rows)]))
        var (m, n, sides, length, rank) = (Int32(rows), Int32(columns), Int32(count), Int32(long), Int32(0))
        var values = [Float](repeating: 0, count: k), condition = condition ?? -1
        // LAPACK's bound for 3 k levels + 11 k, with at most 32 levels.
        var whole = [Int32](repeating: 0, count: 3 * k * 32 + 11 * k)
        let status = a.withUnsafeMutableScalars { a in
            x.withUnsafeMutableScalars { x in
                LAPACK.withWork { work, size in
                    var (size, info) = (size, Int32(0))
                    sgelsd_(
                        &m, &n, &sides, a.baseAddress, &m, x.baseAddress, &length, &values, &condition, &rank, work, &size, &whole, &info)
                    return info
                }
            }
        }
        guard status == 0 else { throw .noConvergence(operation: "leastSquares", shape: shape) }
        return x[0..., ..<columns].transposed.reshaped(result)
    }
}
