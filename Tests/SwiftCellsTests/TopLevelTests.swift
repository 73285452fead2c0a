import SwiftCells
import Testing

extension CellSessionTests {
    @Suite struct TopLevelTests {
        static let slow = "func slow(_ i: Int) async -> Int { try? await Task.sleep(nanoseconds: 1_000_000); return i }"

        @Test func `async let at the top level runs children and hands the results to later cells`() throws {
            try withNotebook { notebook in
                notebook.run(Self.slow)
                #expect(notebook.value("async let a = slow(1)\nasync let b = slow(2)\nvar sum = await a + b\nprint(sum)\nsum * 2") == "6")
                #expect(notebook.output == "3\n")
                #expect(notebook.value("sum += 1; sum") == "4")
            }
        }

        @Test func `an error of an async let ends the cell and nothing of it is defined`() throws {
            try withNotebook { notebook in
                notebook.run("struct Oops: Error {}\nfunc bad() async throws -> Int { throw Oops() }")
                #expect(notebook.run("async let a = bad()\nlet r = try await a").failure?.kind == "Oops")
                #expect(notebook.run("r").diagnostics.first?.message.contains("cannot find 'r'") == true)
            }
        }

        @Test func `a guard may await and its names stay`() throws {
            try withNotebook { notebook in
                notebook.run(Self.slow)
                #expect(notebook.value("guard let w = await Optional(slow(4)), await slow(1) == 1 else { fatalError() }\nw") == "4")
                #expect(notebook.value("w + 1") == "5")
            }
        }

        @Test(arguments: CellOptimization.allCases)
        func `loops and failed checks mean the same with every optimization`(setting: CellOptimization) throws {
            try withNotebook { notebook in
                notebook.session.optimization = setting
                #expect(notebook.value("var t = 0\nfor i in 0..<1_000 { t = t &+ i * i % 7 }\nt") == "2001")
                let failure = notebook.run("func check(_ i: Int) { precondition(i > 3, \"too small: \\(i)\") }\ncheck(1)").failure
                #expect(failure?.message == "too small: 1")
                #expect(failure?.places.first?.line == 1)
                #expect(notebook.run("let few = [1, 2]\nfunc at(_ i: Int) -> Int { few[i] }\nat(7)").failure?.message == "Index out of range")
                #expect(notebook.value("t") == "2001")
            }
        }

        @Test func `an allocation that cannot be had is reported as such`() throws {
            try withNotebook { notebook in
                notebook.run("let kept = 1")
                #expect(notebook.run("let big = [UInt8](repeating: 0, count: 1 << 45)").failure?.kind == "Out of memory")
                #expect(notebook.value("kept") == "1")
            }
        }
    }
}
