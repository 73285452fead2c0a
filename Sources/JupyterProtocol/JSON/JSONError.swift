/// Why bytes are not the JSON that was expected, and at which byte.
public struct JSONError: Error, Equatable, CustomStringConvertible, Sendable {
    /// What was wrong.
    public enum Problem: Equatable, Sendable {
        case unexpectedEnd
        case unexpectedByte(UInt8)
        case trailingBytes
        case invalidNumber
        case invalidEscape
        case controlCharacterInString
        case invalidUTF8
        case tooDeep(limit: Int)
        case tooManyValues(limit: Int)
    }

    /// What was wrong.
    public let problem: Problem
    /// The offset in bytes at which it was noticed.
    public let offset: Int

    public init(problem: Problem, offset: Int) {
        self.problem = problem
        self.offset = offset
    }

    public var description: String {
        let what: String
        switch problem {
        case .unexpectedEnd: what = "the text ends too early"
        case .unexpectedByte(let byte):
            let isPrintable = (0x21...0x7E).contains(byte)
            what = "unexpected " + (isPrintable ? "\"\(Character(UnicodeScalar(byte)))\"" : "byte \(byte)")
        case .trailingBytes: what = "more text follows the value"
        case .invalidNumber: what = "a number is malformed or too long"
        case .invalidEscape: what = "a string has an invalid escape"
        case .controlCharacterInString: what = "a string has a control character that is not escaped"
        case .invalidUTF8: what = "a string is not UTF-8"
        case .tooDeep(let limit): what = "values are nested deeper than \(limit)"
        case .tooManyValues(let limit): what = "there are more than \(limit) values"
        }
        return "invalid JSON at byte \(offset): \(what)"
    }
}
