/// Where the elements of a rearranged tensor lie among the scalars of the original: `offset + sum(index[axis] * strides[axis])`.
///
/// Slices, transposes, flips (negative strides) and repeats (stride 0) are all of this one form: `gather` copies them out, `assign`
/// writes them back, and `add` is the adjoint of `gather`.
struct StridedLayout {
    var offset = 0
    var shape: [Int]
    var strides: [Int]

    /// The layout of a contiguous tensor.
    init(_ shape: [Int]) {
        self.shape = shape
        strides = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    }

    /// A tensor of `shape` repeated to `newShape`, to which it broadcasts.
    init(repeating shape: [Int], to newShape: [Int]) {
        let own = StridedLayout(shape)
        self.shape = newShape
        strides = [Int](repeating: 0, count: newShape.count)
        for axis in shape.indices where shape[axis] != 1 { strides[newShape.count - shape.count + axis] = own.strides[axis] }
    }

    /// The elements of `source` in this layout.
    func gather(_ source: Tensor) -> Tensor {
        Tensor(shape: shape) { result in
            source.withUnsafeScalars { source in walk { result[$1] = source[$0] } }
        }
    }

    /// Writes `values`, of this layout's shape, to their places in `target`.
    func assign(_ values: Tensor, in target: inout Tensor) {
        target.withUnsafeMutableScalars { target in
            values.withUnsafeScalars { values in walk { target[$0] = values[$1] } }
        }
    }

    /// Adds `values`, of this layout's shape, at their places in `target`.
    func add(_ values: Tensor, to target: inout Tensor) {
        target.withUnsafeMutableScalars { target in
            values.withUnsafeScalars { values in walk { target[$0] += values[$1] } }
        }
    }

    /// The layout with neighbouring axes merged where one goes on where the other ends, padded to at least two axes.
    private var merged: (shape: [Int], strides: [Int]) {
        var (lengths, steps): ([Int], [Int]) = ([], [])
        for axis in shape.indices where shape[axis] != 1 {
            if let last = steps.last, last == strides[axis] * shape[axis] {
                (lengths[lengths.count - 1], steps[steps.count - 1]) = (lengths[lengths.count - 1] * shape[axis], strides[axis])
            } else {
                lengths.append(shape[axis])
                steps.append(strides[axis])
            }
        }
        while lengths.count < 2 {
            lengths.insert(1, at: 0)
            steps.insert(0, at: 0)
        }
        return (lengths, steps)
    }

    /// Calls `visit` with every element's place among the strided scalars and in row-major order.
    @inline(__always)
    private func walk(_ visit: (_ strided: Int, _ dense: Int) -> Void) {
        guard !shape.contains(0) else { return }
        let (lengths, steps) = merged
        let (rows, columns) = (lengths[lengths.count - 2], lengths[lengths.count - 1])
        let (rowStep, columnStep) = (steps[steps.count - 2], steps[steps.count - 1])
        // A transposed plane is walked in tiles, so that both sides stay in the cache.
        let isTransposed = columnStep != 1 && columnStep != 0
        let (tileRows, tileColumns) = isTransposed ? (32, 32) : (rows, columns)
        var index = [Int](repeating: 0, count: lengths.count - 2)
        var (strided, dense) = (offset, 0)
        while true {
            for firstRow in stride(from: 0, to: rows, by: tileRows) {
                for firstColumn in stride(from: 0, to: columns, by: tileColumns) {
                    for row in firstRow..<Swift.min(rows, firstRow + tileRows) {
                        let (from, to) = (strided + row * rowStep, dense + row * columns)
                        // Additions without overflow checks, which would keep these loops from being vectorized.
                        let end = Swift.min(columns, firstColumn + tileColumns)
                        if columnStep == 1 {
                            for column in firstColumn..<end { visit(from &+ column, to &+ column) }
                        } else {
                            for column in firstColumn..<end { visit(from &+ column &* columnStep, to &+ column) }
                        }
                    }
                }
            }
            dense += rows * columns
            var axis = index.count - 1
            while axis >= 0 {
                index[axis] += 1
                strided += steps[axis]
                if index[axis] < lengths[axis] { break }
                index[axis] = 0
                strided -= steps[axis] * lengths[axis]
                axis -= 1
            }
            if axis < 0 { return }
        }
    }
}
