/// What the calls into LAPACK share. Its matrices are column-major: a row-major matrix is seen there as its transpose.
enum LAPACK {
    /// The rows and columns of a matrix that LAPACK can be given.
    static func size(_ a: Tensor, _ operation: String) throws(LinearAlgebraError) -> (rows: Int, columns: Int) {
        guard a.rank == 2 else { throw .shape(operation: operation, shapes: [a.shape], needed: "a matrix") }
        if let index = a.firstNonFinite { throw .notFinite(operation: operation, index: index) }
        // Work space grows with the square of the shorter side, several times over.
        guard a.count < 1 << 28, a.shape.allSatisfy({ $0 < 1 << 24 }), a.shape.min() ?? 0 < 1 << 14 else {
            throw .tooLarge(operation: operation, shape: a.shape)
        }
        return (a.shape[0], a.shape[1])
    }

    /// Asks for the size of the work space first, then calls with it: `call(work, its size)` twice. LAPACK answers the first with the
    /// size, as a float rounded down when it is large; one part in 2^20 is added for that.
    static func withWork(_ call: (_ work: UnsafeMutablePointer<Float>, _ size: Int32) -> Int32) -> Int32 {
        var best: Float = 0
        let status = call(&best, -1)
        guard status == 0 else { return status }
        let size = Swift.max(1, Int(best) + Int(best) >> 20 + 1)
        var work = [Float](repeating: 0, count: size)
        return call(&work, Int32(size))
    }
}
