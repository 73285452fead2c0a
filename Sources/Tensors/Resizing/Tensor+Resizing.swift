extension Tensor {
    /// Pictures at another size, by the rule of a named program.
    ///
    /// The tensor is `[height, width, channel]` or `[batch, height, width, channel]`; columns are made first, then rows.
    public func resized(height: Int, width: Int, by rule: ResizeRule) -> Tensor {
        let axis = rowAxis("resized(height: \(height), width: \(width))", height, width)
        let columns = ResizeTaps(rule, from: shape[axis + 1], to: width), rows = ResizeTaps(rule, from: shape[axis], to: height)
        return rows.apply(columns.apply(self, along: axis + 1), along: axis)
    }

    /// The adjoint of ``resized(height:width:by:)``: from the gradient for the new pictures to that for the old ones.
    /// - Parameters:
    ///   - height: the height before resizing.
    ///   - width: the width before resizing.
    ///   - rule: the rule by which the pictures were resized.
    public func resizedAdjoint(height: Int, width: Int, by rule: ResizeRule) -> Tensor {
        let axis = rowAxis("resizedAdjoint(height: \(height), width: \(width))", height, width)
        let columns = ResizeTaps(rule, from: width, to: shape[axis + 1]), rows = ResizeTaps(rule, from: height, to: shape[axis])
        return columns.adjoint(rows.adjoint(self, along: axis, given: height), along: axis + 1, given: width)
    }

    private func rowAxis(_ operation: String, _ height: Int, _ width: Int) -> Int {
        require(
            rank == 3 || rank == 4, "\(operation) of shape \(shape): needed is [height, width, channel] or [batch, height, width, channel]")
        require(
            height > 0 && width > 0 && shape[rank - 3] > 0 && shape[rank - 2] > 0, "\(operation) of shape \(shape): no side can be 0")
        return rank - 3
    }
}
