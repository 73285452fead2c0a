import Tensors
import Testing

@Suite struct LinearAlgebraTests {
    private func identity(_ n: Int) -> Tensor {
        Tensor(shape: [n, n], scalars: (0..<n * n).map { $0 / n == $0 % n ? 1 : 0 })
    }

    private func isOrthonormal(_ columns: Tensor) -> Bool {
        error(columns.transposed.matmul(columns), identity(columns.shape[1])) < 1e-5
    }

    @Test func `singular values are NumPy's, the vectors are orthonormal and give the matrix back`() throws {
        let file = try TensorReference.file("linear-algebra")
        for name in TensorReference.cases("svd", in: file) {
            let a = try file.tensor(name + "/a"), svd = try a.svd()
            #expect(try error(svd.values, file.tensor(name + "/values")) < 1e-5)
            #expect(error((svd.u * svd.values).matmul(svd.vt), a) < 1e-5)
            #expect(isOrthonormal(svd.u) && isOrthonormal(svd.vt.transposed))
        }
    }

    @Test func `Q and R are NumPy's but for signs`() throws {
        let file = try TensorReference.file("linear-algebra")
        for name in TensorReference.cases("qr", in: file) {
            let a = try file.tensor(name.replacing("qr", with: "svd") + "/a"), qr = try a.qr()
            #expect(try error(abs(qr.q), abs(file.tensor(name + "/q"))) < 1e-5 && error(abs(qr.r), abs(file.tensor(name + "/r"))) < 1e-5)
            #expect(error(qr.q.matmul(qr.r), a) < 1e-5 && isOrthonormal(qr.q))
        }
    }

    @Test func `eigenvalues are NumPy's, smallest first, and the vectors diagonalize the matrix`() throws {
        let file = try TensorReference.file("linear-algebra")
        for name in TensorReference.cases("eigen", in: file) {
            let a = try file.tensor(name + "/a"), eigen = try a.eigenSymmetric()
            #expect(try error(eigen.values, file.tensor(name + "/values")) < 1e-5)
            #expect(isOrthonormal(eigen.vectors) && error(a.matmul(eigen.vectors), eigen.vectors * eigen.values) < 1e-5)
        }
        // Only the lower triangle counts.
        let lower = try Tensor(shape: [2, 2], scalars: [2, 99, 1, 2]).eigenSymmetric()
        #expect(error(lower.values, Tensor([1, 3])) < 1e-6)
    }

    @Test func `solutions are NumPy's`() throws {
        let file = try TensorReference.file("linear-algebra")
        for name in TensorReference.cases("solve", in: file) {
            let a = try file.tensor(name + "/a"), b = try file.tensor(name + "/b"), x = try file.tensor(name + "/x")
            #expect(try error(a.solving(b), x) < 1e-5 && error(a.solving(b[0..., 0]), x[0..., 0]) < 1e-5)
        }
        for name in TensorReference.cases("least", in: file) {
            let a = try file.tensor(name + "/a"), b = try file.tensor(name + "/b"), x = try file.tensor(name + "/x")
            #expect(try error(a.leastSquares(b), x) < 1e-5 && error(a.leastSquares(b[0..., 1]), x[0..., 1]) < 1e-5)
        }
    }

    @Test func `the shortest of many solutions is found for a matrix without an inverse`() throws {
        let a = Tensor(shape: [2, 2], scalars: [1, 1, 1, 1])
        #expect(try error(a.leastSquares(Tensor([2, 2])), Tensor([1, 1])) < 1e-6)
        #expect(throws: LinearAlgebraError.singular(operation: "solving", shape: [2, 2], pivot: 1)) { try a.solving(Tensor([2, 2])) }
    }

    @Test func `a matrix of 300 by 500 is taken apart and put together`() throws {
        let a = noise(300, 500), svd = try a.svd(), qr = try a.transposed.qr()
        #expect(error((svd.u * svd.values).matmul(svd.vt), a) < 1e-4 && error(qr.q.matmul(qr.r), a.transposed) < 1e-4)
        let symmetric = a.matmul(a.transposed), eigen = try symmetric.eigenSymmetric()
        #expect(error(eigen.values.flipped(0), svd.values.squared) < 1e-4)
    }

    @Test func `matrices without rows or columns, and vectors, are answered or refused in words`() throws {
        #expect(try Tensor(zeros: [0, 3]).svd().vt.shape == [0, 3] && Tensor(zeros: [4, 0]).qr().q.shape == [4, 0])
        #expect(try Tensor(zeros: [0, 0]).eigenSymmetric().values.count == 0)
        #expect(try Tensor(zeros: [0, 2]).leastSquares(Tensor([])).scalars == [0, 0])
        func words(_ body: () throws -> Void) -> String { do { try body(); return "accepted" } catch { return "\(error)" } }
        #expect(words { _ = try Tensor([1, 2]).svd() } == "svd of [2]: needed is a matrix")
        #expect(words { _ = try noise(2, 3).eigenSymmetric() }.contains("square"))
        #expect(words { _ = try noise(2, 2).solving(noise(3)) }.contains("[2, 2] and [3]"))
        var bad = noise(4, 4)
        bad[2, 1] = .nan
        #expect(words { _ = try bad.svd() }.contains("[2, 1]") && words { _ = try bad.qr() }.contains("[2, 1]"))
        #expect(words { _ = try bad.eigenSymmetric() }.contains("[2, 1]") && words { _ = try bad.solving(noise(4)) }.contains("[2, 1]"))
        #expect(words { _ = try noise(4, 4).solving(bad) }.contains("right side"))
    }
}
