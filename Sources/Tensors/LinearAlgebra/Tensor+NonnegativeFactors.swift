/// A non-negative matrix factorization: `a ≈ weights.matmul(parts)`, nothing of it below 0.
public struct NonnegativeFactors: Sendable {
    /// `[rows, count]`: how much of each part is in every row.
    public let weights: Tensor
    /// `[count, columns]`: the parts.
    public let parts: Tensor
    /// The Frobenius norm of what is left over, `|a - weights * parts|`.
    public let error: Float
    /// Sweeps over all numbers.
    public let iterations: Int
}

/// Non-negative matrix factorization (Lee and Seung, "Learning the parts of objects by non-negative matrix factorization", 1999): rows as
/// sums of a few parts that are only ever added. The objective, the start and the algorithm are those of scikit-learn's `NMF` with its
/// defaults: half the squared Frobenius norm, `nndsvda` (Boutsidis and Gallopoulos, 2008), cyclic coordinate descent (Cichocki and Phan,
/// 2009), up to 200 sweeps, until the violation of optimality has fallen to a ten-thousandth. Nothing of it is random.
///
///     let factors = try activations.reshaped([-1, channels]).nonnegativeFactors(6)
///     factors.parts                               // [6, channel]
extension Tensor {
    /// The matrix `[rows, columns]` as the product of two thin matrices without negative numbers.
    /// - Parameters:
    ///   - count: how many parts, at most as many as rows and columns.
    ///   - iterations: the most sweeps.
    ///   - tolerance: when to stop, as a share of the violation in the first sweep.
    ///   - beforeEachSweep: called with the number of sweeps that were made; may throw to stop.
    /// - Throws: ``LinearAlgebraError`` for anything but a matrix of finite numbers from 0 up, and what `beforeEachSweep` throws.
    public func nonnegativeFactors(
        _ count: Int, iterations: Int = 200, tolerance: Double = 1e-4, beforeEachSweep: (_ sweep: Int) throws -> Void = { _ in }
    ) throws -> NonnegativeFactors {
        let (rows, columns) = try checkedNonnegative("nonnegativeFactors")
        guard count > 0, count <= Swift.min(rows, columns) else {
            throw LinearAlgebraError.shape(
                operation: "nonnegativeFactors(\(count))", shapes: [shape],
                needed: "at least one part, and a matrix with as many rows and columns")
        }
        var (weights, parts) = try nonnegativeStart(count)  // [rows, count] and [count, columns]
        var columnWeights = parts.transposed  // [columns, count]
        let flipped = transposed
        var first = 0.0, made = 0
        for sweep in 0..<Swift.max(iterations, 0) {
            try beforeEachSweep(sweep)
            var violation = Self.descend(&weights, gram: columnWeights.transposed.matmul(columnWeights), products: matmul(columnWeights))
            violation += Self.descend(&columnWeights, gram: weights.transposed.matmul(weights), products: flipped.matmul(weights))
            made = sweep + 1
            if sweep == 0 { first = violation }
            if first == 0 || violation <= tolerance * first { break }
        }
        parts = columnWeights.transposed
        return NonnegativeFactors(weights: weights, parts: parts, error: (self - weights.matmul(parts)).norm(), iterations: made)
    }

    /// How much of each of some known parts is in every row of the matrix `[rows, columns]`: the non-negative `[rows, count]` with the
    /// smallest error.
    /// - Parameter parts: `[count, columns]`.
    /// - Throws: as ``nonnegativeFactors(_:iterations:tolerance:beforeEachSweep:)``.
    public func nonnegativeWeights(
        of parts: Tensor, iterations: Int = 200, tolerance: Double = 1e-4, beforeEachSweep: (_ sweep: Int) throws -> Void = { _ in }
    ) throws -> Tensor {
        let (rows, columns) = try checkedNonnegative("nonnegativeWeights")
        let (count, length) = try parts.checkedNonnegative("nonnegativeWeights")
        guard length == columns else {
            throw LinearAlgebraError.shape(
                operation: "nonnegativeWeights", shapes: [shape, parts.shape], needed: "matrices with equally many columns")
        }
        var weights = Tensor(zeros: [rows, count])
        let (gram, products) = (parts.matmul(parts.transposed), matmul(parts.transposed))
        var first = 0.0
        for sweep in 0..<Swift.max(iterations, 0) {
            try beforeEachSweep(sweep)
            let violation = Self.descend(&weights, gram: gram, products: products)
            if sweep == 0 { first = violation }
            if first == 0 || violation <= tolerance * first { break }
        }
        return weights
    }

    private func checkedNonnegative(_ operation: String) throws(LinearAlgebraError) -> (rows: Int, columns: Int) {
        let size = try LAPACK.size(self, operation)
        if count > 0, min() < 0 {
            throw .shape(operation: operation, shapes: [shape], needed: "a matrix without negative numbers; its smallest is \(min())")
        }
        return size
    }

    /// One sweep of coordinate descent over `weights`, column after column; the sum of the projected gradients' magnitudes before it.
    private static func descend(_ weights: inout Tensor, gram: Tensor, products: Tensor) -> Double {
        let (rows, count) = (weights.shape[0], weights.shape[1])
        var violation = 0.0
        weights.withUnsafeMutableScalars { w in
            gram.withUnsafeScalars { gram in
                products.withUnsafeScalars { products in
                    for part in 0..<count {
                        let curvature = gram[part * count + part]
                        for row in 0..<rows {
                            let start = row * count
                            var slope = -products[start + part]
                            for other in 0..<count { slope += gram[part * count + other] * w[start + other] }
                            violation += Double(abs(w[start + part] == 0 ? Swift.min(0, slope) : slope))
                            if curvature > 0 { w[start + part] = Swift.max(w[start + part] - slope / curvature, 0) }
                        }
                    }
                }
            }
        }
        return violation
    }

    /// Boutsidis and Gallopoulos' start from the singular vectors, each cut to its heavier sign; zeros become the mean of the matrix, as
    /// in scikit-learn's `nndsvda`. Singular vectors come from the smaller of the two Gram matrices.
    private func nonnegativeStart(_ count: Int) throws -> (weights: Tensor, parts: Tensor) {
        let isTall = shape[0] >= shape[1]
        let gram = isTall ? transposed.matmul(self) : matmul(transposed)
        let (size, eigen) = (gram.shape[0], try gram.eigenSymmetric())
        let chosen = (0..<count).map { size - 1 - $0 }
        let vectors = eigen.vectors.gathered(chosen, along: 1)  // [size, count], largest first
        let others = isTall ? matmul(vectors) : transposed.matmul(vectors)  // times the singular value
        let (left, right) = isTall ? (others, vectors) : (vectors, others)
        let mean = mean()
        var weights: [Tensor] = [], parts: [Tensor] = []
        for part in 0..<count {
            let value = Double(Swift.max(eigen.values[chosen[part]], 0)).squareRoot()
            let u = left[0..., part].scalars.map { Double($0) / (isTall && value > 0 ? value : 1) }
            let v = right[0..., part].scalars.map { Double($0) / (!isTall && value > 0 ? value : 1) }
            func norm(_ x: [Double], _ sign: Double) -> Double { x.reduce(0) { $0 + ($1 * sign > 0 ? $1 * $1 : 0) }.squareRoot() }
            let (plus, minus) = (norm(u, 1) * norm(v, 1), norm(u, -1) * norm(v, -1))
            let sign = plus >= minus ? 1.0 : -1
            let (uNorm, vNorm) = (norm(u, sign), norm(v, sign))
            let scale = (value * Swift.max(plus, minus)).squareRoot()
            func cut(_ x: [Double], _ norm: Double) -> Tensor {
                // scikit-learn takes what is below 1e-6 for zero.
                Tensor(x.map { value in
                    let part = norm > 0 ? Float(scale * Swift.max(value * sign, 0) / norm) : 0
                    return part < 1e-6 ? mean : part
                })
            }
            weights.append(cut(u, uNorm))
            parts.append(cut(v, vNorm))
        }
        return (Tensor.stack(weights).transposed, .stack(parts))
    }
}
