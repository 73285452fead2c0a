import Foundation
import SwiftCells
import Testing

extension CellSessionTests {
    /// Magics in a session without a front end: their text goes to the standard output.
    @Suite(.serialized) struct MagicTests {
        @Test func `a timed statement is a statement of the cell`() throws {
            try withNotebook { notebook in
                #expect(notebook.value("%time let x = 20\nx + 22") == "42")
                #expect(notebook.output.contains("Wall time: ") && notebook.output.contains("Compile time: "))
                #expect(notebook.value("%%time\nlet y = x + 1\ny") == "21")
                #expect(notebook.value("x + y") == "41")
            }
        }

        @Test(arguments: [
            ("let a = 7\n % 3\na", "1"),
            ("let s = \"\"\"\n%time\n\"\"\"\ns", "%time"),
            ("// one\n/*\n%who\n*/\n5", "5"),
            ("let who = 4\n(9\n% who)", "1"),
            ("func f() -> Int {\n    9\n    % 4\n}\nf()", "1"),
            ("if true {\n}\n%who none\n6", "6"),
            ("  \n  %who none\n7", "7"),
            ("%who none // (\n8", "8"),
        ])
        func `Swift decides what a percent sign at the start of a line is`(code: String, value: String) throws {
            try withNotebook { #expect($0.value(code) == value) }
        }

        @Test func `a magic inside a block is an error of Swift at its place`() throws {
            try withNotebook { notebook in
                let diagnostics = notebook.run("if true {\n    %who\n}").diagnostics
                #expect(diagnostics.first?.line == 2 && diagnostics.first?.column == 5, "\(diagnostics)")
            }
        }

        @Test func `diagnostics of every part point into the cell as it was typed`() throws {
            try withNotebook { notebook in
                for (code, line, column) in [
                    ("%time let s: Int = \"a\"", 1, 20), ("1\n%timeit é + 1", 2, 9), ("%%timeit let a = 1\nlet b = 2; a + c", 2, 16),
                    ("%who none\n\nmissing", 3, 1), ("%time [1,\n  missing].count", 2, 3),
                ] {
                    let first = notebook.run(code).diagnostics.first { $0.severity == .error }
                    #expect(first?.line == line && first?.column == column, "\(code): \(first.map(String.init) ?? "none")")
                    #expect(first?.sourceLine == code.split(separator: "\n", omittingEmptySubsequences: false)[line - 1].description)
                }
            }
        }

        @Test func `a part that fails ends the cell and keeps what the parts before it defined`() throws {
            try withNotebook { notebook in
                let outcome = notebook.run("let kept = 3\n%time [1][kept]\nlet after = 1")
                #expect(outcome.failure?.message == "Index out of range")
                #expect(outcome.failure?.places.map(\.description) == ["In[1], line 2: %time [1][kept]"])
                #expect(notebook.value("kept") == "3")
                #expect(notebook.run("after").diagnostics.first?.message == "cannot find 'after' in scope")
            }
        }

        @Test func `timed code runs as often as asked and its variables are its own`() throws {
            try withNotebook { notebook in
                notebook.run("var calls = 0\nfunc call() -> Int { calls += 1; return calls }")
                notebook.run("%timeit -n 5 -r 3 let own = call();")
                #expect(notebook.output.contains("3 runs, 5 loops each"))
                #expect(notebook.value("calls") == "15")
                notebook.run("%%timeit -n 2 -r1 calls = 100 // setup\n\ncall()\ncall() // twice\n")
                #expect(notebook.output.contains("1 run, 2 loops each"))
                #expect(notebook.value("calls") == "104")
                #expect(!notebook.run("own").isFinished)
            }
        }

        @Test func `options of timeit are not mistaken for code nor code for options`() throws {
            try withNotebook { notebook in
                notebook.run("let n = 3; let number = 4")
                notebook.run("%timeit -r 1 -number + 1")
                #expect(notebook.output.contains("1 run,"))
                #expect(notebook.run("%timeit -n zero n").failure?.message.contains("takes a number above 0") == true)
                #expect(notebook.run("%timeit -r 0 n").failure?.message.contains("takes a number above 0") == true)
            }
        }

        @Test func `names are forgotten one by one, and redefined after that`() throws {
            try withNotebook { notebook in
                notebook.run("struct P { var a = 1 }\nlet p = P()\nfunc f() -> Int { 1 }\nextension Int { var next: Int { self + 1 } }")
                #expect(notebook.run("%reset P f").isFinished)
                for code in ["P()", "let q: P? = nil", "f()"] { #expect(!notebook.run(code).isFinished, "\(code)") }
                #expect(notebook.value("p.a.next") == "2")
                notebook.run("func f() -> Int { 2 }")
                #expect(notebook.value("f()") == "2")
                notebook.run("%reset")
                for code in ["p", "1.next", "f()"] { #expect(!notebook.run(code).isFinished, "\(code)") }
            }
        }

        @Test func `a cell that is run again replaces what each of its parts defined, not what the others did`() throws {
            try withNotebook { notebook in
                let code = """
                    extension Int { var half: Int { self / 2 } }
                    func f(_ n: Int) -> Int { n }
                    %time func f(_ s: String) -> Int { 0 }
                    extension Int { var third: Int { self / 3 } }
                    """
                for edited in [code, code, code.replacingOccurrences(of: "/ 3", with: "/ 3 + 1")] {
                    #expect(notebook.session.run(edited, name: "In[1]", cellID: "a").isFinished)
                    #expect(notebook.value("f(12.half) + f(\"\")") == "6")
                }
                #expect(notebook.value("12.third") == "5")
            }
        }

        @Test func `an unknown magic, and help, name what there is`() throws {
            try withNotebook { notebook in
                let failure = notebook.run("1\n%whoo").failure
                #expect(failure?.kind == "UnknownMagic" && failure?.message.contains("Did you mean %who?") == true)
                #expect(failure?.places.map(\.line) == [2])
                notebook.run("%help")
                #expect(notebook.output.contains("%%bash") && notebook.output.contains("%package"))
            }
        }

        @Test func `an interrupt ends bash and timed code`() throws {
            try withNotebook { notebook in
                notebook.run("let kept = 11")
                let session = notebook.session
                for code in ["%%bash\nsleep 60", "%timeit -n 1000000000000 kept", "%time while true {}"] {
                    DispatchQueue.global().asyncAfter(deadline: .now() + 0.7) { session.interrupt() }
                    guard case .interrupted = notebook.run(code) else {
                        Issue.record("not interrupted: \(code)")
                        return
                    }
                }
                #expect(notebook.value("kept") == "11")
            }
        }
    }

    @Suite struct MagicCompletenessTests {
        @Test(arguments: ["%time f()", "%who", "%%time\nf()", "%%bash\nfor i in 1\n", "%package http://x/(y", "let a = 1\n%help"])
        func `a whole cell with magics is complete`(code: String) { #expect(Completeness(ofCell: code) == .complete) }

        @Test(arguments: ["%time f(", "%%time", "%%time\nif a {", "%%html\n<b>", "%who\nlet a = ["])
        func `a cell that ends inside something is incomplete`(code: String) {
            if case .incomplete = Completeness(ofCell: code) { return }
            Issue.record("\(code): \(Completeness(ofCell: code))")
        }
    }
}
