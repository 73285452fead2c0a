import CVector

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
        var result = self - max(along: axis, keepingDimensions: true)
        update(VECTOR_EXP, &result)
        result /= result.sum(along: axis, keepingDimensions: true)
        return result
    }

    /// The logarithm of ``softmax(along:)``, without losing small ones.
    public func logSoftmax(along axis: Int = -1) -> Tensor {
        var result = self - max(along: axis, keepingDimensions: true)
        result -= log(exp(result).sum(along: axis, keepingDimensions: true))
        return result
    }
}
