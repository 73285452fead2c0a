import Foundation

/// Turns one cell into a shared object: swift-frontend to an object and a module, ld.lld to a library.
struct CellCompiler {
    let toolchain: Toolchain
    /// Where this session's modules and libraries are.
    let folder: String
    /// Further module search paths, such as Hooke's own modules.
    let searchPaths: [String]
    /// Compiled forms of system modules, kept between sessions.
    let moduleCache: String

    /// What the compiler said.
    enum Result {
        case built(library: String)
        case failed([CellDiagnostic])
    }

    /// Functions that the running process offers to every cell, found by symbol, so that a cell needs no import for them.
    private static let prelude = [
        #"@_silgen_name("hooke_cell_mark") private func __hookeMark(_ item: Int32)"#,
        #"@_silgen_name("hooke_cell_result") private func __hookeResult<T>(_ value: T)"#,
        #"@_silgen_name("hooke_cell_await") private func __hookeAwait<T>(_ body: @escaping () async -> T) -> T"#,
        #"@_silgen_name("hooke_cell_try_await") private func __hookeTryAwait<T>(_ body: @escaping () async throws -> T) throws -> T"#,
    ].joined(separator: "; ")

    /// Compiles and links a cell.
    /// - Parameters:
    ///   - name: what people call the cell, such as `In[3]`; it appears in diagnostics and traps.
    ///   - showsResult: whether the last expression's value is handed to `hooke_cell_result`.
    /// - Throws: ``ToolchainError`` when a tool cannot be started.
    func compile(
        _ cell: ParsedCell, code: String, name: String, module: String, imports: [String], libraries: [String], showsResult: Bool
    ) throws -> Result {
        var source = EditedSource(code)
        for range in cell.hidingModifiers { source.blank(range) }
        for mark in cell.markOffsets { source.insert("__hookeMark(\(mark.item)); ", at: mark.offset) }
        // At equal offsets insertions keep this order: the mark, then the call that shows the result, then the await inside it.
        if showsResult, let range = cell.resultRange { source.insert("__hookeResult(", at: range.lowerBound) }
        for edit in cell.awaitEdits { source.insert(edit.text, at: edit.offset) }
        if showsResult, let range = cell.resultRange { source.insert(")", at: range.upperBound) }

        let header = imports.joined(separator: "; ") + (imports.isEmpty ? "" : "; ") + Self.prelude
        let path = "\(folder)/\(module)"
        let text = "\(header)\n#sourceLocation(file: \"\(name)\", line: 1)\n\(source.text)\n"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path + ".swift"))
        defer { unlink(path + ".swift") }

        var arguments = [
            "-frontend", "-c", "-primary-file", path + ".swift", "-module-name", module, "-o", path + ".o",
            "-emit-module-path", path + ".swiftmodule", "-entry-point-function-name", module,
            "-enable-testing", "-enable-library-evolution", "-swift-version", "5", "-Onone", "-gline-tables-only",
            "-module-cache-path", moduleCache, "-diagnostic-style", "llvm", "-suppress-warnings", "-I", folder,
            "-disable-clang-spi",
        ]
        for path in searchPaths { arguments += ["-I", path] }
        let compilation = try ChildProcess(toolchain.frontend, arguments)
        guard compilation.status == 0 else {
            let diagnostics = DiagnosticParser(cell: name, source: source).parse(compilation.output)
            return .failed(diagnostics.contains { $0.severity == .error } ? diagnostics : [Self.internalFailure(compilation)])
        }
        defer { unlink(path + ".o") }

        let library = path + ".so"
        var linking = ["-shared", path + ".o", "-o", library, "--wrap=swift_errorInMain", "--no-as-needed", "-L", toolchain.libraries, "-rpath", toolchain.libraries]
        linking += libraries
        linking += try autolinkedLibraries(of: path + ".o")
        let linked = try ChildProcess(toolchain.linker, linking)
        guard linked.status == 0 else {
            let message = linked.output.replacingOccurrences(of: folder + "/", with: "")
            return .failed([CellDiagnostic(cell: nil, line: 0, column: 0, severity: .error, message: "the cell cannot be linked: \(message)", sourceLine: nil)])
        }
        return .built(library: library)
    }

    /// Libraries that the cell's imports ask for and that this process has not loaded already.
    private func autolinkedLibraries(of object: String) throws -> [String] {
        let answer = try ChildProcess(toolchain.autolinkExtract, [object, "-o", "/dev/stdout"])
        let flags = answer.output.split(whereSeparator: \.isWhitespace).map(String.init).filter { $0.hasPrefix("-l") }
        return Set(flags).sorted().filter { flag in
            let file = "lib\(flag.dropFirst(2)).so"
            return FileManager.default.fileExists(atPath: toolchain.libraries + "/" + file)
        }
    }

    private static func internalFailure(_ compilation: ChildProcess) -> CellDiagnostic {
        let tail = compilation.output.split(separator: "\n").suffix(6).joined(separator: "\n")
        return CellDiagnostic(
            cell: nil, line: 0, column: 0, severity: .error,
            message: "the Swift compiler failed on this cell (status \(compilation.status)) without saying why. \(DiagnosticParser.withoutInternalNames(tail))",
            sourceLine: nil)
    }
}
