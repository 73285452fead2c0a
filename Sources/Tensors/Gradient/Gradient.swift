/// Why a function cannot be differentiated.
public enum GradientError: Error, CustomStringConvertible, Equatable, Sendable {
    /// The function's value is not a single number.
    case notScalar(shape: [Int])
    /// A primitive's vector-Jacobian product gave gradients of the wrong shapes.
    case primitive(String, needed: [[Int]], found: [[Int]])

    /// What was wrong, and what to do.
    public var description: String {
        switch self {
        case .notScalar(let shape):
            "only a single number can be differentiated, and this function gives a tensor of shape \(shape): end it with sum() or mean()"
        case .primitive(let name, let needed, let found):
            "the vector-Jacobian product of '\(name)' gave gradients of shapes \(found) for operands of shapes \(needed)"
        }
    }
}

/// The gradient of a function at a tensor: how the function's value changes with each element.
///
///     try gradient(at: image) { image in image.squared.mean() }
///
/// - Throws: ``GradientError`` when the value is not a single number; whatever the function throws.
public func gradient(at x: Tensor, of function: (Variable) throws -> Variable) throws -> Tensor {
    try valueAndGradient(at: x, of: function).gradient
}

/// The value of a function at a tensor, and its gradient there.
/// - Throws: as ``gradient(at:of:)``.
public func valueAndGradient(at x: Tensor, of function: (Variable) throws -> Variable) throws -> (value: Float, gradient: Tensor) {
    let (value, gradients) = try valueAndGradients(at: [x]) { try function($0[0]) }
    return (value, gradients[0])
}

/// The gradients of a function of two tensors.
/// - Throws: as ``gradient(at:of:)``.
public func gradient(
    at x: Tensor, _ y: Tensor, of function: (Variable, Variable) throws -> Variable
) throws -> (Tensor, Tensor) {
    let gradients = try valueAndGradients(at: [x, y]) { try function($0[0], $0[1]) }.gradients
    return (gradients[0], gradients[1])
}

/// The value of a function of several tensors, and its gradients, each of the shape of its tensor.
/// - Throws: as ``gradient(at:of:)``.
public func valueAndGradients(
    at tensors: [Tensor], of function: ([Variable]) throws -> Variable
) throws -> (value: Float, gradients: [Tensor]) {
    let tape = Tape()
    let result = try function(tensors.map { Variable($0, startingOn: tape) })
    guard result.value.count == 1 else { throw GradientError.notScalar(shape: result.shape) }
    var found = [Tensor?](repeating: nil, count: tensors.count)
    if let record = result.record {
        require(record.tape === tape, "a variable of one call of gradient(at:of:) cannot be the result of another")
        found = try tape.gradients(of: record.entry, shape: result.shape, for: tensors.count)
    }
    return (result.value.scalars[0], zip(found, tensors).map { $0 ?? Tensor(zeros: $1.shape) })
}
