import Tensors

/// What torch's names in a pickle stand for.
extension PickleReader {
    /// Puts what `callable` makes of its arguments onto the stack.
    mutating func call(_ callable: PickleCallable, _ arguments: [PickleValue]) throws(PyTorchFileError) {
        switch callable {
        case .orderedDictionary: try makeDictionary(arguments)
        case .tensor(let version): try makeTensor(version, arguments)
        case .parameter:
            guard case .object(let number)? = arguments.first, case .tensor = objects[number] else {
                throw failure("makes a parameter of what is no tensor")
            }
            try push(.object(number))
        case .size: try make(.tuple(arguments.count == 1 ? items(arguments[0]) : arguments))
        case .other: try push(.other)
        case .storage, .untypedStorage, .numberType: throw failure("calls a type")
        }
    }

    /// Python 3 makes an empty one and fills it; Python 2 gave it a list of pairs.
    private mutating func makeDictionary(_ arguments: [PickleValue]) throws(PyTorchFileError) {
        var entries: [(key: PickleValue, value: PickleValue)] = []
        let pairs = arguments.isEmpty ? [] : try items(arguments[0])
        // The same list may be given again and again.
        try count(pairs.count)
        for pair in pairs {
            let pair = try items(pair)
            guard pair.count == 2 else { throw failure("makes a dictionary of what are no pairs") }
            entries.append((pair[0], pair[1]))
        }
        try make(.dictionary(entries))
    }

    private mutating func makeTensor(_ version: PickleCallable.TensorVersion, _ arguments: [PickleValue]) throws(PyTorchFileError) {
        let needed = switch version { case .first: 4; case .second: 6; case .third: 7 }
        guard arguments.count >= needed, arguments.count <= needed + 2, case .object(let number) = arguments[0],
            case .storage(let storage) = objects[number], case .integer(let offset) = arguments[1]
        else { throw failure("makes a tensor of something else than a storage, an offset, a size and strides") }
        var type = storage.type
        if version == .third {
            guard case .callable(.numberType(let given)) = arguments[6] else { throw failure("makes a tensor of no known type") }
            type = given
        }
        guard storage.isUntyped == (version == .third) else { throw failure("makes a tensor of a storage of another kind") }
        let (shape, strides) = (try integers(arguments[2]), try integers(arguments[3]))
        guard shape.count == strides.count else { throw failure("makes a tensor of \(shape.count) sizes and \(strides.count) strides") }
        try make(.tensor(TorchTensor(storage: storage, type: type, offset: offset, shape: shape, strides: strides)))
    }

    /// A persistent id: `("storage", type, key, device, count)`, and in old files a part of another storage: `(key, offset, count)`.
    mutating func loadStorage(_ identifier: PickleValue) throws(PyTorchFileError) {
        let fields = try tuple(identifier)
        guard (5...6).contains(fields.count), case .text("storage") = fields[0], case .callable(let callable) = fields[1],
            case .text(let key) = fields[2], case .integer(let count) = fields[4], count >= 0
        else { throw failure("refers to something else than a storage") }
        var storage: TorchStorage
        switch callable {
        case .storage(let type): storage = TorchStorage(key: key, type: type, count: count)
        case .untypedStorage: storage = TorchStorage(key: key, type: .uint8, count: count, isUntyped: true)
        default: throw failure("refers to a storage of no known type")
        }
        if fields.count == 6, case .object = fields[5] {
            let part = try tuple(fields[5])
            guard part.count == 3, case .integer(let offset) = part[1], offset >= 0 else { throw failure("refers to a part of no storage") }
            storage.offset = offset
        }
        try make(.storage(storage))
    }

    /// The values in a tuple.
    func tuple(_ value: PickleValue) throws(PyTorchFileError) -> [PickleValue] {
        guard case .object(let number) = value, case .tuple(let values) = objects[number] else { throw failure("takes a tuple") }
        return values
    }

    private func items(_ value: PickleValue) throws(PyTorchFileError) -> [PickleValue] {
        if case .object(let number) = value, case .list(let values) = objects[number] { return values }
        return try tuple(value)
    }

    private func integers(_ value: PickleValue) throws(PyTorchFileError) -> [Int] {
        let values = try items(value)
        guard values.count <= 32 else { throw failure("makes a tensor of \(values.count) axes") }
        var integers: [Int] = []
        for value in values {
            guard case .integer(let integer) = value else { throw failure("has a size that is no whole number") }
            integers.append(integer)
        }
        return integers
    }
}
