// The same elements in another order, parts of them, and linear maps: the rule of each is its adjoint.

extension Variable {
    /// The same elements under another shape; one axis may be -1.
    public func reshaped(_ newShape: [Int]) -> Variable {
        let shape = shape
        return Variable(value.reshaped(newShape), from: (self, { $0.reshaped(shape) }))
    }
    /// The tensor with a new axis of length 1 before the given one; -1 puts it last.
    public func expanded(at axis: Int) -> Variable { reshaped(value.expanded(at: axis).shape) }
    /// The tensor without its axes of length 1, or without the one named.
    public func squeezed(_ axis: Int? = nil) -> Variable { reshaped(value.squeezed(axis).shape) }
    /// The axes in another order.
    public func permuted(_ order: Int...) -> Variable {
        let places = order.map { $0 < 0 ? $0 + rank : $0 }
        let inverse = places.indices.map { axis in places.firstIndex(of: axis) ?? axis }
        return Variable(value.permuted(order), from: (self, { $0.permuted(inverse) }))
    }
    /// The last two axes exchanged.
    public var transposed: Variable { Variable(value.transposed, from: (self, { $0.transposed })) }
    /// The tensor repeated to a shape to which it broadcasts.
    public func broadcast(to newShape: [Int]) -> Variable { Variable(value.broadcast(to: newShape), from: (self, { $0 })) }
    /// The order of the elements reversed along the given axes.
    public func flipped(_ axes: Int...) -> Variable { Variable(value.flipped(axes), from: (self, { $0.flipped(axes) })) }

    /// A part, as for tensors: `x[0..., 2..<5]`.
    public subscript(_ ranges: any TensorRange...) -> Variable {
        let selections = ranges.map(\.axisSelection), shape = shape
        return Variable(value.selecting(selections), from: (self, {
            var whole = Tensor(zeros: shape)
            StridedLayout(selecting: selections, from: shape).assign($0, in: &whole)
            return whole
        }))
    }

    /// The slices at `indices` along an axis.
    public func gathered(_ indices: [Int], along axis: Int = 0) -> Variable {
        let place = value.axis(axis, "gathering"), length = shape[place]
        return Variable(
            value.gathered(indices, along: axis), from: (self, { $0.scattered(indices, along: place, length: length) }))
    }

    /// Variables one after the other along an axis.
    public static func concatenated(_ parts: [Variable], along axis: Int = 0) -> Variable {
        let joined = Tensor.concatenated(parts.map(\.value), along: axis), shapes = parts.map(\.shape)
        let place = joined.axis(axis, "concatenation")
        return primitive("concatenated", of: parts, value: joined) { gradient in
            var start = 0
            return shapes.map { shape in
                defer { start += shape[place] }
                var layout = StridedLayout(gradient.shape)
                (layout.offset, layout.shape) = (start * layout.strides[place], shape)
                return layout.gather(gradient)
            }
        }
    }

    /// The discrete Fourier transform of real planes, as ``Tensor/rfft2()``.
    public func rfft2() -> Variable {
        let width = shape[rank - 1]
        return Variable(value.rfft2(), from: (self, { $0.rfft2Adjoint(width: width) }))
    }
    /// The real planes of a spectrum, as ``Tensor/irfft2(width:)``.
    public func irfft2(width: Int) -> Variable { Variable(value.irfft2(width: width), from: (self, { $0.irfft2Adjoint() })) }

    /// Pictures at another size, as ``Tensor/resized(height:width:by:)``.
    public func resized(height: Int, width: Int, by rule: ResizeRule) -> Variable {
        let (oldHeight, oldWidth) = rank >= 3 ? (shape[rank - 3], shape[rank - 2]) : (0, 0)
        return Variable(
            value.resized(height: height, width: width, by: rule),
            from: (self, { $0.resizedAdjoint(height: oldHeight, width: oldWidth, by: rule) }))
    }
}
