/// How two tensors of different shapes meet: NumPy's rules. Shapes are aligned at their last axes; an axis of length 1, or a missing
/// one, repeats.
///
///     [8, 1, 6, 1] and [7, 1, 5]  ->  [8, 7, 6, 5]
struct Broadcasting {
    /// One run of axes that both tensors walk in step, and how far each moves per step (0 where it repeats).
    struct Group { var length, strideA, strideB: Int }

    /// The shape of the result.
    let shape: [Int]
    /// The axes, outermost first, with neighbours merged: at least one.
    let groups: [Group]

    /// The common shape; nothing when an axis has two lengths of which neither is 1.
    static func shape(_ a: [Int], _ b: [Int]) -> [Int]? {
        let rank = Swift.max(a.count, b.count)
        var result = [Int](repeating: 1, count: rank)
        for axis in 0..<rank {
            let (i, j) = (axis - rank + a.count, axis - rank + b.count)
            let (x, y) = (i < 0 ? 1 : a[i], j < 0 ? 1 : b[j])
            guard x == y || x == 1 || y == 1 else { return nil }
            result[axis] = x == 1 ? y : x
        }
        return result
    }

    init(_ a: [Int], _ b: [Int], operation: String) {
        guard let shape = Self.shape(a, b) else {
            fatalError("\(operation) of shapes \(a) and \(b): lengths must be equal, or one of them 1, on every axis counted from the last")
        }
        self.shape = shape
        // From the innermost axis outwards; an axis joins the group inside it when both tensors go on where that group ends.
        var groups: [Group] = []
        var (sizeA, sizeB) = (1, 1)
        for axis in shape.indices.reversed() where shape[axis] != 1 {
            let (i, j) = (axis - shape.count + a.count, axis - shape.count + b.count)
            let (repeatsA, repeatsB) = (i < 0 || a[i] == 1, j < 0 || b[j] == 1)
            let group = Group(length: shape[axis], strideA: repeatsA ? 0 : sizeA, strideB: repeatsB ? 0 : sizeB)
            if !repeatsA { sizeA *= shape[axis] }
            if !repeatsB { sizeB *= shape[axis] }
            if let inner = groups.last, group.strideA == inner.strideA * inner.length, group.strideB == inner.strideB * inner.length {
                groups[groups.count - 1].length *= group.length
            } else {
                groups.append(group)
            }
        }
        if groups.isEmpty { groups = [Group(length: 1, strideA: 1, strideB: 1)] }
        self.groups = groups.reversed()
    }

    /// Calls `body` for every innermost run with where it begins in the result and in both tensors.
    @inline(__always)
    func forEachRow(_ body: (_ result: Int, _ a: Int, _ b: Int) -> Void) {
        guard !shape.contains(0) else { return }
        let outer = groups.dropLast(), length = groups[groups.count - 1].length
        var index = [Int](repeating: 0, count: outer.count)
        var (result, a, b) = (0, 0, 0)
        while true {
            body(result, a, b)
            result += length
            var axis = outer.count - 1
            while axis >= 0 {
                index[axis] += 1
                (a, b) = (a + outer[axis].strideA, b + outer[axis].strideB)
                if index[axis] < outer[axis].length { break }
                index[axis] = 0
                (a, b) = (a - outer[axis].strideA * outer[axis].length, b - outer[axis].strideB * outer[axis].length)
                axis -= 1
            }
            if axis < 0 { return }
        }
    }
}

/// `combine` of every pair of elements under broadcasting.
///
/// Always inlined, and so is the closure that a caller writes down: each operation becomes three plain loops that the compiler
/// vectorizes.
@inline(__always)
func broadcast(_ a: Tensor, _ b: Tensor, _ operation: String, _ combine: (Float, Float) -> Float) -> Tensor {
    let plan = Broadcasting(a.shape, b.shape, operation: operation)
    let inner = plan.groups[plan.groups.count - 1]
    return Tensor(shape: plan.shape) { result in
        a.withUnsafeScalars { a in
            b.withUnsafeScalars { b in
                guard let result = result.baseAddress, let a = a.baseAddress, let b = b.baseAddress else { return }
                plan.forEachRow { row, i, j in
                    // Pointers to the rows: checked additions inside the loops would keep them from being vectorized.
                    let (result, a, b) = (result + row, a + i, b + j)
                    switch (inner.strideA, inner.strideB) {
                    case (0, _): let x = a[0]; for k in 0..<inner.length { result[k] = combine(x, b[k]) }
                    case (_, 0): let y = b[0]; for k in 0..<inner.length { result[k] = combine(a[k], y) }
                    default: for k in 0..<inner.length { result[k] = combine(a[k], b[k]) }
                    }
                }
            }
        }
    }
}

/// `transform` of every element; always inlined, like ``broadcast(_:_:_:_:)``.
@inline(__always)
func elementwise(_ a: Tensor, _ transform: (Float) -> Float) -> Tensor {
    Tensor(shape: a.shape) { result in
        a.withUnsafeScalars { a in for i in 0..<result.count { result[i] = transform(a[i]) } }
    }
}

/// `a = combine(a, b)`, in place when the shapes are equal.
@inline(__always)
func update(_ a: inout Tensor, _ b: Tensor, _ operation: String, _ combine: (Float, Float) -> Float) {
    guard a.shape == b.shape else {
        a = broadcast(a, b, operation, combine)
        return
    }
    a.withUnsafeMutableScalars { a in
        b.withUnsafeScalars { b in for i in 0..<a.count { a[i] = combine(a[i], b[i]) } }
    }
}

/// `a = transform(a)`, in place.
@inline(__always)
func update(_ a: inout Tensor, _ transform: (Float) -> Float) {
    a.withUnsafeMutableScalars { a in for i in 0..<a.count { a[i] = transform(a[i]) } }
}

extension Tensor {
    /// The tensor repeated along missing axes and axes of length 1 until it has the given shape (NumPy's `broadcast_to`).
    public func broadcast(to newShape: [Int]) -> Tensor {
        require(Broadcasting.shape(shape, newShape) == newShape, "a tensor of shape \(shape) cannot be repeated to \(newShape)")
        return shape == newShape ? self : StridedLayout(repeating: shape, to: newShape).gather(self)
    }

    /// The adjoint of ``broadcast(to:)``: the sums over everything that was repeated.
    func summed(to oldShape: [Int]) -> Tensor {
        guard shape != oldShape else { return self }
        let added = rank - oldShape.count
        let repeated = shape.indices.filter { $0 < added || (oldShape[$0 - added] == 1 && shape[$0] != 1) }
        return sum(along: repeated, keepingDimensions: true).reshaped(oldShape)
    }
}
