import Tensors

/// The names from Python modules that a pickle may mention. This list is the whole of what a file can ask for; each stands for a piece of
/// data that ``PickleReader`` builds itself, and nothing is ever looked up, imported or called.
enum PickleCallable: Equatable {
    case orderedDictionary
    case tensor(TensorVersion)
    case parameter
    case storage(NumberType)
    case untypedStorage
    case numberType(NumberType)
    case size
    /// Harmless, and of no interest: the value is dropped.
    case other

    /// `torch._utils._rebuild_tensor`, `…_v2` and `…_v3` differ in their arguments.
    enum TensorVersion { case first, second, third }

    init?(module: String, name: String) {
        switch (module, name) {
        case ("collections", "OrderedDict"): self = .orderedDictionary
        case ("torch._utils", "_rebuild_tensor"): self = .tensor(.first)
        case ("torch._utils", "_rebuild_tensor_v2"): self = .tensor(.second)
        case ("torch._utils", "_rebuild_tensor_v3"): self = .tensor(.third)
        case ("torch._utils", "_rebuild_parameter"): self = .parameter
        case ("torch", "Size"): self = .size
        case ("torch.storage", "UntypedStorage"): self = .untypedStorage
        case ("torch", "device"), ("_codecs", "encode"), ("collections", "Counter"), ("__builtin__", "set"), ("builtins", "set"):
            self = .other
        case ("torch", _):
            guard let found = Self.storages[name].map(Self.storage) ?? Self.types[name].map(Self.numberType) else { return nil }
            self = found
        default: return nil
        }
    }

    private static let storages: [String: NumberType] = [
        "FloatStorage": .float32, "DoubleStorage": .float64, "HalfStorage": .float16, "BFloat16Storage": .bfloat16, "LongStorage": .int64,
        "IntStorage": .int32, "ShortStorage": .int16, "CharStorage": .int8, "ByteStorage": .uint8, "BoolStorage": .bool,
    ]
    private static let types: [String: NumberType] = [
        "float32": .float32, "float64": .float64, "float16": .float16, "bfloat16": .bfloat16, "int64": .int64, "int32": .int32,
        "int16": .int16, "int8": .int8, "uint8": .uint8, "uint16": .uint16, "uint32": .uint32, "uint64": .uint64, "bool": .bool,
    ]

    /// What is known of torch's names that cannot be read: numbers that a `Tensor` does not hold.
    static func limitation(module: String, name: String) -> String? {
        guard module == "torch" || module.hasPrefix("torch.") else { return nil }
        if name.hasPrefix("Complex") || name.hasPrefix("complex") { return "complex numbers" }
        if name.hasPrefix("Q") || name.contains("qtensor") || name.hasPrefix("q") { return "quantized numbers" }
        if name.hasPrefix("float8") { return "numbers of 8 bits with an exponent" }
        if name.contains("sparse") { return "a sparse tensor" }
        return nil
    }
}
