import Foundation

extension Tensor: CustomStringConvertible {
    /// The shape, the statistics when there is more to see than is shown, and the elements: all of a small tensor, the corners of a large
    /// one.
    ///
    ///     Tensor [2, 3]
    ///     [[1, 2, 3],
    ///      [4, 5, 6]]
    public var description: String {
        if rank == 0 { return "Tensor \(Self.text(scalars[0]))" }
        guard count > 0 else { return "Tensor \(shape), empty" }
        let isWhole = count <= 100
        let head = isWhole ? "Tensor \(shape)" : "Tensor \(shape): \(statistics)"
        // Of the axes before the last two, the first and the last slice stand for the others.
        let shown = shape.indices.map { axis -> [Int?] in
            let edge = axis < rank - 2 ? 1 : 3
            guard !isWhole, shape[axis] > 2 * edge else { return Array(0..<shape[axis]) }
            return Array(0..<edge) + [nil] + Array(shape[axis] - edge..<shape[axis])
        }
        let elements = withUnsafeScalars { Self.texts($0, shown, StridedLayout(shape).strides) }
        let width = elements.map(\.count).max() ?? 0
        var next = elements.map { String(repeating: " ", count: width - $0.count) + $0 }.makeIterator()
        return head + "\n" + Self.rows(shown[...], depth: 1, &next)
    }

    /// Extremes, mean and standard deviation of the finite elements, and how many are not finite.
    public var statistics: String {
        let finite = allFinite ? self : Tensor(scalars.filter(\.isFinite))
        let bad = count == finite.count ? "" : ", \(count - finite.count) of \(count) not finite"
        guard finite.count > 0 else { return "no finite elements" + bad }
        return "min \(Self.text(finite.min())), mean \(Self.text(finite.mean())), max \(Self.text(finite.max()))"
            + ", deviation \(Self.text(finite.standardDeviation()))" + bad
    }

    /// A number in at most four digits.
    private static func text(_ value: Float) -> String {
        value.isNaN ? "nan" : value.isInfinite ? (value < 0 ? "-inf" : "inf") : String(format: "%.4g", value)
    }

    /// The elements that are shown, in order.
    private static func texts(_ scalars: UnsafeBufferPointer<Float>, _ shown: [[Int?]], _ strides: [Int]) -> [String] {
        var offsets = [0]
        for (places, stride) in zip(shown, strides) {
            offsets = offsets.flatMap { start in places.compactMap { $0.map { start + $0 * stride } } }
        }
        return offsets.map { text(scalars[$0]) }
    }

    private static func rows(_ shown: ArraySlice<[Int?]>, depth: Int, _ next: inout IndexingIterator<[String]>) -> String {
        guard let places = shown.first else { return next.next() ?? "" }
        let isLast = shown.count == 1
        let parts = places.map { $0 == nil ? "..." : rows(shown.dropFirst(), depth: depth + 1, &next) }
        return "[" + parts.joined(separator: isLast ? ", " : "," + "\n" + String(repeating: " ", count: depth)) + "]"
    }
}
