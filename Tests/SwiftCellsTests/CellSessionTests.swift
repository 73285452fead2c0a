import Foundation
import SwiftCells
import Testing

/// One process holds one session, so these tests take turns.
@Suite(.serialized) struct CellSessionTests {
    @Test func `variables, functions, types and imports persist across cells`() throws {
        try withNotebook { notebook in
            notebook.run("import Foundation\nvar x = 20\nstruct P { var a = 1; func twice() -> Int { a * 2 } }")
            notebook.run("func f(_ n: Int) -> Int { n + x }")
            #expect(notebook.value("f(22)") == "42")
            notebook.run("x = 30")
            #expect(notebook.value("f(22)") == "52")
            #expect(notebook.value("P(a: 4).twice()") == "8")
            #expect(notebook.value("Date(timeIntervalSince1970: 0).timeIntervalSince1970") == "0.0")
        }
    }

    @Test func `a later definition replaces the earlier one and old values keep their type`() throws {
        try withNotebook { notebook in
            notebook.run("let x = 1; struct P { var a = 1 }; let p = P(); func g() -> Int { 1 }")
            notebook.run("let x = \"one\"; struct P { var b = 2 }; func g() -> String { \"new\" }")
            #expect(notebook.value("x") == "one")
            #expect(notebook.value("P()") == "P(b: 2)")
            #expect(notebook.value("p") == "P(a: 1)")
            #expect(notebook.value("g()") == "new")
        }
    }

    @Test func `overloads of a function from different cells live side by side`() throws {
        try withNotebook { notebook in
            notebook.run("func show(_ n: Int) -> String { \"int\" }")
            notebook.run("func show(_ s: String) -> String { \"string\" }")
            #expect(notebook.value("show(1) + show(\"\")") == "intstring")
        }
    }

    @Test func `extensions and operators work in later cells and can be run again after an edit`() throws {
        try withNotebook { notebook in
            notebook.run("extension Int { var doubled: Int { self * 2 } }\ninfix operator **\nfunc ** (a: Int, b: Int) -> Int { (0..<b).reduce(1) { r, _ in r * a } }")
            #expect(notebook.value("21.doubled") == "42")
            #expect(notebook.value("2 ** 10") == "1024")
            notebook.run("extension Int { var tripled: Int { self * 3 } }")
            notebook.run("extension Int { var tripled: Int { self * 3 + 1 } }")
            #expect(notebook.value("2.tripled") == "7")
        }
    }

    @Test func `conformances of a cell's types are found at run time`() throws {
        try withNotebook { notebook in
            notebook.run("protocol Sound { func sound() -> String }\nstruct Dog: Sound, CustomStringConvertible { var description: String { \"a dog\" }; func sound() -> String { \"woof\" } }")
            #expect(notebook.value("Dog()") == "a dog")
            #expect(notebook.value("let any: Any = Dog(); (any as? Sound)?.sound() ?? \"mute\"") == "woof")
            notebook.run("extension Dog: Equatable { static func == (a: Dog, b: Dog) -> Bool { true } }")
            #expect(notebook.value("[Dog()].contains(Dog())") == "true")
        }
    }

    @Test func `the value of a last expression is shown and nothing else is`() throws {
        try withNotebook { notebook in
            #expect(notebook.value("1 + 1") == "2")
            #expect(notebook.value("1 + 1;") == "")
            #expect(notebook.value("let a = 3") == "")
            #expect(notebook.value("var b = 1\nb = 2") == "")
            #expect(notebook.value("print(\"said\")") == "")
            #expect(notebook.output == "said\n")
            #expect(notebook.value("for _ in 0..<2 {}") == "")
            #expect(notebook.value("") == "")
            #expect(notebook.value("// only a comment") == "")
        }
    }

    @Test func `top-level code awaits, in values, statements and loops`() throws {
        try withNotebook { notebook in
            notebook.run("func slow(_ n: Int) async throws -> Int { try await Task.sleep(nanoseconds: 1_000); return n }")
            notebook.run("let w = try await slow(7)")
            #expect(notebook.value("w") == "7")
            #expect(notebook.value("try await slow(1) + slow(2)") == "3")
            notebook.run("var sum = 0\nfor await n in AsyncStream<Int>(unfolding: { sum < 10 ? 5 : nil }) { sum += n }")
            #expect(notebook.value("sum") == "10")
        }
    }

    @Test func `compile errors point into the cell as it was typed`() throws {
        try withNotebook { notebook in
            let diagnostics = notebook.run("let a = 1\nlet e = \"é\"; let s: Int = e").diagnostics
            #expect(diagnostics.first?.description == """
                In[1]:2:28: error: cannot convert value of type 'String' to specified type 'Int'
                2 | let e = "é"; let s: Int = e
                  |                           ^
                """)
            let shown = notebook.run("undefined").diagnostics.map(\.description).joined()
            #expect(shown == "In[2]:1:1: error: cannot find 'undefined' in scope\n1 | undefined\n  | ^")
        }
    }

    @Test func `diagnostics never show internal names or temporary paths`() throws {
        try withNotebook { notebook in
            notebook.run("struct P { var a = 1 }\nfunc take(_ p: P) {}")
            notebook.run("struct P { var b = 1 }")
            for code in ["take(P())", "nil", "P(c: 1)", "let f: (Int) -> P = take", "func (", "\"unclosed", "try missing()"] {
                let text = notebook.run(code).diagnostics.map(\.description).joined(separator: "\n")
                #expect(!text.isEmpty)
                for hidden in ["HookeCell", "__hooke", "/tmp", "sourceLocation"] { #expect(!text.contains(hidden), "\(code): \(text)") }
            }
        }
    }

    @Test func `a thrown error ends the cell and defines only what it finished`() throws {
        try withNotebook { notebook in
            let outcome = notebook.run("struct Bad: Error { var why = \"rain\" }\nlet before = 3\nfunc boom() throws -> Int { throw Bad() }\nlet after = try boom()")
            #expect(outcome.failure?.kind == "Bad")
            #expect(outcome.failure?.message == "Bad(why: \"rain\")")
            #expect(outcome.failure?.places.map(\.description) == ["In[1], line 4: let after = try boom()"])
            #expect(notebook.value("before") == "3")
            #expect(notebook.run("after").diagnostics.first?.message == "cannot find 'after' in scope")
        }
    }

    @Test(arguments: [
        ("let arr = [1, 2, 3]\nlet i = 5\nprint(arr[i])", "Index out of range", 3),
        ("var o: Int? = nil\no!", "Unexpectedly found nil while unwrapping an Optional value", 2),
        ("\nfatalError(\"my message\")", "my message", 2),
        ("fatalError()", "fatalError()", 1),
        ("var m = Int.max\nm += 1", "arithmetic overflow", 2),
        ("struct E: Error {}\ntry! { throw E() }()", "'try!' expression unexpectedly raised an error", 2),
        ("let a: Any = 1\nlet s = a as! String", "Could not cast value of type 'Swift.Int'", 2),
    ])
    func `a trap ends the cell, says why and where, and the session goes on`(code: String, message: String, line: Int) throws {
        try withNotebook { notebook in
            notebook.run("let kept = 11")
            let outcome = notebook.run(code)
            guard case .trapped(let failure) = outcome else {
                Issue.record("not a trap: \(outcome)")
                return
            }
            #expect(failure.message.contains(message), "\(failure)")
            #expect(failure.places.first?.cell == "In[2]" && failure.places.first?.line == line, "\(failure)")
            #expect(notebook.value("kept") == "11")
        }
    }

    @Test func `exit ends the cell and not the process`() throws {
        try withNotebook { notebook in
            notebook.run("import Foundation\nlet kept = 11")
            let failure = notebook.run("func leave() { exit(3) }\nleave()").failure
            #expect(failure?.kind == "Exit" && failure?.message.contains("exit() with status 3") == true)
            #expect(failure?.places.map(\.line) == [2])
            #expect(notebook.value("kept") == "11")
        }
    }

    @Test func `a stack overflow ends the cell and not the session`() throws {
        try withNotebook { notebook in
            notebook.run("let kept = 11")
            #expect(notebook.run("func down(_ n: Int) -> Int { down(n + 1) + 1 }\ndown(0)").failure?.kind == "Stack overflow")
            #expect(notebook.value("kept") == "11")
        }
    }

    @Test func `a trap or an interrupt inside print leaves printing to later cells`() throws {
        try withNotebook { notebook in
            notebook.run("struct Trap: CustomStringConvertible { var description: String { fatalError(\"inside\") } }")
            #expect(notebook.run("print(Trap())").failure?.message == "inside")
            notebook.run("print(\"one\")")
            #expect(notebook.output.hasSuffix("one\n"))
            let session = notebook.session
            for _ in 0..<3 {
                DispatchQueue.global().asyncAfter(deadline: .now() + 0.7) { session.interrupt() }
                guard case .interrupted = notebook.run("while true { print(\"x\") }") else {
                    Issue.record("not interrupted")
                    return
                }
            }
            notebook.run("print(\"two\")")
            #expect(notebook.output.hasSuffix("two\n"))
        }
    }

    @Test(arguments: ["while true {}", "import Foundation\nThread.sleep(forTimeInterval: 60)", "var q = [Int]()\nwhile true { q.append(1); if q.count > 999 { q = [] } }"])
    func `an interrupt stops a cell that would never end and keeps the state`(code: String) throws {
        try withNotebook { notebook in
            notebook.run("let kept = 11")
            let session = notebook.session
            DispatchQueue.global().asyncAfter(deadline: .now() + 1) { session.interrupt() }
            guard case .interrupted = notebook.run(code) else {
                Issue.record("not interrupted")
                return
            }
            #expect(notebook.value("kept") == "11")
        }
    }

    @Test func `output streams in order, with unfinished lines and every character whole`() throws {
        try withNotebook { notebook in
            notebook.run("import Foundation\nfor i in 0..<2000 { print(\"é\\(i)\") }\nprint(\"no newline\", terminator: \"\")")
            #expect(notebook.output == (0..<2000).map { "é\($0)\n" }.joined() + "no newline")
        }
    }

    @Test func `a missing toolchain is explained`() {
        #expect(throws: ToolchainError.notFound(searched: "HOOKE_TOOLCHAIN=/nowhere")) { try Toolchain(environment: ["HOOKE_TOOLCHAIN": "/nowhere"]) }
        #expect(throws: ToolchainError.notFound(searched: "the PATH")) { try Toolchain(environment: ["PATH": "/nowhere"]) }
    }
}
