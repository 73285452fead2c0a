/// An n-dimensional array of 32-bit floats with value semantics, stored row-major (last axis contiguous).
///
///     let image = Tensor(zeros: [1, 64, 64, 3])     // [batch, height, width, channel]
///     image.shape                                    // [1, 64, 64, 3]
///     (image + 0.5).mean()                           // 0.5
///
/// Images and activations are `[batch, height, width, channel]` everywhere in Hooke.
///
/// Reshaping and slicing along the first axis make views that share their scalars with the original until one of the two is written
/// to. A tensor is always one contiguous run of a shared array: loops over it stay plain, vectorized and free of strides, and value
/// semantics comes from the array. The price: other slices and transposes copy, and a small slice keeps its whole original in memory.
/// The run may also lie in a mapped file (``FileBytes``), which is read-only: the first write copies it.
public struct Tensor: Sendable {
    /// The length of every axis, outermost first.
    public private(set) var shape: [Int]
    /// The number of elements: the product of `shape`.
    public let count: Int
    /// What holds the elements in row-major order from `start` on; views share it.
    @usableFromInline private(set) var storage: Storage
    @usableFromInline private(set) var start = 0

    /// One word, so that a tensor in an array is no larger for those in files.
    @usableFromInline enum Storage: Sendable {
        case array([Float])
        /// Read-only.
        case file(FileBytes)
    }

    /// The elements in row-major order. Free, but for slices along the first axis and views of a file: these copy their part, so loop
    /// over a constant or use ``withUnsafeScalars(_:)`` there.
    public var scalars: [Float] {
        if case .array(let array) = storage, array.count == count { return array }
        return withUnsafeScalars { Array($0) }
    }

    /// Whether the elements are all of an array.
    private var isWhole: Bool { if case .array(let array) = storage { array.count == count } else { false } }

    /// Whether the elements lie in a mapped file and take no memory of their own; see ``FileBytes``.
    public var isMapped: Bool { if case .file = storage { true } else { false } }

    /// A tensor of the given shape over existing scalars.
    /// - Precondition: `scalars.count` is the product of `shape`.
    public init(shape: [Int], scalars: [Float]) {
        require(
            Tensor.requiredCount(of: shape) == scalars.count,
            "a tensor of shape \(shape) holds \(shape.reduce(1, *)) scalars, not \(scalars.count)")
        self.shape = shape
        self.count = scalars.count
        self.storage = .array(scalars)
    }

    /// A view of `shape` into the scalars of `original`, `offset` elements after its first.
    private init(shape: [Int], of original: Tensor, offset: Int = 0) {
        self.shape = shape
        self.count = shape.reduce(1, *)
        self.storage = original.storage
        self.start = original.start + offset
    }

    /// A view of the floats of `file` from the `start`-th on, which the caller has checked.
    init(shape: [Int], viewing file: FileBytes, start: Int) {
        self.shape = shape
        self.count = shape.reduce(1, *)
        self.storage = .file(file)
        self.start = start
    }

    /// A tensor filled with one value.
    public init(repeating value: Float, shape: [Int]) {
        self.init(shape: shape, scalars: [Float](repeating: value, count: Tensor.requiredCount(of: shape)))
    }

    /// A tensor of zeros.
    public init(zeros shape: [Int]) { self.init(repeating: 0, shape: shape) }

    /// A rank-0 tensor.
    public init(_ value: Float) { self.init(shape: [], scalars: [value]) }

    /// A rank-1 tensor.
    public init(_ values: [Float]) { self.init(shape: [values.count], scalars: values) }

    /// A tensor whose scalars are written by `initialize` into uninitialized memory; every element must be written.
    public init(shape: [Int], initializingWith initialize: (UnsafeMutableBufferPointer<Float>) throws -> Void) rethrows {
        let count = Tensor.requiredCount(of: shape)
        self.shape = shape
        self.count = count
        self.storage = .array(
            try [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
                try initialize(UnsafeMutableBufferPointer(rebasing: buffer[0..<count]))
                initialized = count
            })
    }

    /// The number of axes.
    public var rank: Int { shape.count }

    /// The same scalars under another shape, shared. One axis may be -1: it is inferred.
    public func reshaped(_ newShape: [Int]) -> Tensor {
        let result = required { () throws(ShapeError) in try Tensor.reshapedShape(shape, to: newShape) }
        return Tensor(shape: result, of: self)
    }

    /// The element at a full index, one number per axis. Negative numbers count from the end.
    public subscript(_ index: Int...) -> Float {
        get {
            let offset = offset(of: index)
            if case .array(let array) = storage { return array[start + offset] }
            return withUnsafeScalars { $0[offset] }
        }
        set {
            let offset = offset(of: index)
            var array = takeArray()
            array[offset] = newValue
            storage = .array(array)
        }
    }

    private func offset(of index: [Int]) -> Int {
        require(
            index.count == rank,
            "a tensor of shape \(shape) takes \(rank) indices, not \(index.count)"
                + (index.count < rank ? "; its part is t[\(index.map(String.init).joined(separator: ", ")), .ellipsis]" : ""))
        var offset = 0
        for (axis, i) in index.enumerated() {
            let position = i < 0 ? i + shape[axis] : i
            require(position >= 0 && position < shape[axis], "index \(i) is out of range on axis \(axis) of shape \(shape)")
            offset = offset * shape[axis] + position
        }
        return offset
    }

    /// The `index`-th slice along the first axis, with that axis removed; it shares its scalars.
    public func slice(_ index: Int) -> Tensor {
        require(rank > 0 && index >= 0 && index < shape[0], "slice \(index) of a tensor of shape \(shape)")
        return Tensor(shape: Array(shape.dropFirst()), of: self, offset: index * (count / shape[0]))
    }

    /// The slices in a range along the first axis; they share their scalars.
    public func slices(_ range: Range<Int>) -> Tensor {
        require(
            rank > 0 && range.lowerBound >= 0 && range.upperBound <= shape[0], "slices \(range) of a tensor of shape \(shape)")
        let size = shape[0] == 0 ? 0 : count / shape[0]
        return Tensor(shape: [range.count] + shape.dropFirst(), of: self, offset: range.lowerBound * size)
    }

    /// Tensors of one shape stacked along a new first axis.
    public static func stack(_ tensors: [Tensor]) -> Tensor {
        require(!tensors.isEmpty, "a stack of no tensors")
        for tensor in tensors {
            require(tensor.shape == tensors[0].shape, "a stack of shapes \(tensors[0].shape) and \(tensor.shape): all must be equal")
        }
        return concatenated(tensors.map { $0.expanded(at: 0) })
    }

    /// Calls `body` with the scalars, read-only.
    @inlinable
    public func withUnsafeScalars<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) rethrows -> R {
        switch storage {
        case .array(let array):
            // It is shorter only when a thread was stopped for good while it gave this tensor an array of its own.
            precondition(start + count <= array.count)
            return try array.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0[start..<start + count])) }
        case .file(let file):
            defer { extendLifetime(file) }
            return try body(UnsafeBufferPointer(start: file.base.assumingMemoryBound(to: Float.self) + start, count: count))
        }
    }

    /// Calls `body` with the scalars for writing; copies them first when they are shared.
    public mutating func withUnsafeMutableScalars<R>(_ body: (UnsafeMutableBufferPointer<Float>) throws -> R) rethrows -> R {
        var array = takeArray()
        let scalars = array.withUnsafeMutableBufferPointer { $0 }
        // Back in its place before `body` runs, where a notebook may stop the thread for good: the tensor is whole at every moment. The
        // pointer stays valid, since nothing else can reach this tensor meanwhile.
        storage = .array(array)
        return try body(scalars)
    }

    /// The elements as an array of their own, which nothing else refers to if this tensor was the only one: whoever writes into it
    /// puts it back.
    private mutating func takeArray() -> [Float] {
        if !isWhole { (storage, start) = (.array(scalars), 0) }
        var taken = Storage.array([])
        swap(&storage, &taken)
        guard case .array(let array) = consume taken else { return [] }
        return array
    }
}

extension Tensor: Equatable {
    /// Whether shapes and all elements are equal; a NaN equals nothing.
    public static func == (a: Tensor, b: Tensor) -> Bool {
        a.shape == b.shape && a.withUnsafeScalars { a in b.withUnsafeScalars { b in a.elementsEqual(b) } }
    }
}
