import Tensors

/// The tensors of a protobuf file by name, with the mapped bytes that they lie in: what both formats share.
struct StoredTensors: Sendable {
    /// The most numbers that are given as whole numbers: shapes and axes, not weights.
    static let integerLimit = 65_536

    let file: FileBytes
    /// Files beside the first that hold numbers.
    var externals: [FileBytes] = []
    var entries: [String: StoredTensor] = [:]

    var names: [String] { entries.keys.sorted() }

    func tensor(_ name: String) throws -> Tensor {
        guard let entry = entries[name] else { throw NetworkFileError.tensor(name, file: file.name, reason: "is missing") }
        let bytes = bytes(of: entry)
        guard !bytes.hasChanged else { throw NetworkFileError.unreadable(file: bytes.name, reason: "it was written into since it was opened") }
        switch entry.place {
        case .run(let range), .external(_, let range):
            return Tensor(shape: entry.shape, in: bytes, at: range.lowerBound, type: entry.number)
        case .field:
            do {
                return try bytes.withUnsafeBytes { file in try Tensor(shape: entry.shape) { try entry.floats(in: file, into: $0) } }
            } catch let failure as WireReader.Failure {
                throw NetworkFileError.tensor(name, file: file.name, reason: "cannot be read at byte \(failure.position): \(failure.reason)")
            }
        }
    }

    func integers(_ name: String) throws -> [Int] {
        func failure(_ reason: String) -> NetworkFileError { .tensor(name, file: file.name, reason: reason) }
        guard let entry = entries[name] else { throw failure("is missing") }
        guard entry.count <= Self.integerLimit else { throw failure("has \(entry.count) numbers; at most \(Self.integerLimit) can be a shape") }
        guard entry.number.isInteger else {
            return try tensor(name).scalars.map {
                guard let whole = Int(exactly: $0) else { throw failure("should hold whole numbers, and holds \($0)") }
                return whole
            }
        }
        do { return try bytes(of: entry).withUnsafeBytes { try entry.integers(in: $0) } } catch let error as WireReader.Failure {
            throw failure("cannot be read at byte \(error.position): \(error.reason)")
        }
    }

    private func bytes(of entry: StoredTensor) -> FileBytes {
        if case .external(let index, _) = entry.place { externals[index] } else { file }
    }
}
