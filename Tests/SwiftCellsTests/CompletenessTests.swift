import SwiftCells
import Testing

@Suite struct CompletenessTests {
    @Test(arguments: ["let x = 1", "", "func f() { }", "if true { print(1) }", "struct P { var a = 1 }", "// comment", "\"\"\"\na\n\"\"\""])
    func `a whole text is complete`(code: String) { #expect(Completeness(of: code) == .complete) }

    @Test(arguments: ["func f() {", "let x = [1,", "print(", "if x {\n    y()", "let s = \"\"\"\nabc", "/* open", "let x ="])
    func `a text that ends inside something is incomplete`(code: String) {
        guard case .incomplete = Completeness(of: code) else {
            Issue.record("\(code): \(Completeness(of: code))")
            return
        }
    }

    @Test func `an open brace asks for one more indentation`() { #expect(Completeness(of: "func f() {") == .incomplete(indent: "    ")) }

    @Test(arguments: ["let 5 = x", "func f() { ) }", "}", "let x = = 2"])
    func `a text that no further line can mend is invalid`(code: String) { #expect(Completeness(of: code) == .invalid) }
}
