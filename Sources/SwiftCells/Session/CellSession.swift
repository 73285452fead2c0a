import CHooke
import Foundation

/// A session of Swift cells: each is compiled to native code, loaded into this process and run; what it defines stays.
///
///     let session = try CellSession(Toolchain(), output: capture)
///     session.run("let x = 20", name: "In[1]")          // .finished
///     session.run("x + 22", name: "In[2]")              // .finished, and onResult(42)
///
/// Cells that trap, throw or are interrupted end; the session and everything that earlier cells defined goes on.
/// `run` is called by one thread at a time; `interrupt` by any. A process holds one session.
public final class CellSession: @unchecked Sendable {
    /// Called on the cell's thread with the value of a last expression; an error thrown here becomes the cell's error.
    public var onResult: (Any) throws -> Void = { _ in }
    /// Called with the text of a page of help; where it is nil, pages are printed.
    public var onPage: ((String) -> Void)?
    /// Which cells are compiled with optimization.
    public var optimization = CellOptimization.automatic
    /// The toolchain that the cells are compiled with; nil until one that fits is found.
    public var toolchain: Toolchain? { lock.withLock { compiler?.toolchain } }

    let output: OutputCapture
    let folder: String
    let searchPaths: [String]
    /// The programs of magics.
    let jobs = ChildJob()
    /// What `%package` has loaded.
    var packages: [BuiltPackage] = []
    /// What the parts of the present cell took, for `%time`.
    var measured = PartTimes()
    private(set) var libraries: [String] = []
    /// Libraries whose symbols every later one may use.
    private var offered: Set<String> = []
    /// Modules are told apart in the whole process, also those of sessions that are closed.
    nonisolated(unsafe) private static var moduleCount = 0
    private(set) var resultError: (any Error)?
    /// What showing the result took, which is not the cell's own time.
    private var showing = Stopwatch.Reading()

    let lock = NSLock()  // guards what follows, which other threads read for interrupts and completions
    private var running: CellThread?
    private var stopRequested = false
    var compiler: CellCompiler?
    var table = DefinitionTable()
    private(set) var sources: [String: String] = [:]
    private var namesByModule: [String: String] = [:]

    /// Opens a session in a folder of its own, removed by ``close()``.
    /// - Parameters:
    ///   - toolchain: nil looks for one at the first cell, and again at each cell until one fits.
    ///   - searchPaths: where cells find modules besides the toolchain's own.
    ///   - output: the capture of this process's standard output, drained when a cell ends.
    /// - Throws: when the folder cannot be made.
    public init(toolchain: Toolchain? = nil, searchPaths: [String] = [], output: OutputCapture) throws {
        self.output = output
        self.searchPaths = searchPaths
        let base = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        folder = URL(fileURLWithPath: base).resolvingSymlinksInPath().path + "/hooke-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        hooke_cell_install_handlers()
        if let toolchain { makeCompiler(toolchain) }
        CellRuntime.onResult = { [weak self] value in
            guard let self else { return }
            let shown = Stopwatch()
            do { try self.onResult(value) } catch { self.resultError = error }
            self.showing = self.showing + shown.elapsed
        }
    }

    /// Sets up compiling, and starts the resident compiler on its way.
    @discardableResult
    private func makeCompiler(_ toolchain: Toolchain) -> CellCompiler {
        let cache = FileManager.default.homeDirectoryForCurrentUser.path + "/.cache/hooke/modules-\(toolchain.version)"
        var made = CellCompiler(
            toolchain: toolchain, folder: folder, searchPaths: searchPaths, moduleCache: cache, resident: ResidentCompiler(toolchain: toolchain))
        made.packageArguments = packages.flatMap(\.arguments)
        lock.withLock { compiler = made }
        DispatchQueue.global().async { [made] in made.warmUp() }
        return made
    }

    /// Removes the session's files. Loaded code stays usable.
    public func close() {
        jobs.kill()
        lock.withLock { compiler }?.resident?.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Forgets an interrupt that was meant for the cell before.
    func beginCell() {
        lock.withLock { stopRequested = false }
        jobs.begin()
    }

    /// Compiles, loads and runs a part of a cell, which is Swift.
    func runSwift(_ code: String, name: String, part: SwiftPart = SwiftPart(), showsResult: Bool) -> CellOutcome {
        let compiling = Stopwatch()
        let cell = ParsedCell(code, part: part)
        if cell.tree.statements.isEmpty && !cell.tree.hasError { return .finished }
        Self.moduleCount += 1
        let module = "HookeCell\(Self.moduleCount)"
        let library: String
        let imports = lock.withLock { table.imports(for: cell, cellID: part.cellID) }
        do {
            switch try compile(cell, code: code, name: name, module: module, imports: imports, showsResult: showsResult) {
            case .failed(let diagnostics): return .notCompiled(redefinitions.explained(diagnostics, in: cell))
            case .built(let path): library = path
            }
        } catch {
            return .threw(failure(toCompile: error))
        }
        if lock.withLock({ stopRequested }) { return .interrupted(CellFailure(kind: "Interrupted", message: "stopped before it ran", places: [])) }

        // Symbols of the cells that this one uses are found in the global scope. Were its library linked with theirs, loading would take
        // longer with each cell of a chain.
        for needed in imports.libraries where offered.insert(needed).inserted { dlopen(needed, RTLD_NOW | RTLD_GLOBAL | RTLD_NOLOAD) }
        guard let handle = dlopen(library, RTLD_NOW | RTLD_LOCAL), let symbol = dlsym(handle, module) else {
            let reason = dlerror().map { String(cString: $0) } ?? "unknown reason"
            let text = InternalNames.removed(fromMessage: reason.replacingOccurrences(of: folder + "/", with: ""))
            return .threw(CellFailure(kind: "LoadError", message: "the compiled cell cannot be loaded: \(text)", places: []))
        }
        if cell.wholeModuleItems.contains(where: \.isConformance) { replaceConformances(by: library, entry: symbol) }
        if !part.isForgotten { lock.withLock { (sources[name], namesByModule[module]) = (code, name) } }
        libraries.append(library)
        resultError = nil
        typealias Entry = @convention(c) (Int32, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Int32
        let compileTime = compiling.elapsed.wall, stopwatch = Stopwatch()
        showing = .init()
        guard let thread = CellThread(entry: unsafeBitCast(symbol, to: Entry.self)) else {
            return .threw(CellFailure(kind: "LoadError", message: "no thread could be made for the cell: \(String(cString: strerror(errno)))", places: []))
        }
        // An interrupt that came while the cell was loaded found no thread to stop.
        let isLate = lock.withLock {
            running = thread
            return stopRequested
        }
        if isLate { DispatchQueue.global().async { [folder] in thread.stop(cellFolder: folder) } }
        let memory = MemoryLimit()
        var excess: String?
        let report = thread.wait(cellFolder: folder) {
            guard excess == nil, let reason = memory.excess else { return }
            excess = reason
            DispatchQueue.global().async { [folder] in thread.stop(cellFolder: folder, patience: 0.05) }
        }
        measured = measured + PartTimes(compiling: compileTime, running: stopwatch.elapsed - showing)
        lock.withLock { running = nil }

        let outcome = outcome(of: report, name: name, cell: cell, memoryExcess: excess)
        let finished = report.state == HOOKE_CELL_FINISHED ? Int.max : Int(report.last_mark)
        if !part.isForgotten {
            lock.withLock {
                table.add(cell, code: code, module: .init(name: module, library: library, cellID: part.cellID), imports: imports, finishedItems: finished)
            }
        }
        output.drain()
        return outcome
    }

    /// Stops the cell that runs now, if any. Returns when it is over.
    public func interrupt() {
        let thread: CellThread? = lock.withLock {
            stopRequested = true
            return running
        }
        jobs.stop()
        // A compilation under way is given up; the next cell finds a new compiler.
        if let thread { thread.stop(cellFolder: folder) } else { lock.withLock { compiler }?.resident?.stop() }
    }

    func currentCompiler() throws -> CellCompiler { try lock.withLock { compiler } ?? makeCompiler(try Toolchain()) }

    /// What people call the cell that became a module.
    func cellName(ofModule module: String) -> String? { namesByModule[module] }

    /// The runtime keeps the first conformance of a type to a protocol that it finds: one that this cell makes again shall replace it.
    private func replaceConformances(by library: String, entry: UnsafeMutableRawPointer) {
        var offset: UInt = 0
        guard let section = ObjectFile.conformances(of: library), hooke_library_of(UInt(bitPattern: entry), &offset) != nil else { return }
        let records = (entry - Int(offset) + section.address).assumingMemoryBound(to: Int32.self)
        hooke_replace_conformances(records, section.length / 4, folder)
    }

    private func compile(
        _ cell: ParsedCell, code: String, name: String, module: String, imports: DefinitionTable.Imports, showsResult: Bool
    ) throws -> CellCompiler.Result {
        let compiler = try currentCompiler()
        for (record, gone) in imports.outdated { try compiler.emitInterface(of: record, without: gone) }
        func attempt(showsResult: Bool) throws -> CellCompiler.Result {
            try compiler.compile(
                cell, code: code, name: name, module: module, imports: imports, showsResult: showsResult,
                optimized: cell.mustBeOptimized || optimization.applies(to: cell))
        }
        let result = try attempt(showsResult: showsResult)
        // The call that shows the value can itself be what does not compile; then the cell speaks for itself, without it.
        if case .failed = result, showsResult, cell.resultRange != nil { return try attempt(showsResult: false) }
        return result
    }

    /// The text of each cell by its name.
    var cellSources: [String: String] { lock.withLock { sources } }

    /// Who defined which type, for explaining values of a type that was redefined.
    var redefinitions: Redefinitions { lock.withLock { Redefinitions(table: table, cells: namesByModule) } }

    // MARK: - For completing and explaining

    /// The compiler's view of a text that is being written. Nil without a resident compiler.
    func assistSource(for code: String, alsoNamed prefix: String?) -> AssistSource? {
        let cell = ParsedCell(code)
        let (compiler, imports): (CellCompiler?, DefinitionTable.Imports) = lock.withLock {
            let extra = prefix.map { table.names(beginningWith: $0) } ?? []
            return (self.compiler, table.imports(for: cell, extra: extra))
        }
        guard let compiler, let resident = compiler.resident else { return nil }
        let header = (imports.declarations + [CellCompiler.prelude]).joined(separator: "; ") + "\n"
        let file = "\(folder)/assist-\(UInt32.random(in: 0 ... .max)).swift"
        return AssistSource(
            resident: resident, file: file, text: header + code, header: header.utf8.count, arguments: compiler.assistArguments(imports) + [file])
    }

    /// The cell that holds the newest definition of a name, and its text.
    func definingCell(of name: String) -> (name: String, source: String)? {
        lock.withLock {
            guard let module = table.module(of: name), let cell = namesByModule[module.name], let source = sources[cell] else { return nil }
            return (cell, source)
        }
    }
}
