import Foundation
import SwiftCells

/// A session as a notebook would drive it: numbered cells, collected results and output.
final class TestNotebook {
    let session: CellSession
    private(set) var results: [String] = []
    private(set) var output = ""
    private let capture: OutputCapture
    private var count = 0

    init() throws {
        let box = Box()
        // The test runner's own lines pass through the captured descriptors too: they are handed on, floods of a cell are not.
        capture = try OutputCapture { stream, text in
            box.text += text
            if let original = box.original, text.contains("✘") || text.contains("✔") || text.contains("◇") { FileHandle(fileDescriptor: original).write(Data(text.utf8)) }
        }
        box.original = capture.originalStandardError
        session = try CellSession(toolchain: Toolchain(), output: capture)
        self.box = box
        session.onResult = { [unowned self] in results.append(String(describing: $0)) }
    }

    private let box: Box
    private final class Box {
        var text = ""
        var original: Int32?
    }

    @discardableResult
    func run(_ code: String, cellID: String? = nil) -> CellOutcome {
        count += 1
        box.text = ""
        let outcome = session.run(code, name: "In[\(count)]", cellID: cellID)
        output = box.text
        return outcome
    }

    /// The value that the last expression of a cell shows, or how the cell failed.
    func value(_ code: String) -> String {
        results = []
        let outcome = run(code)
        if case .finished = outcome { return results.last ?? "" }
        return "\(outcome)"
    }

    func close() {
        session.close()
        capture.restore()
    }
}

/// Runs `body` with a fresh notebook.
func withNotebook(_ body: (TestNotebook) throws -> Void) throws {
    let notebook = try TestNotebook()
    defer { notebook.close() }
    try body(notebook)
}

extension CellOutcome {
    var isFinished: Bool { if case .finished = self { true } else { false } }
    var diagnostics: [CellDiagnostic] { if case .notCompiled(let list) = self { list } else { [] } }
    var failure: CellFailure? {
        switch self {
        case .threw(let failure), .trapped(let failure), .interrupted(let failure): failure
        case .finished, .notCompiled: nil
        }
    }
}
