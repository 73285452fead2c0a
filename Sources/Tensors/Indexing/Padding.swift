/// What lies beyond the border of a tensor that is padded.
public enum PaddingMode: Hashable, Sendable {
    /// One value.
    case constant(Float)
    /// The element at the border, repeated: NumPy's `edge`, PyTorch's `replicate`.
    case edge
    /// The tensor mirrored at its border elements, which are not repeated, as often as it takes: `d c b | a b c d | c b a`.
    case reflect

    /// The places on an axis of the given length that a padded one shows; nothing for a constant border.
    func places(length: Int, before: Int, after: Int) -> [Int]? {
        let all = -before..<length + after
        switch self {
        case .constant: return nil
        case .edge: return all.map { Swift.max(0, Swift.min($0, length - 1)) }
        case .reflect:
            let period = Swift.max(1, 2 * (length - 1))
            return all.map { place in
                let turned = (place % period + period) % period
                return Swift.min(turned, period - turned, length - 1)
            }
        }
    }
}

extension Tensor {
    /// The tensor surrounded by what `mode` says: `widths[axis]` elements before and after it on each axis.
    ///
    ///     image.padded([(0, 0), (8, 8), (8, 8), (0, 0)], mode: .reflect)      // eight pixels around every picture
    public func padded(_ widths: [(before: Int, after: Int)], mode: PaddingMode) -> Tensor {
        if case .constant(let value) = mode { return padded(widths, with: value) }
        requirePadding(widths, mode)
        return shape.indices.reduce(self) { result, axis in
            guard widths[axis] != (0, 0),
                let places = mode.places(length: shape[axis], before: widths[axis].before, after: widths[axis].after)
            else { return result }
            return result.gathered(places, along: axis)
        }
    }

    /// The tensor surrounded by `value`: `widths[axis]` elements before and after it on each axis.
    public func padded(_ widths: [(before: Int, after: Int)], with value: Float = 0) -> Tensor {
        requirePadding(widths, .constant(value))
        var result = Tensor(repeating: value, shape: shape.indices.map { shape[$0] + widths[$0].before + widths[$0].after })
        StridedLayout(inside: widths, of: result.shape).assign(self, in: &result)
        return result
    }

    /// Ends the cell when a padding does not fit.
    func requirePadding(_ widths: [(before: Int, after: Int)], _ mode: PaddingMode) {
        require(
            widths.count == rank && widths.allSatisfy { $0.before >= 0 && $0.after >= 0 },
            "padding of a tensor of shape \(shape) by \(widths): one pair per axis, none negative")
        if case .constant = mode { return }
        require(
            shape.indices.allSatisfy { shape[$0] > 0 || widths[$0] == (0, 0) },
            "padding of a tensor of shape \(shape) by \(widths): an axis of length 0 has no border to repeat")
    }
}

extension Variable {
    /// The tensor surrounded by `value`.
    public func padded(_ widths: [(before: Int, after: Int)], with value: Float = 0) -> Variable {
        let result = self.value.padded(widths, with: value)
        return Variable(result, from: (self, { StridedLayout(inside: widths, of: $0.shape).gather($0) }))
    }

    /// The tensor surrounded by what `mode` says; what lies at the border gets the gradients of all its images.
    public func padded(_ widths: [(before: Int, after: Int)], mode: PaddingMode) -> Variable {
        if case .constant(let value) = mode { return padded(widths, with: value) }
        value.requirePadding(widths, mode)
        return shape.indices.reduce(self) { result, axis in
            guard widths[axis] != (0, 0),
                let places = mode.places(length: shape[axis], before: widths[axis].before, after: widths[axis].after)
            else { return result }
            return result.gathered(places, along: axis)
        }
    }
}

extension StridedLayout {
    /// What is left of a tensor of shape `padded` when the padding is taken away.
    init(inside widths: [(before: Int, after: Int)], of padded: [Int]) {
        self.init(padded)
        for axis in padded.indices {
            offset += widths[axis].before * strides[axis]
            shape[axis] -= widths[axis].before + widths[axis].after
        }
    }
}
