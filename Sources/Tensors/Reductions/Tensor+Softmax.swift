extension Tensor {
    /// `log(sum(exp(x)))` along an axis, without overflow.
    public func logSumExp(along axis: Int = -1, keepingDimensions: Bool = false) -> Tensor {
        // An infinite maximum would turn into NaN when subtracted from itself.
        let largest = max(along: axis, keepingDimensions: true)
        let shift = largest.replacing(with: 0, where: 1 - largest.isFinite)
        let result = log(exp(self - shift).sum(along: axis, keepingDimensions: true)) + shift
        return keepingDimensions ? result : result.squeezed(axis)
    }

    /// `exp(x) / sum(exp(x))` along an axis: positive numbers that sum to 1.
    public func softmax(along axis: Int = -1) -> Tensor {
        let raised = exp(self - max(along: axis, keepingDimensions: true))
        return raised / raised.sum(along: axis, keepingDimensions: true)
    }

    /// The logarithm of ``softmax(along:)``, without losing small ones.
    public func logSoftmax(along axis: Int = -1) -> Tensor {
        let shifted = self - max(along: axis, keepingDimensions: true)
        return shifted - log(exp(shifted).sum(along: axis, keepingDimensions: true))
    }
}
