import SwiftCells
import Testing

extension CellSessionTests {
    @Suite struct RedefinitionTests {
        @Test func `an extension run again replaces its members though its first cell holds other names in use`() throws {
            try withNotebook { notebook in
                notebook.run("struct P { var a = 1 }\nlet p = P()\nextension P { func hello() -> String { \"hi\" } }")
                notebook.run("extension P { func hello() -> String { \"ho\" }; func more() -> Int { 1 } }")
                #expect(notebook.value("p.hello() + String(p.more())") == "ho1")
                notebook.run("extension P { func hello() -> String { \"hu\" } }")
                #expect(notebook.value("p.hello() + String(p.more())") == "hu1")
            }
        }

        @Test func `a cell run again loses the members and overloads that were edited away`() throws {
            try withNotebook { notebook in
                notebook.run("extension Int { var a: Int { 1 }; var b: Int { 2 } }\nfunc show(_ n: Int) -> String { \"int\" }", cellID: "first")
                notebook.run("extension Int { var b: Int { 3 } }\nfunc show(_ n: Double) -> String { \"double\" }", cellID: "first")
                #expect(notebook.value("1.b") == "3")
                #expect(notebook.value("show(1)") == "double")
                #expect(notebook.run("1.a").diagnostics.first?.message.contains("no member 'a'") == true)
            }
        }

        @Test func `a cell that fails to compile replaces nothing`() throws {
            try withNotebook { notebook in
                notebook.run("extension Int { var a: Int { 1 } }", cellID: "first")
                #expect(!notebook.run("extension Int { var a: Int { \"two\" } }", cellID: "first").isFinished)
                #expect(notebook.value("1.a") == "1")
            }
        }

        @Test func `a conformance run again takes effect for values that exist and in dynamic casts`() throws {
            try withNotebook { notebook in
                notebook.run("struct Q { var a = 1 }\nextension Q: CustomStringConvertible { var description: String { \"Q1\" } }\nlet q = Q()")
                #expect(notebook.value("q") == "Q1")
                notebook.run("extension Q: CustomStringConvertible { var description: String { \"Q2\" } }")
                #expect(notebook.value("q") == "Q2")
                #expect(notebook.value("let any: Any = q; \"\\((any as! CustomStringConvertible).description) \\([q])\"") == "Q2 [Q2]")
            }
        }

        @Test func `an operator declared again replaces the earlier one while its cell's names stay`() throws {
            try withNotebook { notebook in
                notebook.run("infix operator +++\nfunc +++ (a: Int, b: Int) -> Int { a + b }\nlet kept = 3")
                notebook.run("infix operator +++\nfunc +++ (a: Int, b: Int) -> Int { a * b }")
                #expect(notebook.value("kept +++ 5") == "15")
            }
        }

        @Test func `a mismatch between an old and a new type of one name says which cells defined them`() throws {
            try withNotebook { notebook in
                notebook.run("struct P { var a = 1 }\nlet p = P()")
                notebook.run("struct P { var a = 1; var b = 2 }")
                notebook.run("func use(_ p: P) -> Int { p.b }")
                let note = notebook.run("use(p)").diagnostics.last?.message ?? ""
                #expect(note.hasPrefix("`P` was redefined in In[2]; this value has the `P` of In[1]."))
                let failure = notebook.run("let any: Any = p\n(any as! P).b").failure?.message ?? ""
                #expect(failure.hasPrefix("Could not cast value of type 'P' to 'P'. `P` was redefined in In[2]; this value has the `P` of In[1]."))
            }
        }

        @Test func `a value of a type that the cell does not name can be kept and used`() throws {
            try withNotebook { notebook in
                notebook.run("struct Inner { var a = 1 }")
                notebook.run("struct Outer { var inner = Inner() }\nfunc make() -> Outer { Outer() }")
                notebook.run("let made = make()")
                notebook.run("let inner = made.inner")
                #expect(notebook.value("inner.a + 1") == "2")
            }
        }

        @Test func `values and printed text show types without the names of modules`() throws {
            try withNotebook { notebook in
                notebook.run("struct P { var a = 1 }")
                notebook.run("print([P()])")
                #expect(notebook.output == "[P(a: 1)]\n")
            }
        }
    }
}
