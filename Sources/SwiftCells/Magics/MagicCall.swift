/// A magic as it was typed in a cell. Places are UTF-8 offsets in the cell.
struct MagicCall {
    /// The name as typed, without percent signs.
    let name: String
    /// Whether it was typed with two percent signs.
    let takesCell: Bool
    /// Whether a question mark follows the name: `%time?` asks for help.
    let asksForHelp: Bool
    /// The percent signs and the name.
    let word: Range<Int>
    /// What follows on the line, without spaces around it; for `%time CODE` to the end of the statement.
    let arguments: Range<Int>
    /// The lines below, of a magic that takes the cell.
    let body: Range<Int>

    /// The whole call without the body.
    var range: Range<Int> { word.lowerBound..<max(word.upperBound, arguments.upperBound) }
    /// The magic of this name in this form; nil when there is none.
    var magic: Magic? {
        Magic.named(name).flatMap { (takesCell ? $0.cellUsage : $0.lineUsage) == nil ? nil : $0 }
    }
    /// Whether the arguments, or the body, are Swift.
    var isTiming: Bool { name == "time" || name == "timeit" }
    /// Whether it is `%%time`, which lets the parts of its cell run and tells how long they took.
    var timesItsParts: Bool { name == "time" && takesCell && !asksForHelp }
}

/// How `%timeit` was told to run.
struct TimeitOptions: Equatable {
    /// Loops of a run; nil chooses them.
    var loops: Int?
    /// How often they are run.
    var runs = 7
}

extension MagicCall {
    /// The options before the code, and where the code begins.
    /// - Throws: ``MagicError`` for an option that `%timeit` does not know.
    func timeitOptions(in code: String) throws(MagicError) -> (options: TimeitOptions, code: Range<Int>) {
        let bytes = Array(code.utf8)
        var options = TimeitOptions()
        var place = arguments.lowerBound
        func skipSpaces() { while place < arguments.upperBound, bytes[place] == 0x20 || bytes[place] == 0x09 { place += 1 } }
        func word() -> String {
            let start = place
            while place < arguments.upperBound, !isSpace(bytes[place]) { place += 1 }
            return String(decoding: bytes[start..<place], as: UTF8.self)
        }
        // `-x` may be Swift as well: only the letters of the options count.
        while place + 1 < arguments.upperBound, bytes[place] == UInt8(ascii: "-"), "nr".utf8.contains(bytes[place + 1]) {
            let start = place
            var option = word()
            if option.utf8.count == 2 {
                skipSpaces()
                option += word()
            }
            guard let number = Int(option.dropFirst(2)), number > 0 else {
                if option.dropFirst(2).first?.isNumber != true, option.utf8.count > 2, bytes[start + 2] != 0x20 {
                    place = start  // such as -number
                    break
                }
                throw MagicError("%timeit \(option.prefix(2)) takes a number above 0, such as `%timeit \(option.prefix(2)) 10 CODE`")
            }
            if option.hasPrefix("-n") { options.loops = number } else { options.runs = number }
            skipSpaces()
        }
        return (options, place..<arguments.upperBound)
    }
}

func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

/// What is wrong with a magic, in words.
struct MagicError: Error, Equatable, CustomStringConvertible {
    let kind: String
    let description: String

    init(_ description: String, kind: String = "MagicError") { (self.description, self.kind) = (description, kind) }

    /// What is wrong with a package.
    static func package(_ description: String) -> MagicError { MagicError(description, kind: "PackageError") }
}
