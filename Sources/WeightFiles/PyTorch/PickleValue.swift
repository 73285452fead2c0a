import Tensors

/// What a pickle can build here. Containers are numbers of objects in ``PickleReader/objects``: they may be shared and contain each
/// other without anything being owned twice.
enum PickleValue {
    case none
    case boolean(Bool)
    case integer(Int)
    case float(Double)
    case text(String)
    /// Bytes, and integers of more than 64 bits: where they lie in the file.
    case bytes(Range<Int>)
    case object(Int)
    case callable(PickleCallable)
    /// Something harmless that says nothing about weights: a device, an empty set.
    case other
}

enum PickleObject {
    case tuple([PickleValue])
    case list([PickleValue])
    case dictionary([(key: PickleValue, value: PickleValue)])
    case storage(TorchStorage)
    case tensor(TorchTensor)
}

/// Numbers in a file, of which tensors are views.
struct TorchStorage: Equatable {
    var key: String
    var type: NumberType
    /// How many numbers, as the pickle declares.
    var count: Int
    /// Old files can have storages that are a part of another: numbers before this one's first.
    var offset = 0
    /// Whether it is a run of bytes, to which each tensor gives its own type.
    var isUntyped = false
}

/// A view of a storage; nothing about it has been checked but the types.
struct TorchTensor {
    var storage: TorchStorage
    var type: NumberType
    var offset: Int
    var shape: [Int]
    var strides: [Int]
}
