extension Tensor {
    /// A tensor of numbers in a file: a view of its bytes where they are aligned little-endian 32-bit floats, else a converted copy.
    ///
    /// - Parameters:
    ///   - shape: row-major, as everywhere.
    ///   - file: is kept as long as a view of it.
    ///   - position: the byte at which the numbers begin.
    ///   - type: how the numbers are stored.
    /// - Precondition: the numbers lie in the file.
    public init(
        shape: [Int], in file: FileBytes, at position: Int, type: NumberType = .float32, isBigEndian: Bool = false
    ) {
        let count = Tensor.count(of: shape)
        require(
            count.map { position >= 0 && position <= file.count && $0 <= (file.count - position) / type.size } ?? false,
            "a tensor of shape \(shape) at byte \(position) of a file of \(file.count)")
        if type == .float32, !isBigEndian, Int(littleEndian: 1) == 1, position % 4 == 0, count != 0 {
            self.init(shape: shape, viewing: file, start: position / 4)
        } else {
            self.init(shape: shape) { scalars in
                file.withUnsafeBytes {
                    type.convert(UnsafeRawBufferPointer(rebasing: $0[position...]), isBigEndian: isBigEndian, to: scalars)
                }
            }
        }
    }

    /// The number of elements of a shape that a file declares; nothing when a length is negative, or when the lengths other than 0 have
    /// a product that no memory could hold. (A length of 0 does not make the others harmless: strides are products of some of them.)
    package static func count(of shape: [Int]) -> Int? {
        var (extent, isEmpty) = (1, false)
        for length in shape {
            guard length >= 0 else { return nil }
            if length == 0 {
                isEmpty = true
                continue
            }
            let (product, overflow) = extent.multipliedReportingOverflow(by: length)
            guard !overflow, product < 1 << 48 else { return nil }
            extent = product
        }
        return isEmpty ? 0 : extent
    }

    /// The elements at `sum(index[axis] * strides[axis])` of this tensor's scalars: any slice, transpose or repetition.
    /// - Precondition: all of them lie in the tensor.
    package func strided(shape: [Int], strides: [Int]) -> Tensor {
        var layout = StridedLayout(shape)
        layout.strides = strides
        return layout.gather(self)
    }
}
