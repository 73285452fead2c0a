/// Shapes that do not fit an operation. The same words end a cell that goes on without asking.
public enum ShapeError: Error, CustomStringConvertible, Equatable, Sendable {
    /// An axis of two tensors has two lengths of which neither is 1.
    case broadcast(operation: String, [Int], [Int])
    /// Matrices whose inner lengths differ, or tensors that hold none.
    case matmul([Int], [Int])
    /// Tensors to be joined along an axis that differ on another one.
    case concatenation([Int], [Int], axis: Int)
    /// A shape for another number of elements.
    case reshape([Int], to: [Int])
    /// An axis that a tensor does not have.
    case axis(Int, of: [Int], operation: String)
    /// A length below 0, or more elements than can be counted.
    case impossible([Int])

    /// The operation, both shapes and what it needs.
    public var description: String {
        switch self {
        case .broadcast(let operation, let a, let b):
            "\(operation) of shapes \(a) and \(b): lengths must be equal, or one of them 1, on every axis counted from the last"
        case .matmul(let a, let b):
            "matmul of shapes \(a) and \(b): needed are [..., m, k] and [..., k, n], whose leading axes are equal or 1"
        case .concatenation(let a, let b, let axis):
            "concatenation of shapes \(a) and \(b) along axis \(axis): all other axes must be equal"
        case .reshape(let shape, let wanted):
            "a tensor of shape \(shape) cannot be reshaped to \(wanted): it has \(shape.reduce(1, *)) elements"
        case .axis(let axis, let shape, let operation):
            "\(operation) along axis \(axis) of a tensor of shape \(shape)"
        case .impossible(let shape):
            "no tensor has the shape \(shape): lengths are 0 or more, and their product fits into 63 bits"
        }
    }
}
