/// A tensor that remembers how it was computed, so that a function of it can be differentiated.
///
///     let x = Tensor([1, 2, 3])
///     try gradient(at: x) { x in (x * x).sum() }           // [2, 4, 6]
///
/// This is reverse-mode differentiation with a tape: each operation appends an entry that says which earlier values it used, and how a
/// gradient for its result becomes gradients for those. ``gradient(at:of:)`` runs over the tape backwards. An operation stands beside its
/// rule, here for the product:
///
///     static func * (a: Variable, b: Variable) -> Variable {
///         let (x, y) = (a.value, b.value)
///         return Variable(x * y, from: (a, { $0 * y }), (b, { $0 * x }))
///     }
///
/// Operations broadcast as those of ``Tensor``: a gradient is summed over everything that was repeated. A network becomes one operation
/// with ``primitive(_:of:value:vectorJacobianProduct:)``.
public struct Variable {
    /// What has been computed.
    public let value: Tensor
    /// Where this is recorded; nothing for a constant.
    let record: (tape: Tape, entry: Int)?

    /// A constant: its gradient is not asked for.
    public init(_ constant: Tensor) {
        value = constant
        record = nil
    }

    /// A constant number.
    public init(_ constant: Float) { self.init(Tensor(constant)) }

    /// The same value as a constant: gradients stop here.
    public var detached: Variable { Variable(value) }
    /// The length of every axis.
    public var shape: [Int] { value.shape }
    /// The number of axes.
    public var rank: Int { value.rank }

    /// What an operation computed, and for each of its operands how a gradient for the result becomes one for the operand, up to
    /// broadcasting. The closures must not hold variables, which hold the tape that holds the closures.
    init(_ value: Tensor, from operands: (Variable, (Tensor) throws -> Tensor)...) {
        let used = operands.filter { $0.0.record != nil }
        let rules = used.map { operand, rule in { [shape = operand.shape] in try rule($0).summed(to: shape) } }
        self.init(value, of: used.map(\.0)) { gradient in try rules.map { try $0(gradient) } }
    }

    private init(_ value: Tensor, of operands: [Variable], rule: @escaping (Tensor) throws -> [Tensor]) {
        self.value = value
        guard let tape = operands.first?.record?.tape else {
            record = nil
            return
        }
        let entries = operands.compactMap { $0.record.map { record in
            require(record.tape === tape, "variables of two calls of gradient(at:of:) cannot be combined")
            return record.entry
        } }
        record = (tape, tape.append(Tape.Entry(operands: entries, rule: rule)))
    }

    /// An operation of your own: a value that was computed from variables in any way, and its vector-Jacobian product.
    ///
    ///     let cube = Variable.primitive("cube", of: [x], value: pow(x.value, 3)) { [value = x.value] gradient in
    ///         [gradient * 3 * value.squared]
    ///     }
    ///
    /// - Parameters:
    ///   - name: what errors call it.
    ///   - operands: the variables that the value depends on.
    ///   - value: the result.
    ///   - vectorJacobianProduct: from the gradient for the result, of its shape, to one for each operand, of the operand's shape. What it
    ///     throws, `gradient` throws. It should hold tensors, not variables.
    public static func primitive(
        _ name: String, of operands: [Variable], value: Tensor, vectorJacobianProduct: @escaping (Tensor) throws -> [Tensor]
    ) -> Variable {
        let used = operands.indices.filter { operands[$0].record != nil }, shapes = operands.map(\.shape)
        return Variable(value, of: used.map { operands[$0] }) { gradient in
            let gradients = try vectorJacobianProduct(gradient)
            guard gradients.map(\.shape) == shapes else {
                throw GradientError.primitive(name, needed: shapes, found: gradients.map(\.shape))
            }
            return used.map { gradients[$0] }
        }
    }

    /// The start of a tape.
    init(_ value: Tensor, startingOn tape: Tape) {
        self.value = value
        record = (tape, tape.append(Tape.Entry(operands: [], rule: { _ in [] })))
    }
}

/// The operations of one call of ``gradient(at:of:)``, in the order in which they were done: operands come before results.
final class Tape {
    struct Entry {
        let operands: [Int]
        let rule: (Tensor) throws -> [Tensor]
    }

    private var entries: [Entry] = []

    func append(_ entry: Entry) -> Int {
        entries.append(entry)
        return entries.count - 1
    }

    /// The gradients of entry `last`, a single number, for the entries `0..<count`; nothing where it does not depend on one.
    func gradients(of last: Int, shape: [Int], for count: Int) throws -> [Tensor?] {
        var gradients = [Tensor?](repeating: nil, count: last + 1)
        gradients[last] = Tensor(repeating: 1, shape: shape)
        for index in stride(from: last, through: 0, by: -1) where !entries[index].operands.isEmpty {
            guard let gradient = gradients[index] else { continue }
            // No longer needed: what holds the largest tensors is freed as the sweep goes on.
            gradients[index] = nil
            for (operand, more) in zip(entries[index].operands, try entries[index].rule(gradient)) {
                gradients[operand] = gradients[operand].map { $0 + more } ?? more
            }
        }
        return (0..<count).map { $0 <= last ? gradients[$0] : nil }
    }
}
