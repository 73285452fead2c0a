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

    /// Shapes that do not fit end the cell; the message names `operation`.
    init(_ a: [Int], _ b: [Int], operation: String) {
        let shape = required { () throws(ShapeError) in try Tensor.broadcastShape(a, b, operation: operation) }
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

    /// Calls `body` for every block of the innermost groups, `count` elements of the result, with where it begins in the result and in both
    /// tensors.
    func forEachBlock(of count: Int, leaving groupsInside: Int, _ body: (_ result: Int, _ a: Int, _ b: Int) -> Void) {
        guard !shape.contains(0) else { return }
        let outer = groups.dropLast(groupsInside)
        var index = [Int](repeating: 0, count: outer.count)
        var (result, a, b) = (0, 0, 0)
        while true {
            body(result, a, b)
            result += count
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

    /// Calls `body` for every pair of elements with its place in the result and in both tensors.
    @inline(__always)
    func forEachPair(_ body: (_ result: Int, _ a: Int, _ b: Int) -> Void) {
        let inner = groups[groups.count - 1]
        forEachBlock(of: inner.length, leaving: 1) { block, a, b in
            for k in 0..<inner.length { body(block + k, a + k * inner.strideA, b + k * inner.strideB) }
        }
    }
}

/// `combine` of every pair of elements under broadcasting.
func broadcast(_ a: Tensor, _ b: Tensor, _ operation: String, _ combine: (Float, Float) -> Float) -> Tensor {
    let plan = Broadcasting(a.shape, b.shape, operation: operation)
    return Tensor(shape: plan.shape) { result in
        a.withUnsafeScalars { a in b.withUnsafeScalars { b in plan.forEachPair { result[$0] = combine(a[$1], b[$2]) } } }
    }
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
