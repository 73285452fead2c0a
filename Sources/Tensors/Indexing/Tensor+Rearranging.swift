/// The same elements in another order or under another shape.
extension Tensor {
    /// The place of an axis that may count from the end: -1 is the last.
    func axis(_ axis: Int, _ operation: String) -> Int {
        let place = axis < 0 ? axis + rank : axis
        require(place >= 0 && place < rank, ShapeError.axis(axis, of: shape, operation: operation).description)
        return place
    }

    /// The axes in another order: axis `i` of the result is axis `order[i]` of the tensor (NumPy's `transpose`).
    public func permuted(_ order: [Int]) -> Tensor {
        let places = order.map { axis($0, "permuted(\(order))") }
        require(places.sorted() == Array(shape.indices), "permuted(\(order)) of shape \(shape): every axis must be named once")
        if places == Array(shape.indices) { return self }
        var layout = StridedLayout(shape)
        (layout.shape, layout.strides) = (places.map { shape[$0] }, places.map { [strides = layout.strides] in strides[$0] })
        return layout.gather(self)
    }

    /// The axes in another order; see ``permuted(_:)-([Int])``.
    public func permuted(_ order: Int...) -> Tensor { permuted(order) }

    /// The last two axes exchanged: the transpose of a matrix, or of every matrix in a batch.
    public var transposed: Tensor {
        require(rank >= 2, "the transpose of a tensor of shape \(shape)")
        return permuted(Array(0..<rank - 2) + [rank - 1, rank - 2])
    }

    /// The tensor without its axes of length 1, or without the one named.
    public func squeezed(_ axis: Int? = nil) -> Tensor {
        guard let axis else { return reshaped(shape.filter { $0 != 1 }) }
        let place = self.axis(axis, "squeezed")
        require(shape[place] == 1, "squeezed(\(axis)) of shape \(shape): the axis has length \(shape[place]), not 1")
        return reshaped(Array(shape[..<place] + shape[(place + 1)...]))
    }

    /// The tensor with a new axis of length 1 before the given one; -1 puts it last.
    public func expanded(at axis: Int) -> Tensor {
        let place = axis < 0 ? axis + rank + 1 : axis
        require(place >= 0 && place <= rank, "expanded(at: \(axis)) of a tensor of shape \(shape)")
        return reshaped(Array(shape[..<place] + [1] + shape[place...]))
    }

    /// The order of the elements reversed along each of the given axes.
    public func flipped(_ axes: Int...) -> Tensor { flipped(axes) }

    /// The order of the elements reversed along each of the given axes.
    public func flipped(_ axes: [Int]) -> Tensor {
        var layout = StridedLayout(shape)
        for axis in Set(axes.map { axis($0, "flipped") }) {
            layout.offset += layout.strides[axis] * (shape[axis] - 1)
            layout.strides[axis] *= -1
        }
        return layout.gather(self)
    }

    /// Tensors one after the other along an axis; they agree on all others.
    public static func concatenated(_ tensors: [Tensor], along axis: Int = 0) -> Tensor {
        require(!tensors.isEmpty, "concatenation of no tensors")
        let place = tensors[0].axis(axis, "concatenation")
        let shape = required { () throws(ShapeError) in try Tensor.concatenatedShape(tensors.map(\.shape), along: axis) }
        // Each part is a run of `inner` elements in each of `outer` rows.
        let outer = shape[..<place].reduce(1, *), row = shape[place...].reduce(1, *)
        return Tensor(shape: shape) { result in
            var column = 0
            for tensor in tensors {
                let inner = outer == 0 ? 0 : tensor.count / outer
                tensor.withUnsafeScalars { part in
                    guard inner > 0, let part = part.baseAddress, let result = result.baseAddress else { return }
                    for i in 0..<outer { (result + i * row + column).initialize(from: part + i * inner, count: inner) }
                }
                column += inner
            }
        }
    }

    /// The slices at `indices` along an axis, in that order; an index may come more than once (NumPy's `take`).
    public func gathered(_ indices: [Int], along axis: Int = 0) -> Tensor {
        let place = self.axis(axis, "gathering")
        let (outer, length) = (shape[..<place].reduce(1, *), shape[place]), inner = shape[(place + 1)...].reduce(1, *)
        for index in indices {
            require(index >= 0 && index < length, "gathering index \(index) is out of range on axis \(place) of shape \(shape)")
        }
        return Tensor(shape: shape[..<place] + [indices.count] + shape[(place + 1)...]) { result in
            withUnsafeScalars { source in
                guard inner > 0, let source = source.baseAddress, let result = result.baseAddress else { return }
                for i in 0..<outer {
                    for (j, index) in indices.enumerated() {
                        (result + (i * indices.count + j) * inner).initialize(from: source + (i * length + index) * inner, count: inner)
                    }
                }
            }
        }
    }

    /// The adjoint of ``gathered(_:along:)``: slices added where they came from, on an axis of `length` zeros.
    func scattered(_ indices: [Int], along place: Int, length: Int) -> Tensor {
        let outer = shape[..<place].reduce(1, *), inner = shape[(place + 1)...].reduce(1, *)
        var result = Tensor(zeros: shape[..<place] + [length] + shape[(place + 1)...])
        result.withUnsafeMutableScalars { result in
            withUnsafeScalars { source in
                for i in 0..<outer {
                    for (j, index) in indices.enumerated() {
                        let (to, from) = ((i * length + index) * inner, (i * indices.count + j) * inner)
                        for k in 0..<inner { result[to + k] += source[from + k] }
                    }
                }
            }
        }
        return result
    }
}
