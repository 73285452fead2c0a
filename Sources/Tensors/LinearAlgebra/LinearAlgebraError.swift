/// Why a factorization or a system of equations has no answer.
public enum LinearAlgebraError: Error, CustomStringConvertible, Equatable, Sendable {
    /// The operation is not defined for tensors of these shapes.
    case shape(operation: String, shapes: [[Int]], needed: String)
    /// An element is infinite or NaN.
    case notFinite(operation: String, index: [Int])
    /// The matrix has no inverse: a pivot is exactly 0.
    case singular(operation: String, shape: [Int], pivot: Int)
    /// The iteration did not converge, which LAPACK's algorithms hardly ever do with finite numbers.
    case noConvergence(operation: String, shape: [Int])
    case tooLarge(operation: String, shape: [Int])

    /// The operation and why it has no result.
    public var description: String {
        switch self {
        case .shape(let operation, let shapes, let needed):
            "\(operation) of \(shapes.map { "\($0)" }.joined(separator: " and ")): needed \(shapes.count == 1 ? "is" : "are") \(needed)"
        case .notFinite(let operation, let index): "\(operation): the element at \(index) is infinite or not a number"
        case .singular(let operation, let shape, let pivot):
            "\(operation): the matrix of shape \(shape) is singular (pivot \(pivot) is 0); leastSquares(_:) gives the smallest solution"
        case .noConvergence(let operation, let shape): "\(operation) of shape \(shape) did not converge"
        case .tooLarge(let operation, let shape): "\(operation) of shape \(shape): LAPACK counts elements in 32 bits"
        }
    }
}
