/// The named tensors in what a pickle holds.
///
/// A file may be the state dict itself, or a checkpoint that has it among other things under one of ``wrappers``; then that one is taken,
/// the first in this order (weights before their running averages). Tensors in dictionaries and lists within have names joined by dots.
/// If all names begin with `module.` or `_orig_mod.` (a model that was wrapped when it was saved), that is removed.
struct StateDictionary {
    /// Under which keys checkpoints have their weights.
    static let wrappers = [
        "state_dict", "model", "model_state_dict", "model_state", "net", "weights", "params", "state_dict_ema", "model_ema", "ema",
        "params_ema",
    ]
    /// How deep dictionaries may lie in each other.
    static let depthLimit = 32
    /// How many bytes all names may have together.
    static let nameLimit = 64 << 20
    /// How many values may be visited: containers that are contained several times multiply. Without that there are not more than made.
    static let visitLimit = PickleReader.valueLimit

    private(set) var tensors: [String: TorchTensor] = [:]
    /// The key under which the tensors were found; nothing when the file is a state dict.
    private(set) var key: String?
    /// The wrappers that the file has.
    private(set) var keys: [String] = []
    /// Numbers and short texts that lie beside the tensors, such as `epoch` and `arch`.
    private(set) var metadata: [String: String] = [:]

    private let objects: [PickleObject]
    private let file: String
    private var (nameBytes, visits) = (0, 0)
    /// The keys that lead to what is being visited.
    private var path: [String] = []

    /// - Parameter wanted: the key of the dictionary that is wanted, if it is not the first.
    init(_ root: PickleValue, _ objects: [PickleObject], wanted: String?, file: String) throws(PyTorchFileError) {
        (self.objects, self.file) = (objects, file)
        var chosen = root
        if case .object(let number) = root, case .dictionary(let items) = objects[number] {
            var found: [String: PickleValue] = [:]
            for (key, value) in items {
                guard case .text(let key) = key else { continue }
                if let text = Self.text(value), text.utf8.count <= 1 << 16 { metadata[key] = text }
                if case .object(let inner) = value, case .dictionary = objects[inner] { found[key] = value }
            }
            keys = Self.wrappers.filter { found[$0].map(hasTensors) ?? false }
            key = wanted ?? keys.first
            if let key {
                guard let value = found[key] else {
                    throw .format(file: file, reason: "it has no dictionary '\(key)'; it has \(found.keys.sorted().prefix(20))")
                }
                chosen = value
            }
        } else if let wanted {
            throw .format(file: file, reason: "it has no dictionary '\(wanted)'")
        }
        try collect(chosen)
        for wrapper in ["module.", "_orig_mod."] where !tensors.isEmpty && tensors.keys.allSatisfy({ $0.hasPrefix(wrapper) }) {
            tensors = Dictionary(uniqueKeysWithValues: tensors.map { (String($0.dropFirst(wrapper.count)), $1) })
        }
    }

    /// Whether a dictionary has tensors itself; one of settings may be called "params", too.
    private func hasTensors(_ value: PickleValue) -> Bool {
        guard case .object(let number) = value, case .dictionary(let items) = objects[number] else { return false }
        return items.contains { if case .object(let number) = $0.value, case .tensor = objects[number] { true } else { false } }
    }

    private mutating func collect(_ value: PickleValue) throws(PyTorchFileError) {
        guard case .object(let number) = value else { return }
        switch objects[number] {
        case .tensor(let tensor):
            let name = path.isEmpty ? "tensor" : path.joined(separator: ".")
            nameBytes += name.utf8.count
            guard nameBytes <= Self.nameLimit else {
                throw .format(file: file, reason: "the names of its tensors have more than \(Self.nameLimit) bytes")
            }
            tensors[name] = tensor
        case .dictionary(let items):
            try visit(items.count)
            for (key, value) in items { if let key = Self.text(key) { try enter(value, key) } }  // other keys name nothing
        case .list(let items), .tuple(let items):
            try visit(items.count)
            for (index, value) in items.enumerated() { try enter(value, String(index)) }
        case .storage: break
        }
    }

    private mutating func enter(_ value: PickleValue, _ key: String) throws(PyTorchFileError) {
        guard case .object = value else { return }
        guard path.count < Self.depthLimit else {
            throw .format(file: file, reason: "its dictionaries lie more than \(Self.depthLimit) deep in each other, or contain themselves")
        }
        path.append(key)
        try collect(value)
        path.removeLast()
    }

    private mutating func visit(_ count: Int) throws(PyTorchFileError) {
        visits += count
        guard visits <= Self.visitLimit else {
            throw .format(file: file, reason: "its containers hold each other more than \(Self.visitLimit) times")
        }
    }

    private static func text(_ value: PickleValue) -> String? {
        switch value {
        case .text(let text): text
        case .integer(let number): String(number)
        case .float(let number): String(number)
        case .boolean(let flag): String(flag)
        default: nil
        }
    }
}
