/// A cell's text with insertions, which can map a place in the edited text back to the place that the user typed.
///
/// Nothing the user wrote moves to another line: all insertions stay within a line, so only columns need mapping.
struct EditedSource {
    /// What the user typed.
    let original: String
    private var insertions: [(offset: Int, text: String, order: Int)] = []
    private var blanked: [Range<Int>] = []

    init(_ original: String) { self.original = original }

    /// Inserts a text without line breaks before the UTF-8 `offset` of the original.
    mutating func insert(_ text: String, at offset: Int) {
        insertions.append((offset, text, insertions.count))
    }

    /// Replaces a UTF-8 range of the original by spaces; line breaks stay.
    mutating func blank(_ range: Range<Int>) { blanked.append(range) }

    private var sorted: [(offset: Int, text: String, order: Int)] {
        insertions.sorted { ($0.offset, $0.order) < ($1.offset, $1.order) }
    }

    /// The text with every edit applied.
    var text: String {
        var bytes = Array(original.utf8)
        for range in blanked { for i in range where bytes[i] != UInt8(ascii: "\n") { bytes[i] = UInt8(ascii: " ") } }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + insertions.count * 24)
        var position = 0
        for insertion in sorted {
            result += bytes[position..<insertion.offset]
            result += Array(insertion.text.utf8)
            position = insertion.offset
        }
        result += bytes[position...]
        return String(decoding: result, as: UTF8.self)
    }

    /// The 1-based UTF-8 column in the original line for a column of the edited line.
    func originalColumn(line: Int, column: Int) -> Int {
        let start = Self.offset(ofLine: line, in: original)
        var shift = 0
        for insertion in sorted where insertion.offset >= start {
            if original.utf8.dropFirst(start).prefix(insertion.offset - start).contains(UInt8(ascii: "\n")) { break }
            let editedColumn = insertion.offset - start + 1 + shift
            if column < editedColumn + insertion.text.utf8.count {
                return Swift.min(column, editedColumn) - shift
            }
            shift += insertion.text.utf8.count
        }
        return Swift.max(1, column - shift)
    }

    /// The UTF-8 offset at which a 1-based line starts.
    static func offset(ofLine line: Int, in text: String) -> Int {
        var current = 1, offset = 0
        for byte in text.utf8 {
            if current >= line { break }
            offset += 1
            if byte == UInt8(ascii: "\n") { current += 1 }
        }
        return offset
    }
}
