/// The shapes that operations give, without computing them. They throw where the operation itself would end the cell: a program that
/// takes shapes from elsewhere asks here first, and one that writes its own says nothing.
///
///     let shape = try Tensor.broadcastShape(image.shape, mask.shape)      // else: image * mask has no meaning
///     let logits = try Tensor.matmulShape(features.shape, weights.shape)
extension Tensor {
    /// The shape of arithmetic and comparisons between tensors of these shapes, as in NumPy: aligned at their last axes, an axis of length
    /// 1, or a missing one, repeats.
    /// - Throws: ``ShapeError/broadcast(operation:_:_:)``
    public static func broadcastShape(_ first: [Int], _ others: [Int]..., operation: String = "broadcasting") throws(ShapeError) -> [Int] {
        var result = first
        for other in others {
            guard let common = Broadcasting.shape(result, other) else {
                throw .broadcast(operation: operation, result, other)
            }
            result = common
        }
        return result
    }

    /// The shape of ``matmul(_:)``: `[..., m, k]` and `[..., k, n]` give `[..., m, n]`.
    /// - Throws: ``ShapeError/matmul(_:_:)``
    public static func matmulShape(_ a: [Int], _ b: [Int]) throws(ShapeError) -> [Int] {
        guard a.count >= 2, b.count >= 2, a[a.count - 1] == b[b.count - 2],
            let leading = Broadcasting.shape(a.dropLast(2), b.dropLast(2))
        else { throw .matmul(a, b) }
        return leading + [a[a.count - 2], b[b.count - 1]]
    }

    /// The shape of ``concatenated(_:along:)``; that of no tensors is that of an empty one.
    /// - Throws: ``ShapeError/concatenation(_:_:axis:)``, ``ShapeError/axis(_:of:operation:)``
    public static func concatenatedShape(_ shapes: [[Int]], along axis: Int = 0) throws(ShapeError) -> [Int] {
        guard var result = shapes.first else { return [0] }
        let place = axis < 0 ? axis + result.count : axis
        guard result.indices.contains(place) else { throw .axis(axis, of: result, operation: "concatenation") }
        for shape in shapes.dropFirst() {
            guard shape.count == result.count, shape.indices.allSatisfy({ $0 == place || shape[$0] == result[$0] }) else {
                throw .concatenation(shapes[0], shape, axis: axis)
            }
            result[place] += shape[place]
        }
        return result
    }

    /// The shape of ``reshaped(_:)``, with the axis that was -1 inferred.
    /// - Throws: ``ShapeError/reshape(_:to:)``
    public static func reshapedShape(_ shape: [Int], to wanted: [Int]) throws(ShapeError) -> [Int] {
        let count = shape.reduce(1, *)
        var result = wanted
        if let unknown = wanted.firstIndex(of: -1) {
            result[unknown] = 1
            let known = elementCount(of: result) ?? 0
            result[unknown] = known == 0 ? 0 : count / known
        }
        guard elementCount(of: result) == count else { throw .reshape(shape, to: wanted) }
        return result
    }

    /// The number of elements of a shape; nothing when a length is negative or the product overflows.
    static func elementCount(of shape: [Int]) -> Int? {
        guard shape.allSatisfy({ $0 >= 0 }) else { return nil }
        // Zeros first: a shape with a length of 0 has no elements, however large the others are.
        guard !shape.contains(0) else { return 0 }
        var count = 1
        for length in shape {
            let (product, overflows) = count.multipliedReportingOverflow(by: length)
            if overflows { return nil }
            count = product
        }
        return count
    }

    /// The number of elements of a shape; an impossible one ends the cell.
    static func requiredCount(of shape: [Int]) -> Int {
        guard let count = elementCount(of: shape) else { fatalError(ShapeError.impossible(shape).description) }
        return count
    }
}

/// What `shape` gives; a shape that does not fit ends the cell with its description.
func required(_ shape: () throws(ShapeError) -> [Int]) -> [Int] {
    do { return try shape() } catch { fatalError(error.description) }
}
