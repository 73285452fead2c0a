/// What a reader may still keep of a file. Everything that it keeps costs one: an operation, the name of an input, an attribute, a number
/// in a list, an axis of a tensor. A real network has some ten thousand of them; a file made to exhaust memory fails with an error instead.
///
/// One thing takes about 250 bytes at most, besides names, which are as long as they are in the file: a reader's own memory is bounded by
/// the size of the file and 64 MB.
struct ReadingBudget {
    static let limit = 262_144
    /// Elements, in a whole file, that may exist by repeating a number instead of being stored (TensorFlow's constants do this).
    static let repeatedElements = 4_194_304

    private var left = limit
    private var repeated = repeatedElements

    mutating func spend(_ count: Int = 1, at position: Int) throws(WireReader.Failure) {
        left -= count
        guard left >= 0 else {
            throw WireReader.Failure(position: position, reason: "the file describes more than \(Self.limit) things (operations, attributes, axes)")
        }
    }

    mutating func spendRepeated(_ count: Int, at position: Int) throws(WireReader.Failure) {
        guard count <= repeated else {
            throw WireReader.Failure(
                position: position, reason: "more than \(Self.repeatedElements) numbers would come from repeating one that is stored")
        }
        repeated -= count
    }
}
