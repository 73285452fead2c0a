/// An n-dimensional array of 32-bit floats with value semantics, stored row-major (last axis contiguous).
///
///     let image = Tensor(zeros: [1, 64, 64, 3])     // [batch, height, width, channel]
///     image.shape                                    // [1, 64, 64, 3]
///     (image + 0.5).mean()                           // 0.5
///
/// Images and activations are `[batch, height, width, channel]` everywhere in Hooke.
public struct Tensor: Equatable, Sendable {
    /// The length of every axis, outermost first.
    public private(set) var shape: [Int]
    /// The elements in row-major order; its count is always the product of `shape`.
    public private(set) var scalars: [Float]

    /// A tensor of the given shape over existing scalars.
    /// - Precondition: `scalars.count` is the product of `shape`.
    public init(shape: [Int], scalars: [Float]) {
        require(
            shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == scalars.count,
            "a tensor of shape \(shape) holds \(shape.reduce(1, *)) scalars, not \(scalars.count)")
        self.shape = shape
        self.scalars = scalars
    }

    /// A tensor filled with one value.
    public init(repeating value: Float, shape: [Int]) {
        self.init(shape: shape, scalars: [Float](repeating: value, count: shape.reduce(1, *)))
    }

    /// A tensor of zeros.
    public init(zeros shape: [Int]) { self.init(repeating: 0, shape: shape) }

    /// A rank-0 tensor.
    public init(_ value: Float) { self.init(shape: [], scalars: [value]) }

    /// A rank-1 tensor.
    public init(_ values: [Float]) { self.init(shape: [values.count], scalars: values) }

    /// A tensor whose scalars are written by `initialize` into uninitialized memory; every element must be written.
    public init(shape: [Int], initializingWith initialize: (UnsafeMutableBufferPointer<Float>) throws -> Void) rethrows {
        let count = shape.reduce(1, *)
        self.shape = shape
        self.scalars = try [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            try initialize(UnsafeMutableBufferPointer(rebasing: buffer[0..<count]))
            initialized = count
        }
    }

    /// The number of axes.
    public var rank: Int { shape.count }
    /// The number of elements.
    public var count: Int { scalars.count }

    /// The same scalars under another shape. One axis may be -1: it is inferred.
    public func reshaped(_ newShape: [Int]) -> Tensor {
        var result = newShape
        if let unknown = newShape.firstIndex(of: -1) {
            let known = newShape.filter { $0 != -1 }.reduce(1, *)
            result[unknown] = known == 0 ? 0 : count / known
        }
        return Tensor(shape: result, scalars: scalars)
    }

    /// The element at a full index, one number per axis.
    public subscript(_ index: Int...) -> Float {
        get { scalars[offset(of: index)] }
        set { scalars[offset(of: index)] = newValue }
    }

    private func offset(of index: [Int]) -> Int {
        require(index.count == rank, "a tensor of shape \(shape) takes \(rank) indices, not \(index.count)")
        var offset = 0
        for (axis, i) in index.enumerated() {
            require(i >= 0 && i < shape[axis], "index \(i) is out of range on axis \(axis) of shape \(shape)")
            offset = offset * shape[axis] + i
        }
        return offset
    }

    /// The `index`-th slice along the first axis, with that axis removed.
    public func slice(_ index: Int) -> Tensor {
        require(rank > 0 && index >= 0 && index < shape[0], "slice \(index) of a tensor of shape \(shape)")
        let size = count / shape[0]
        return Tensor(shape: Array(shape.dropFirst()), scalars: Array(scalars[index * size..<(index + 1) * size]))
    }

    /// Tensors of one shape stacked along a new first axis.
    public static func stack(_ tensors: [Tensor]) -> Tensor {
        require(!tensors.isEmpty && tensors.allSatisfy { $0.shape == tensors[0].shape }, "stacking needs tensors of one shape")
        return Tensor(shape: [tensors.count] + tensors[0].shape, scalars: tensors.flatMap(\.scalars))
    }

    /// Calls `body` with the scalars, read-only.
    public func withUnsafeScalars<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) rethrows -> R {
        try scalars.withUnsafeBufferPointer(body)
    }

    /// Calls `body` with the scalars for writing; copies them first when they are shared.
    public mutating func withUnsafeMutableScalars<R>(_ body: (UnsafeMutableBufferPointer<Float>) throws -> R) rethrows -> R {
        try scalars.withUnsafeMutableBufferPointer { try body($0) }
    }
}
