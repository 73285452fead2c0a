import CVector

// Tensors and the kernels of CVector, which exist for several levels of instructions and share large work among threads. They give the
// same bits at every level and with every number of threads.

/// A function of every element.
func elementwise(_ function: vector_function, _ x: Tensor, low: Float = 0, high: Float = 0) -> Tensor {
    Tensor(shape: x.shape) { result in
        x.withUnsafeScalars { x in vector_apply(function, result.baseAddress, x.baseAddress, result.count, low, high) }
    }
}

/// A function of every element, into the same memory.
func update(_ function: vector_function, _ x: inout Tensor) {
    x.withUnsafeMutableScalars { x in vector_apply(function, x.baseAddress, x.baseAddress, x.count, 0, 0) }
}

/// Two tensors combined element by element under broadcasting; errors call it `name`.
func elementwise(_ operation: vector_operation, _ a: Tensor, _ b: Tensor, _ name: String) -> Tensor {
    let plan = Broadcasting(a.shape, b.shape, operation: name)
    return Tensor(shape: plan.shape) { result in
        a.withUnsafeScalars { a in b.withUnsafeScalars { b in plan.combine(operation, result.baseAddress, a.baseAddress, b.baseAddress) } }
    }
}

/// Every element and one number combined.
func elementwise(_ operation: vector_operation, _ a: Tensor, _ b: Float) -> Tensor {
    Tensor(shape: a.shape) { result in
        a.withUnsafeScalars { a in
            withUnsafePointer(to: b) { b in
                vector_combine(operation, result.baseAddress, vector_operand(a.baseAddress), vector_operand(one: b), 1, result.count)
            }
        }
    }
}

/// One number and every element combined.
func elementwise(_ operation: vector_operation, _ a: Float, _ b: Tensor) -> Tensor {
    Tensor(shape: b.shape) { result in
        b.withUnsafeScalars { b in
            withUnsafePointer(to: a) { a in
                vector_combine(operation, result.baseAddress, vector_operand(one: a), vector_operand(b.baseAddress), 1, result.count)
            }
        }
    }
}

/// `a` combined with `b`, into the memory of `a` when the result has its shape.
func update(_ operation: vector_operation, _ a: inout Tensor, _ b: Tensor, _ name: String) {
    let plan = Broadcasting(a.shape, b.shape, operation: name)
    guard plan.shape == a.shape else {
        a = elementwise(operation, a, b, name)
        return
    }
    b.withUnsafeScalars { b in a.withUnsafeMutableScalars { a in plan.combine(operation, a.baseAddress, a.baseAddress, b.baseAddress) } }
}

/// `a` combined with one number, into the memory of `a`.
func update(_ operation: vector_operation, _ a: inout Tensor, _ b: Float) {
    a.withUnsafeMutableScalars { a in
        withUnsafePointer(to: b) { b in
            vector_combine(operation, a.baseAddress, vector_operand(a.baseAddress), vector_operand(one: b), 1, a.count)
        }
    }
}

/// `1 / (1 + e^-x)` of every element in raw memory, in place: ``sigmoid(_:)-(Tensor)`` for loops that allocate nothing.
package func applySigmoid(_ x: UnsafeMutablePointer<Float>, count: Int) { vector_apply(VECTOR_SIGMOID, x, x, count, 0, 0) }

extension vector_operand {
    /// Elements one after the other.
    init(_ base: UnsafePointer<Float>?) { self.init(base: base, row: 0, column: 1) }
    init(_ base: UnsafeMutablePointer<Float>?) { self.init(UnsafePointer(base)) }
    /// One number that repeats.
    init(one: UnsafePointer<Float>) { self.init(base: one, row: 0, column: 0) }
}

extension Broadcasting {
    /// Combines everything: the two innermost groups of axes at once.
    func combine(
        _ operation: vector_operation, _ result: UnsafeMutablePointer<Float>?, _ a: UnsafePointer<Float>?, _ b: UnsafePointer<Float>?
    ) {
        guard let result, let a, let b else { return }
        let inner = groups[groups.count - 1], rows = groups.count > 1 ? groups[groups.count - 2] : Group(length: 1, strideA: 0, strideB: 0)
        forEachBlock(of: rows.length * inner.length, leaving: 2) { block, i, j in
            vector_combine(
                operation, result + block, vector_operand(base: a + i, row: rows.strideA, column: inner.strideA),
                vector_operand(base: b + j, row: rows.strideB, column: inner.strideB), rows.length, inner.length)
        }
    }
}
