import SwiftParser
import SwiftSyntax

/// Finds the magics in a cell.
///
/// A magic of a line is a percent sign with a name directly behind it, at the start of a line and of a top-level statement: where
/// Swift is in the middle of an expression, a string or a comment, it goes on. As in Swift itself, an operator that a name follows
/// without a space cannot stand between two operands, so `a\n% b` is a remainder and `a\n%b` is not.
struct MagicCell {
    enum Part {
        /// A stretch of Swift between magics.
        case swift(Range<Int>)
        case call(MagicCall)
    }

    /// In their order. The cell below `%%time` has parts of its own, which follow.
    let parts: [Part]

    /// Nil when the cell is nothing but Swift, which it costs little to know.
    init?(_ code: String) {
        let bytes = Array(code.utf8)
        let lines = Self.lines(bytes).filter { line in Self.percent(in: line, of: bytes) != nil }
        guard !lines.isEmpty else { return nil }
        var source = EditedSource(code)
        var parts: [Part] = []
        var end = 0
        if let first = Self.percent(in: lines[0], of: bytes), bytes[..<first].allSatisfy(isSpace), let word = Self.word(at: first, of: bytes),
            word.signs == 2
        {
            let lineEnd = lines[0].upperBound
            let call = Self.call(word, at: first, lineEnd: lineEnd, body: min(lineEnd + 1, bytes.count)..<bytes.count, of: bytes)
            parts = [.call(call)]
            guard call.timesItsParts else {
                self.parts = parts
                return
            }
            source.blank(call.range)
            end = lineEnd
        }
        for line in lines {
            guard let start = Self.percent(in: line, of: bytes), start >= end, let word = Self.word(at: start, of: bytes),
                Self.beginsStatement(word, at: start, behind: source.text)
            else { continue }
            var call = Self.call(word, at: start, lineEnd: line.upperBound, body: line.upperBound..<line.upperBound, of: bytes)
            if call.isTiming, !call.takesCell { call = Self.extended(call, of: bytes) }
            if start > end { parts.append(.swift(end..<start)) }
            parts.append(.call(call))
            source.blank(call.range)
            end = call.range.upperBound
        }
        guard !parts.isEmpty else { return nil }
        if end < bytes.count { parts.append(.swift(end..<bytes.count)) }
        self.parts = parts
    }

    /// What a cell is for the compiler: of the same length, with spaces where magics are and with the Swift that they are given.
    static func swift(in code: String) -> String {
        guard let cell = MagicCell(code) else { return code }
        var source = EditedSource(code)
        for case .call(let call) in cell.parts {
            guard call.magic != nil, call.isTiming else {
                source.blank(call.range)
                source.blank(call.body)
                continue
            }
            let timed = call.name == "timeit" ? try? call.timeitOptions(in: code).code : nil
            source.blank(call.word.lowerBound..<(timed ?? call.arguments).lowerBound)
        }
        return source.text
    }

    // MARK: - Lines and words

    private static func lines(_ bytes: [UInt8]) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var start = 0
        for (index, byte) in bytes.enumerated() where byte == 0x0A {
            result.append(start..<index)
            start = index + 1
        }
        return result + [start..<bytes.count]
    }

    /// Where a line's first character is, if it is a percent sign.
    private static func percent(in line: Range<Int>, of bytes: [UInt8]) -> Int? {
        guard let first = line.first(where: { !isSpace(bytes[$0]) }), bytes[first] == UInt8(ascii: "%") else { return nil }
        return first
    }

    private static func word(at start: Int, of bytes: [UInt8]) -> (signs: Int, name: Range<Int>)? {
        var place = start
        while place < bytes.count, bytes[place] == UInt8(ascii: "%") { place += 1 }
        let name = place
        while place < bytes.count, isLetter(bytes[place]) || (place > name && isDigit(bytes[place])) { place += 1 }
        guard place > name, name - start <= 2 else { return nil }
        return (name - start, name..<place)
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_") }
    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    private static func call(
        _ word: (signs: Int, name: Range<Int>), at start: Int, lineEnd: Int, body: Range<Int>, of bytes: [UInt8]
    ) -> MagicCall {
        var from = word.name.upperBound, to = lineEnd
        let asks = from < to && bytes[from] == UInt8(ascii: "?")
        while from < to, isSpace(bytes[from]) { from += 1 }
        while to > from, isSpace(bytes[to - 1]) { to -= 1 }
        return MagicCall(
            name: String(decoding: bytes[word.name], as: UTF8.self), takesCell: word.signs == 2, asksForHelp: asks,
            word: start..<word.name.upperBound, arguments: from..<to, body: body)
    }

    // MARK: - By the parse

    /// Whether a top-level statement would begin here, by Swift's grammar, after a text of which earlier magics are blanked.
    private static func beginsStatement(_ word: (signs: Int, name: Range<Int>), at start: Int, behind text: String) -> Bool {
        let before = String(decoding: text.utf8.prefix(start), as: UTF8.self)
        let tree = Parser.parse(source: before + String(repeating: "%", count: word.signs) + "magic\n")
        guard let token = tree.token(at: AbsolutePosition(utf8Offset: start)), token.positionAfterSkippingLeadingTrivia.utf8Offset == start,
            case .prefixOperator = token.tokenKind
        else { return false }
        var node = Syntax(token)
        while let parent = node.parent, !node.is(CodeBlockItemSyntax.self) { node = parent }
        return node.is(CodeBlockItemSyntax.self) && node.parent?.parent?.is(SourceFileSyntax.self) == true
            && node.positionAfterSkippingLeadingTrivia.utf8Offset == start
    }

    /// `%time` takes the statements that begin on its line, to their ends.
    private static func extended(_ call: MagicCall, of bytes: [UInt8]) -> MagicCall {
        let start = call.arguments.lowerBound
        let tree = Parser.parse(source: String(decoding: bytes[start...], as: UTF8.self))
        var end = call.arguments.upperBound
        for item in tree.statements where start + item.positionAfterSkippingLeadingTrivia.utf8Offset < call.arguments.upperBound {
            end = max(end, start + item.endPositionBeforeTrailingTrivia.utf8Offset)
        }
        return MagicCall(
            name: call.name, takesCell: false, asksForHelp: call.asksForHelp, word: call.word, arguments: start..<end, body: end..<end)
    }
}
