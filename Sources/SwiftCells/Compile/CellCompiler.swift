import Foundation

/// Turns one cell into a shared object: the compiler makes an object and a module, ld.lld a library.
///
/// The resident compiler is used once it is warm; before that, and when it has died, a swift-frontend process does the same.
struct CellCompiler {
    let toolchain: Toolchain
    /// Where this session's modules and libraries are.
    let folder: String
    /// Further module search paths, such as Hooke's own modules.
    let searchPaths: [String]
    /// Compiled forms of system modules, kept between sessions.
    let moduleCache: String
    let resident: ResidentCompiler?
    /// Where the modules of packages are, and how they are to be read.
    var packageArguments: [String] = []

    /// What the compiler said.
    enum Result {
        case built(library: String)
        case failed([CellDiagnostic])
    }

    /// Functions that the running process offers to every cell, found by symbol, so that a cell needs no import for them.
    static let prelude = [
        // What other cells import when they need this module and none of its names.
        "typealias \(DefinitionTable.anchor) = Swift.Never",
        #"@_silgen_name("hooke_cell_mark") private func __hookeMark(_ item: Int32)"#,
        #"@_silgen_name("hooke_cell_result") private func __hookeResult<T>(_ value: T)"#,
        #"@_silgen_name("hooke_cell_await") private func __hookeAwait<T>(_ body: @escaping () async -> T) -> T"#,
        #"@_silgen_name("hooke_cell_try_await") private func __hookeTryAwait<T>(_ body: @escaping () async throws -> T) throws -> T"#,
    ].joined(separator: "; ")

    /// Compiles and links a cell.
    /// - Parameters:
    ///   - name: what people call the cell, such as `In[3]`; it appears in diagnostics and traps.
    ///   - showsResult: whether the last expression's value is handed to `hooke_cell_result`.
    ///   - optimized: whether the code is optimized, which takes longer. Failed checks keep their messages either way.
    /// - Throws: ``ToolchainError`` when a tool cannot be started.
    func compile(
        _ cell: ParsedCell, code: String, name: String, module: String, imports: DefinitionTable.Imports, showsResult: Bool, optimized: Bool
    ) throws -> Result {
        var source = EditedSource(code)
        for range in cell.hidingModifiers { source.blank(range) }
        for mark in cell.markOffsets { source.insert("__hookeMark(\(mark.item)); ", at: mark.offset) }
        // At equal offsets insertions keep this order: the mark, then the call that shows the result, then the await inside it.
        if showsResult, let range = cell.resultRange { source.insert("__hookeResult(", at: range.lowerBound) }
        for edit in cell.edits { source.insert(edit.text, at: edit.offset) }
        if showsResult, let range = cell.resultRange { source.insert(")", at: range.upperBound) }

        let header = (imports.declarations + [Self.prelude]).joined(separator: "; ")
        // A folder for each module: the compiler lists the folders that it searches, and must not list all cells.
        let path = "\(folder)/\(module)/\(module)"
        try FileManager.default.createDirectory(atPath: "\(folder)/\(module)", withIntermediateDirectories: true)
        let text = "\(header)\n#sourceLocation(file: \"\(name)\", line: 1)\n\(source.text)\n"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path + ".swift"))
        // The .swiftdoc stays: it holds the doc comments that explanations of the session's names show.
        defer { for end in [".swift", ".swiftsourceinfo"] { unlink(path + end) } }

        let outcome = try run(path: path, arguments: arguments(for: module, imports: imports, optimized: optimized), module: module)
        guard outcome.succeeded else {
            let mapper = DiagnosticMapper(cell: name, source: source, headerBytes: text.utf8.count - source.text.utf8.count - 1)
            let diagnostics = mapper.diagnostics(from: outcome.messages)
            return .failed(diagnostics.contains { $0.severity == .error } ? diagnostics : [Self.internalFailure(outcome.text)])
        }
        defer { unlink(path + ".o") }

        let library = path + ".so"
        var linking = ["-shared", toolchain.registration, path + ".o", "-o", library, "--wrap=swift_errorInMain", "--wrap=exit", "-Bsymbolic", "--no-as-needed", "-L", toolchain.libraries, "-rpath", toolchain.libraries]
        linking += autolinkedLibraries(of: path + ".o")
        let linked = try ChildProcess(toolchain.linker, linking)
        guard linked.status == 0 else {
            let message = linked.output.replacingOccurrences(of: folder + "/", with: "")
            return .failed([CellDiagnostic(cell: nil, line: 0, column: 0, severity: .error, message: "the cell cannot be linked: \(message)", sourceLine: nil)])
        }
        return .built(library: library)
    }

    /// A module would note where its imports were found, and who imports it would look, and note, there too: each cell of a chain more.
    private static let withoutSearchPaths = "-no-serialize-debugging-options"

    /// What a compiler made of the file at `path` + ".swift".
    private struct Outcome {
        let succeeded: Bool
        let messages: [CompilerMessage]
        var text = ""
    }

    private func run(path: String, arguments common: [String], module: String) throws -> Outcome {
        if let resident, resident.isWarm {
            do { return try compile(path: path, arguments: common, module: module, with: resident) } catch is ResidentCompiler.Unavailable {}
        }
        resident?.warmIfCold(warmUp)
        var arguments = ["-frontend", "-c", "-primary-file", path + ".swift", "-o", path + ".o", "-emit-module-path", path + ".swiftmodule"]
        arguments += ["-emit-module-doc-path", path + ".swiftdoc", "-entry-point-function-name", module, "-diagnostic-style", "llvm"] + common
        let process = try ChildProcess(toolchain.frontend, arguments)
        return Outcome(succeeded: process.status == 0, messages: CompilerMessage.parse(process.output), text: process.output)
    }

    private func compile(path: String, arguments common: [String], module: String, with resident: ResidentCompiler) throws -> Outcome {
        var arguments = ["-c", "-o", path + ".o", "-emit-module", "-emit-module-path", path + ".swiftmodule"]
        arguments += ["-Xfrontend", "-entry-point-function-name", "-Xfrontend", module, "-Xfrontend", Self.withoutSearchPaths] + common + [path + ".swift"]
        let answer = try resident.send(SourceKitRequest.compile(name: module, arguments: arguments))
        defer { _ = try? resident.send(SourceKitRequest.close(name: module)) }
        let messages = CompilerMessage.parse(answer["key.diagnostics"] as? [[String: Any]] ?? [])
        return Outcome(
            succeeded: answer["key.value"] as? Int == 0 && FileManager.default.fileExists(atPath: path + ".o"), messages: messages,
            text: messages.map(\.text).joined(separator: "\n"))
    }

    /// Writes the interface of an earlier cell again, without what later cells have replaced. If it cannot do without, it stays as it was.
    /// - Throws: ``ToolchainError`` when the compiler cannot be started.
    func emitInterface(of record: WholeModule, without gone: Set<WholeModuleItem>) throws {
        let path = "\(folder)/\(record.module.name)/\(record.module.name)", draft = path + ".draft.swiftmodule"
        try Data(record.interface(without: gone).utf8).write(to: URL(fileURLWithPath: path + ".swift"))
        defer { for file in [path + ".swift", draft] { unlink(file) } }
        let process = try ChildProcess(
            toolchain.frontend,
            ["-frontend", "-emit-module", path + ".swift", "-o", draft, "-experimental-skip-all-function-bodies", Self.withoutSearchPaths, "-entry-point-function-name", record.module.name]
                + arguments(for: record.module.name, imports: record.imports, optimized: false))
        if process.status == 0 { rename(draft, path + ".swiftmodule") }
        record.emittedWithout = gone
    }

    /// What completing and explaining need of the arguments above.
    func assistArguments(_ imports: DefinitionTable.Imports) -> [String] {
        ["-module-name", CellSession.assistModule, "-swift-version", "5", "-enable-testing", "-module-cache-path", moduleCache] + searching(imports)
    }

    private func searching(_ imports: DefinitionTable.Imports) -> [String] {
        (imports.searched.map { "\(folder)/\($0)" } + searchPaths).flatMap { ["-I", $0] } + packageArguments
    }

    private func arguments(for module: String, imports: DefinitionTable.Imports, optimized: Bool) -> [String] {
        [
            "-module-name", module, "-enable-testing", "-enable-library-evolution", "-swift-version", "5", "-gline-tables-only",
            "-module-cache-path", moduleCache, "-suppress-warnings",
        ] + (optimized ? ["-O", "-assert-config", "Debug"] : ["-Onone"]) + searching(imports)
    }

    /// Compiles and completes something small in the resident compiler, so that it is warm for the next cell and the first Tab.
    func warmUp() {
        guard let resident else { return }
        let path = folder + "/HookeWarmUp"
        guard (try? Data("print(1)\n".utf8).write(to: URL(fileURLWithPath: path + ".swift"))) != nil else { return }
        let none = DefinitionTable.Imports()
        _ = try? compile(path: path, arguments: arguments(for: "HookeWarmUp", imports: none, optimized: false), module: "HookeWarmUp", with: resident)
        for end in [".swift", ".o", ".swiftmodule", ".swiftdoc", ".swiftsourceinfo"] { unlink(path + end) }
        let file = path + "Name.swift"
        _ = try? resident.send(SourceKitRequest.complete(file: file, text: "import Foundation\n", offset: 18, prefix: "p", arguments: assistArguments(none) + [file]))
        _ = try? resident.send(SourceKitRequest.closeCompletion(file: file, offset: 18))
    }

    /// Libraries that the cell's imports ask for, from the toolchain's own folder.
    private func autolinkedLibraries(of object: String) -> [String] {
        ObjectFile.autolinkFlags(of: object).filter { flag in
            flag.hasPrefix("-l") && FileManager.default.fileExists(atPath: "\(toolchain.libraries)/lib\(flag.dropFirst(2)).so")
        }
    }

    private static func internalFailure(_ text: String) -> CellDiagnostic {
        let tail = text.split(separator: "\n").suffix(6).joined(separator: "\n")
        return CellDiagnostic(
            cell: nil, line: 0, column: 0, severity: .error,
            message: "the Swift compiler failed on this cell without saying why. \(InternalNames.removed(fromMessage: tail))", sourceLine: nil)
    }
}
