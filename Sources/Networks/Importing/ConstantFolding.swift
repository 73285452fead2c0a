import Tensors
import WeightFiles

/// Arithmetic on constants of a file: shapes that are computed, and normalizations that were not worked out. Only small constants take
/// part; weights can be transposed and reshaped.
enum ConstantFolding {
    typealias Rule = (Operator) throws -> ImportedConstant

    private static func small(_ op: Operator, _ index: Int) throws -> ImportedConstant {
        let constant = try op.constant(index)
        guard constant.isSmall else { throw op.failure("computes with a constant of the shape \(constant.shape), which is too large for that") }
        return constant
    }

    static func same(_ op: Operator) throws -> ImportedConstant { try op.constant(0) }

    static func unary(_ body: @escaping (Float) -> Float) -> Rule {
        { op in
            let tensor = try small(op, 0).floats(in: op.source)
            return ImportedConstant(Tensor(shape: tensor.shape, scalars: tensor.scalars.map(body)))
        }
    }

    /// - Parameter integers: nil when the result cannot be represented.
    static func binary(_ floats: @escaping (Float, Float) -> Float, _ integers: @escaping (Int, Int) -> Int?) -> Rule {
        { op in
            let (a, b) = (try small(op, 0), try small(op, 1))
            guard a.isInteger, b.isInteger else {
                let (x, y) = (try a.floats(in: op.source), try b.floats(in: op.source))
                return ImportedConstant(Tensor(shape: try shape(a, b, op), scalars: try combined(x.scalars, a, y.scalars, b, op, floats)))
            }
            let result = try combined(a.integers(in: op.source), a, b.integers(in: op.source), b, op) { x, y in
                guard let result = integers(x, y) else { throw op.failure("computes \(x) and \(y), which has no result") }
                return result
            }
            return ImportedConstant(result, shape: try shape(a, b, op))
        }
    }

    private static func shape(_ a: ImportedConstant, _ b: ImportedConstant, _ op: Operator) throws -> [Int] {
        let rank = max(a.shape.count, b.shape.count)
        let (x, y) = ([a, b].map { [Int](repeating: 1, count: rank - $0.shape.count) + $0.shape }).pair
        let result = try zip(x, y).map { x, y in
            guard x == y || x == 1 || y == 1 else { throw op.failure("combines the shapes \(a.shape) and \(b.shape)") }
            return x == 1 ? y : x
        }
        guard StoredCount.of(result) <= ImportedConstant.foldingLimit else { throw op.failure("makes a constant of the shape \(result)") }
        return result
    }

    private static func combined<T, R>(
        _ x: [T], _ a: ImportedConstant, _ y: [T], _ b: ImportedConstant, _ op: Operator, _ body: (T, T) throws -> R
    ) throws -> [R] {
        let result = try shape(a, b, op)
        func strides(_ shape: [Int]) -> [Int] {
            var strides = [Int](repeating: 0, count: result.count), stride = 1
            for (axis, length) in shape.enumerated().reversed() {
                if length > 1 { strides[axis + result.count - shape.count] = stride }
                stride *= length
            }
            return strides
        }
        let (p, q) = (strides(a.shape), strides(b.shape))
        return try (0..<result.reduce(1, *)).map { index in
            var rest = index, i = 0, j = 0
            for axis in result.indices.reversed() {
                let position = rest % result[axis]
                rest /= result[axis]
                i += position * p[axis]
                j += position * q[axis]
            }
            return try body(x[i], y[j])
        }
    }

    // MARK: Shapes

    static func reshape(_ op: Operator) throws -> ImportedConstant {
        let constant = try op.constant(0)
        var target = try op.integers(1)
        for (axis, length) in target.enumerated() where length == 0 && axis < constant.shape.count { target[axis] = constant.shape[axis] }
        if let unknown = target.firstIndex(of: -1) {
            let known = StoredCount.of(target.filter { $0 != -1 })
            target[unknown] = known > 0 && constant.count % known == 0 ? constant.count / known : -1
        }
        guard target.count <= AxisOrder.rankLimit, target.allSatisfy({ $0 >= 0 }), StoredCount.of(target) == constant.count else {
            throw op.failure("reshapes a constant of the shape \(constant.shape) to \(target)")
        }
        return try constant.reshaped(target, in: op.source)
    }

    static func squeeze(_ axes: @escaping (Operator) throws -> [Int]?) -> Rule {
        { op in
            let constant = try op.constant(0)
            let list = try axes(op)?.map { $0 < 0 ? $0 + constant.shape.count : $0 }
            let rest = constant.shape.enumerated().filter { list?.contains($0.offset) ?? ($0.element == 1) ? $0.element != 1 : true }
            guard list.map({ rest.count == constant.shape.count - Set($0).count }) ?? true else {
                throw op.failure("squeezes a constant of the shape \(constant.shape)")
            }
            return try constant.reshaped(rest.map(\.element), in: op.source)
        }
    }

    static func unsqueeze(_ axes: @escaping (Operator) throws -> [Int]) -> Rule {
        { op in
            let constant = try op.constant(0), list = try axes(op)
            var shape = constant.shape
            let rank = shape.count + list.count
            for axis in list.map({ $0 < 0 ? $0 + rank : $0 }).sorted() {
                guard (0...shape.count).contains(axis), rank <= AxisOrder.rankLimit else { throw op.failure("inserts the axes \(list)") }
                shape.insert(1, at: axis)
            }
            return try constant.reshaped(shape, in: op.source)
        }
    }

    static func transpose(_ permutation: @escaping (Operator, Int) throws -> [Int]) -> Rule {
        { op in
            let constant = try op.constant(0), rank = constant.shape.count
            let permutation = try permutation(op, rank)
            guard permutation.sorted() == Array(0..<rank) else { throw op.failure("transposes \(rank) axes to \(permutation)") }
            if constant.isInteger, constant.isSmall {
                // Whole numbers below 2^24 are exact as floats; larger ones are no part of matrices.
                let floats = try constant.floats(in: op.source).permuted(permutation)
                let exact = try constant.integers(in: op.source).allSatisfy { $0.magnitude < 1 << 24 }
                guard exact else { throw op.failure("transposes whole numbers beyond 2^24") }
                return ImportedConstant(floats.scalars.map { Int($0) }, shape: floats.shape)
            }
            return ImportedConstant(try constant.floats(in: op.source).permuted(permutation))
        }
    }

    static func concatenate(axis: @escaping (Operator) throws -> (axis: Int, parts: Range<Int>)) -> Rule {
        { op in
            let (axis, range) = try axis(op)
            let parts = try range.map { try small(op, $0) }
            guard axis == 0 || axis == -1, parts.allSatisfy({ $0.shape.count == 1 }),
                parts.reduce(0, { $0 + $1.count }) <= ImportedConstant.foldingLimit
            else { throw op.failure("concatenates constants of the shapes \(parts.map(\.shape))") }
            guard parts.allSatisfy(\.isInteger) else {
                return ImportedConstant(Tensor(try parts.flatMap { try $0.floats(in: op.source).scalars }))
            }
            return ImportedConstant(try parts.flatMap { try $0.integers(in: op.source) })
        }
    }

    /// Whole numbers side by side in a vector.
    static func pack(_ op: Operator) throws -> ImportedConstant {
        let parts = try op.inputs.indices.map { try small(op, $0) }
        guard try op.integer("axis", 0) == 0, parts.allSatisfy({ $0.shape.isEmpty && $0.isInteger }) else {
            throw op.failure("packs constants of the shapes \(parts.map(\.shape)); whole numbers are supported")
        }
        return ImportedConstant(try parts.flatMap { try $0.integers(in: op.source) })
    }

    /// One element of a vector of whole numbers: TensorFlow's `shape[0]`.
    static func element(_ op: Operator) throws -> ImportedConstant {
        let constant = try small(op, 0), begin = try op.integers(1), isSingle = try op.integer("shrink_axis_mask", 0) == 1
        guard constant.shape.count == 1, constant.isInteger, begin.count == 1, isSingle,
            let place = begin.first.map({ $0 < 0 ? $0 + constant.count : $0 }), (0..<constant.count).contains(place)
        else { throw op.failure("takes a part of a constant of the shape \(constant.shape); single elements are supported") }
        return ImportedConstant([try constant.integers(in: op.source)[place]], shape: [])
    }

    /// Elements of a vector.
    static func gather(_ op: Operator) throws -> ImportedConstant {
        let (values, indices) = (try small(op, 0), try small(op, 1))
        let axis = try op.integer("axis", 0)
        guard values.shape.count == 1, axis == 0 || axis == -1 else { throw op.failure("takes parts of a constant of the shape \(values.shape)") }
        let places = try indices.integers(in: op.source).map { $0 < 0 ? $0 + values.count : $0 }
        guard places.allSatisfy((0..<values.count).contains) else { throw op.failure("takes elements \(places) of \(values.count)") }
        guard values.isInteger else {
            let scalars = try values.floats(in: op.source).scalars
            return ImportedConstant(Tensor(shape: indices.shape, scalars: places.map { scalars[$0] }))
        }
        let numbers = try values.integers(in: op.source)
        return ImportedConstant(places.map { numbers[$0] }, shape: indices.shape)
    }

    /// A range of the rows of whole numbers, forwards or backwards.
    static func slice(_ op: Operator) throws -> ImportedConstant {
        let constant = try small(op, 0)
        let starts = try op.integers(1), ends = try op.integers(2)
        let axes = try op.optionalConstant(3)?.integers(in: op.source) ?? Array(starts.indices)
        let steps = try op.optionalConstant(4)?.integers(in: op.source) ?? starts.map { _ in 1 }
        guard let rows = constant.shape.first, constant.isInteger, starts.count == 1, ends.count == 1, axes == [0], steps.count == 1,
            steps[0] == 1 || steps[0] == -1
        else { throw op.failure("slices a constant of the shape \(constant.shape)") }
        func bounded(_ index: Int, _ range: ClosedRange<Int>) -> Int {
            min(max(index < 0 ? index.addingReportingOverflow(rows).partialValue : index, range.lowerBound), range.upperBound)
        }
        let places: [Int]
        if steps[0] == 1 {
            let (start, end) = (bounded(starts[0], 0...rows), bounded(ends[0], 0...rows))
            places = start < end ? Array(start..<end) : []
        } else {
            let (start, end) = (bounded(starts[0], -1...max(rows - 1, -1)), bounded(ends[0], -1...max(rows - 1, -1)))
            places = start > end ? Array((end + 1...start).reversed()) : []
        }
        let numbers = try constant.integers(in: op.source), size = rows == 0 ? 0 : constant.count / rows
        return ImportedConstant(places.flatMap { numbers[$0 * size..<($0 + 1) * size] }, shape: [places.count] + constant.shape.dropFirst())
    }

    static func filled(_ op: Operator) throws -> ImportedConstant {
        let shape = try op.integers(0)
        guard shape.count <= AxisOrder.rankLimit, shape.allSatisfy({ $0 >= 0 }), StoredCount.of(shape) <= ImportedConstant.foldingLimit else {
            throw op.failure("makes a constant of the shape \(shape)")
        }
        guard case .tensor(let name)? = op.file.attributes["value"] else { return ImportedConstant(Tensor(zeros: shape)) }
        let value = ImportedConstant(stored: name, in: op.source)
        guard value.count == 1 else { throw op.failure("repeats a value of the shape \(value.shape)") }
        guard value.isInteger else {
            return ImportedConstant(Tensor(repeating: try value.floats(in: op.source).scalars[0], shape: shape))
        }
        let number = try value.integers(in: op.source)[0]
        return ImportedConstant([Int](repeating: number, count: shape.reduce(1, *)), shape: shape)
    }

    /// To whole numbers or to floats.
    static func cast(toInteger: Bool, _ op: Operator) throws -> ImportedConstant {
        let constant = try op.constant(0)
        guard constant.isInteger != toInteger else { return constant }
        guard toInteger else { return ImportedConstant(try constant.floats(in: op.source)) }
        let numbers = try small(op, 0).floats(in: op.source).scalars
        guard numbers.allSatisfy({ abs($0) < 0x1p62 }) else { throw op.failure("makes whole numbers of too large ones") }
        return ImportedConstant(numbers.map { Int($0) }, shape: constant.shape)
    }
}

/// The elements of a shape that a file has made up.
private enum StoredCount {
    static func of(_ shape: [Int]) -> Int {
        var count = 1
        for length in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard !overflow else { return .max }
            count = product
        }
        return count
    }
}

extension Array {
    fileprivate var pair: (Element, Element) { (self[0], self[1]) }
}

/// The result of whole-number arithmetic, if there is one.
func exact(_ result: (partialValue: Int, overflow: Bool)) -> Int? { result.overflow ? nil : result.partialValue }
