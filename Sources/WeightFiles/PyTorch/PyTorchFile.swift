import Foundation
import Tensors

/// A file that PyTorch's `torch.save` wrote: the state dict of a model, by itself or in a checkpoint. Both formats are read, the
/// archives of PyTorch 1.6 and later and the pickles before.
///
///     let file = try PyTorchFile(path: "inception5h.pth")
///     file.shape(of: "conv2d0_pre_relu_conv.weight")            // [64, 3, 7, 7]
///     try file.tensor("conv2d0_pre_relu_conv.weight").mean()
///
/// Such a file is a program for Python's pickle machine, and loading one in Python can do anything. Here it is data: only the operations
/// and names that a state dict needs are known, none of them executes anything, and whatever else a file asks for is an error that says so.
///
/// The file is mapped, and tensors are read when they are asked for: little-endian 32-bit floats are views of the file
/// where they lie aligned, as in archives; other types are converted. Tensors may share a storage, be transposed or otherwise strided. In a
/// checkpoint the dictionary under `state_dict`, `model` or a similar key is taken; `stateDictionaries` names all, and
/// `init(path:stateDictionary:)` takes another.
///
/// Memory: the file itself (shared with other processes), at most 200 MB for the pickle's values, and the tensor that is asked for: four
/// bytes for every number of its storage, and at most 4 MB more for a tensor that repeats its numbers.
public struct PyTorchFile: WeightFile {
    /// How many numbers a tensor may have beyond those of its storage.
    static let repetitionLimit = 1 << 20

    /// A tensor of which everything has been checked.
    struct Entry: Sendable {
        var type: NumberType
        var shape: [Int]
        var strides: [Int]
        /// Where its first number lies in the file.
        var start: Int
        /// How many numbers from the first to the last in the storage.
        var span: Int
    }

    /// Numbers and short texts that a checkpoint has beside the weights, such as `epoch` or `arch`.
    public let metadata: [String: String]
    /// The keys under which the file has dictionaries that look like weights; empty when it is a state dict itself.
    public let stateDictionaries: [String]
    /// The one that was taken; nil when the file is a state dict itself.
    public let stateDictionary: String?
    private let file: FileBytes
    private let isBigEndian: Bool
    private let entries: [String: Entry]

    /// Opens a file and reads its dictionary, but no tensor.
    /// - Parameters:
    ///   - path: a `.pth`, `.pt` or `.bin` file.
    ///   - stateDictionary: the key of the dictionary that is wanted, such as "state_dict_ema"; else the first of the usual ones.
    /// - Throws: ``PyTorchFileError``.
    public init(path: String, stateDictionary: String? = nil) throws(PyTorchFileError) {
        let file: FileBytes
        do { file = try FileBytes(mapping: path) } catch { throw .unreadable(file: path, reason: error.reason) }
        try self.init(file, stateDictionary: stateDictionary)
    }

    /// Reads the bytes of a file.
    /// - Throws: ``PyTorchFileError``.
    public init(data: Data, name: String, stateDictionary: String? = nil) throws(PyTorchFileError) {
        try self.init(FileBytes(data, name: name), stateDictionary: stateDictionary)
    }

    /// Reads the bytes of a file.
    /// - Throws: ``PyTorchFileError``.
    public init(_ file: FileBytes, stateDictionary: String? = nil) throws(PyTorchFileError) {
        self.file = file
        let isArchive = file.withUnsafeBytes { $0.starts(with: [0x50, 0x4B, 0x03, 0x04]) }
        let contents = isArchive ? try TorchContents(archive: file) : try TorchContents(pickles: file)
        isBigEndian = contents.isBigEndian
        let found = try StateDictionary(contents.root, contents.objects, wanted: stateDictionary, file: file.name)
        (metadata, stateDictionaries, self.stateDictionary) = (found.metadata, found.keys, found.key)
        var entries: [String: Entry] = [:]
        for (name, tensor) in found.tensors { entries[name] = try Self.checked(name, tensor, contents.storages, file.name) }
        self.entries = entries
    }

    /// What the file is called in errors.
    public var name: String { file.name }

    /// The names of all tensors, sorted.
    public var tensorNames: [String] { entries.keys.sorted() }

    /// The shape of a tensor; nil if there is no such tensor.
    public func shape(of tensor: String) -> [Int]? { entries[tensor]?.shape }

    /// How the file stores a tensor; nil if there is no such tensor.
    public func type(of tensor: String) -> NumberType? { entries[tensor]?.type }

    /// A tensor in row-major order: a view of the file where it lies there like that, else copied or converted.
    /// - Throws: ``PyTorchFileError``.
    public func tensor(_ tensor: String) throws -> Tensor {
        guard let entry = entries[tensor] else { throw PyTorchFileError.tensor(tensor, file: name, reason: "is missing") }
        guard !file.hasChanged else {
            throw PyTorchFileError.unreadable(file: name, reason: "somebody has written into it since it was opened; open it again")
        }
        if entry.span == 0 { return Tensor(zeros: entry.shape) }
        if entry.isContiguous {
            return Tensor(shape: entry.shape, in: file, at: entry.start, type: entry.type, isBigEndian: isBigEndian)
        }
        let numbers = Tensor(shape: [entry.span], in: file, at: entry.start, type: entry.type, isBigEndian: isBigEndian)
        return numbers.strided(shape: entry.shape, strides: entry.strides)
    }

    private static func checked(
        _ name: String, _ tensor: TorchTensor, _ storages: [String: Range<Int>], _ file: String
    ) throws(PyTorchFileError) -> Entry {
        func failure(_ reason: String) -> PyTorchFileError { .tensor(name, file: file, reason: reason) }
        let storage = tensor.storage
        guard let place = storages[storage.key] else {
            throw failure("is in the storage '\(storage.key.prefix(40))', which the file does not have")
        }
        guard storage.count == place.count / storage.type.size else {
            throw failure("is in a storage of \(storage.count) numbers, of which the file has \(place.count / storage.type.size)")
        }
        let available = place.count / tensor.type.size
        guard let count = Tensor.count(of: tensor.shape) else { throw failure("has the shape \(tensor.shape), which is too large") }
        let (offset, overflow) = tensor.offset.addingReportingOverflow(storage.offset)
        guard !overflow, offset >= 0, offset <= available else {
            throw failure("begins at \(tensor.offset) in a storage of \(available) numbers")
        }
        var last = 0
        if count > 0 {
            for (length, stride) in zip(tensor.shape, tensor.strides) {
                let (reach, tooFar) = (length - 1).multipliedReportingOverflow(by: stride)
                guard stride >= 0, !tooFar, reach < available, last + reach < available else {
                    throw failure("of shape \(tensor.shape) and strides \(tensor.strides) leaves its storage of \(available) numbers")
                }
                last += reach
            }
            guard last < available - offset else {
                throw failure("of \(last + 1) numbers from \(offset) on leaves its storage of \(available) numbers")
            }
            guard count - available <= repetitionLimit else {
                throw failure("of shape \(tensor.shape) repeats a storage of \(available) numbers; save it with .contiguous()")
            }
        }
        return Entry(
            type: tensor.type, shape: tensor.shape, strides: tensor.strides, start: place.lowerBound + offset * tensor.type.size,
            span: count == 0 ? 0 : last + 1)
    }
}

extension PyTorchFile.Entry {
    /// Whether its numbers lie in row-major order without gaps.
    fileprivate var isContiguous: Bool {
        var expected = 1
        for (length, stride) in zip(shape, strides).reversed() where length != 1 {
            guard stride == expected else { return false }
            expected *= length
        }
        return true
    }
}
