import Tensors

/// Reads pickles as `torch.save` writes them: a stack machine (Python's `pickletools` documents it) of which only those operations are
/// known that build plain data. Names of Python's are compared with a white list (``PickleCallable``); the result is values that
/// stand for tensors, and nothing is executed.
///
/// Every operation costs constant time but for what it copies from the file or takes from the stack, so that time is linear in the
/// length of the pickle. Memory is bounded by ``valueLimit`` values, at most about 100 bytes each, and the text that the file holds.
struct PickleReader {
    /// How many values all pickles of a file may make: the state dict of a network of 1,000 tensors makes 30,000.
    static let valueLimit = 2_000_000

    private(set) var objects: [PickleObject] = []
    /// Where the next pickle begins, once one was read.
    private(set) var position: Int
    private let bytes: UnsafeRawBufferPointer
    private let end: Int
    private let file: String

    private var stack: [PickleValue] = []
    /// How high the stack was at each mark.
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]
    private var values = 0
    /// The operation that is carried out.
    private var operation = (code: UInt8(0), position: 0)

    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - range: where the pickle lies in it; what follows it there is left alone.
    init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, file: String) {
        (self.bytes, position, end, self.file) = (bytes, range.lowerBound, range.upperBound, file)
    }

    /// The value of the next pickle.
    mutating func read() throws(PyTorchFileError) -> PickleValue {
        (stack, marks, memo) = ([], [], [:])
        while true {
            operation = (0, position)
            operation.code = try byte()
            if operation.code == UInt8(ascii: ".") {
                guard marks.isEmpty, stack.count == 1 else { throw failure("leaves \(stack.count) values; it takes 1") }
                return try pop()
            }
            try step()
        }
    }

    // MARK: Operations

    private mutating func step() throws(PyTorchFileError) {
        switch operation.code {
        case 0x80:  // PROTO
            let version = try byte()
            guard (2...5).contains(version) else { throw failure("announces protocol \(version); 2 to 5 are known") }
        case 0x95: _ = try take(8)  // FRAME
        case UInt8(ascii: "("): marks.append(stack.count)
        case UInt8(ascii: "N"): try push(.none)
        case 0x88: try push(.boolean(true))
        case 0x89: try push(.boolean(false))
        case UInt8(ascii: "K"): try push(.integer(number(1)))
        case UInt8(ascii: "M"): try push(.integer(number(2)))
        case UInt8(ascii: "J"): try push(.integer(Int(Int32(truncatingIfNeeded: number(4)))))
        case 0x8A: try pushLong(take(number(1)))
        case UInt8(ascii: "G"):
            let place = try take(8)
            let bits = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: place.lowerBound, as: UInt64.self))
            try push(.float(Double(bitPattern: bits)))
        case UInt8(ascii: "X"): try push(.text(text(number(4))))
        case 0x8C: try push(.text(text(number(1))))
        case UInt8(ascii: "T"): try push(.text(text(number(4), isOld: true)))
        case UInt8(ascii: "U"): try push(.text(text(number(1), isOld: true)))
        case UInt8(ascii: "B"): try push(.bytes(take(number(4))))
        case UInt8(ascii: "C"): try push(.bytes(take(number(1))))
        case UInt8(ascii: "}"): try make(.dictionary([]))
        case UInt8(ascii: "]"): try make(.list([]))
        case UInt8(ascii: ")"): try make(.tuple([]))
        case UInt8(ascii: "t"): try make(.tuple(popToMark()))
        case 0x85...0x87: try make(.tuple(pop(Int(operation.code) - 0x84)))
        case UInt8(ascii: "a"): try append(pop(1))
        case UInt8(ascii: "e"): try append(popToMark())
        case UInt8(ascii: "s"): try setItems(pop(2))
        case UInt8(ascii: "u"): try setItems(popToMark())
        case UInt8(ascii: "q"): try remember(number(1))
        case UInt8(ascii: "r"): try remember(number(4))
        case 0x94: try remember(memo.count)  // MEMOIZE
        case UInt8(ascii: "h"): try recall(number(1))
        case UInt8(ascii: "j"): try recall(number(4))
        case UInt8(ascii: "c"): try name(module: line(), line())
        case 0x93:  // STACK_GLOBAL
            guard case .text(let name) = try pop(), case .text(let module) = try pop() else { throw failure("takes two names") }
            try self.name(module: module, name)
        case UInt8(ascii: "Q"): try loadStorage(pop())
        case UInt8(ascii: "R"), 0x81:  // REDUCE, NEWOBJ
            let arguments = try tuple(pop())
            guard case .callable(let callable) = try pop() else { throw failure("calls what is no name") }
            try call(callable, arguments)
        case UInt8(ascii: "b"): try build()
        default: throw failure("is unknown, or none that a state dict needs")
        }
    }

    private mutating func build() throws(PyTorchFileError) {
        // torch gives the dictionary of a module an attribute with version numbers.
        _ = try pop()
        guard case .object(let number)? = stack.last, case .dictionary = objects[number] else {
            throw failure("sets attributes of what is no dictionary")
        }
    }

    private mutating func name(module: String, _ name: String) throws(PyTorchFileError) {
        guard let callable = PickleCallable(module: module, name: name) else {
            let full = "\(module.prefix(80)).\(name.prefix(80))"
            if let what = PickleCallable.limitation(module: module, name: name) {
                throw .unsupported(file: file, position: operation.position, name: full, what: what)
            }
            throw .code(file: file, position: operation.position, name: full)
        }
        try push(.callable(callable))
    }

    private mutating func append(_ new: [PickleValue]) throws(PyTorchFileError) {
        guard case .object(let number)? = stack.last, case .list(var list) = objects[number] else { throw failure("has no list") }
        // The array must have one owner while it grows.
        objects[number] = .list([])
        list += new
        objects[number] = .list(list)
    }

    private mutating func setItems(_ new: [PickleValue]) throws(PyTorchFileError) {
        guard case .object(let number)? = stack.last, case .dictionary(var items) = objects[number] else {
            throw failure("has no dictionary")
        }
        guard new.count % 2 == 0 else { throw failure("has a key without a value") }
        objects[number] = .dictionary([])
        for i in stride(from: 0, to: new.count, by: 2) { items.append((new[i], new[i + 1])) }
        objects[number] = .dictionary(items)
    }

    private mutating func remember(_ index: Int) throws(PyTorchFileError) {
        guard let top = stack.last else { throw failure("finds the stack empty") }
        try count()
        memo[index] = top
    }

    private mutating func recall(_ index: Int) throws(PyTorchFileError) {
        guard let value = memo[index] else { throw failure("recalls \(index), which was not stored") }
        try push(value)
    }

    private mutating func pushLong(_ place: Range<Int>) throws(PyTorchFileError) {
        guard place.count <= 8 else { return try push(.bytes(place)) }
        var value: UInt64 = 0
        for (i, byte) in bytes[place].enumerated() { value |= UInt64(byte) << (8 * UInt64(i)) }
        let unused = UInt64(64 - 8 * place.count)
        // Two's complement of as many bytes as there are.
        try push(.integer(place.isEmpty ? 0 : Int(bitPattern: UInt(value << unused)) >> Int(unused)))
    }

    // MARK: The stack

    mutating func push(_ value: PickleValue) throws(PyTorchFileError) {
        try count()
        stack.append(value)
    }

    /// Puts a new object onto the stack.
    mutating func make(_ object: PickleObject) throws(PyTorchFileError) {
        objects.append(object)
        try push(.object(objects.count - 1))
    }

    mutating func count(_ new: Int = 1) throws(PyTorchFileError) {
        values += new
        guard values <= Self.valueLimit else { throw failure("makes more than \(Self.valueLimit) values") }
    }

    private mutating func pop() throws(PyTorchFileError) -> PickleValue {
        guard stack.count > marks.last ?? 0, let value = stack.popLast() else { throw failure("finds the stack empty") }
        return value
    }

    private mutating func pop(_ count: Int) throws(PyTorchFileError) -> [PickleValue] {
        guard stack.count - (marks.last ?? 0) >= count else { throw failure("finds the stack empty") }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    private mutating func popToMark() throws(PyTorchFileError) -> [PickleValue] {
        guard let mark = marks.popLast(), mark <= stack.count else { throw failure("finds no mark") }
        defer { stack.removeLast(stack.count - mark) }
        return Array(stack[mark...])
    }

    // MARK: The file

    private mutating func take(_ count: Int) throws(PyTorchFileError) -> Range<Int> {
        guard count <= end - position else {
            throw failure("needs \(count) bytes, and \(end - position) are left")
        }
        defer { position += count }
        return position..<position + count
    }

    private mutating func byte() throws(PyTorchFileError) -> UInt8 {
        guard position < end else {
            throw .pickle(file: file, position: position, operation: "end", reason: "comes before its STOP")
        }
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func number(_ width: Int) throws(PyTorchFileError) -> Int {
        try bytes[take(width)].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// - Parameter isOld: whether it is a string of Python 2, which has no encoding.
    private mutating func text(_ count: Int, isOld: Bool = false) throws(PyTorchFileError) -> String {
        let place = try take(count)
        if let text = String(validating: bytes[place], as: UTF8.self) { return text }
        guard isOld else { throw failure("is not UTF-8") }
        return String(decoding: bytes[place], as: UTF8.self)
    }

    private mutating func line() throws(PyTorchFileError) -> String {
        guard let newline = bytes[position..<end].firstIndex(of: UInt8(ascii: "\n")) else {
            throw failure("has a name that does not end")
        }
        let name = try text(newline - position)
        position += 1
        return name
    }

    func failure(_ reason: String) -> PyTorchFileError {
        let name = PickleOperations.names[operation.code] ?? "operation 0x" + String(operation.code, radix: 16)
        return .pickle(file: file, position: operation.position, operation: name, reason: reason)
    }
}
