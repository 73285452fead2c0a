import CHooke
import Foundation

/// A session of Swift cells: each is compiled to native code, loaded into this process and run; what it defines stays.
///
///     let session = try CellSession(Toolchain(), output: capture)
///     session.run("let x = 20", name: "In[1]")          // .finished
///     session.run("x + 22", name: "In[2]")              // .finished, and onResult(42)
///
/// Cells that trap, throw or are interrupted end; the session and everything that earlier cells defined goes on.
/// `run` and `interrupt` are for any thread: cells are compiled one after another and may run beside each other. A process holds one
/// session.
public final class CellSession: @unchecked Sendable {
    /// Called on the cell's thread with the value of a last expression; an error thrown here becomes the cell's error.
    public var onResult: (Any) throws -> Void = { _ in }
    /// Called with the text of a page of help; where it is nil, pages are printed.
    public var onPage: ((String) -> Void)?
    /// Which cells are compiled with optimization: what `HOOKE_OPTIMIZE` says, until a cell says otherwise with `%optimize`.
    public var optimization = ProcessInfo.processInfo.environment["HOOKE_OPTIMIZE"].flatMap(CellOptimization.init) ?? .automatic
    /// The toolchain that the cells are compiled with; nil until one that fits is found.
    public var toolchain: Toolchain? { lock.withLock { compiler?.toolchain } }

    let output: OutputCapture
    let folder: String
    let searchPaths: [String]
    /// What `%package` has loaded.
    var packages: [BuiltPackage] = []
    /// Held while a cell is compiled and loaded.
    private let building = NSLock()
    /// Libraries whose symbols every later one may use.
    private var offered: Set<String> = []
    /// Modules are told apart in the whole process, also those of sessions that are closed.
    nonisolated(unsafe) private static var moduleCount = 0

    let lock = NSLock()  // guards what follows, which other threads read for interrupts and completions
    private var runs: [CellRun] = []
    private var libraries: [String] = []
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
    }

    /// Sets up compiling, and starts the resident compiler on its way.
    @discardableResult
    private func makeCompiler(_ toolchain: Toolchain) -> CellCompiler {
        let cache = FileManager.default.homeDirectoryForCurrentUser.path + "/.cache/hooke/modules-\(toolchain.version)"
        var made = CellCompiler(
            toolchain: toolchain, folder: folder, searchPaths: searchPaths, moduleCache: cache, resident: ResidentCompiler(toolchain: toolchain))
        made.packageArguments = lock.withLock { packages.flatMap(\.arguments) }
        lock.withLock { compiler = made }
        made.resident?.warmIfCold { [made] in made.warmUp() }
        return made
    }

    /// Removes the session's files. Loaded code stays usable.
    public func close() {
        for run in lock.withLock({ runs }) { run.jobs.kill() }
        lock.withLock { compiler }?.resident?.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Runs the parts of a cell for a run, which ``interrupt()`` reaches meanwhile.
    func during(_ run: CellRun, _ body: () -> CellOutcome) -> CellOutcome {
        run.begin { [weak self] in
            // A compilation under way is given up; the next cell finds a new compiler.
            guard let self else { return }
            lock.withLock { self.compiler }?.resident?.stop()
        }
        lock.withLock { runs.append(run) }
        defer { lock.withLock { runs.removeAll { $0 === run } } }
        return run.whileCurrent(body)
    }

    /// The programs of the magics of the cell that this thread works for.
    var jobs: ChildJob { Self.present.jobs }
    /// What the parts of that cell took.
    var measured: PartTimes {
        get { Self.present.measured }
        set { Self.present.measured = newValue }
    }
    static var present: CellRun { CellRun.current ?? CellRun { _ in } }

    /// Compiles, loads and runs a part of a cell, which is Swift.
    func runSwift(_ code: String, name: String, part: SwiftPart = SwiftPart(), showsResult: Bool) -> CellOutcome {
        let compiling = Stopwatch()
        let cell = ParsedCell(code, part: part)
        if cell.tree.statements.isEmpty && !cell.tree.hasError { return .finished }
        let run = Self.present
        let loaded: LoadedCell
        switch building.withLock({ build(cell, code: code, name: name, part: part, showsResult: showsResult, for: run) }) {
        case .failure(let ending): return ending.outcome
        case .success(let made): loaded = made
        }
        run.clearResult()
        let compileTime = compiling.elapsed.wall, stopwatch = Stopwatch()
        guard let thread = CellThread(owner: run, entry: loaded.entry) else {
            return .threw(CellFailure(kind: "LoadError", message: "no thread could be made for the cell: \(String(cString: strerror(errno)))", places: []))
        }
        // An interrupt that came while the cell was loaded found no thread to stop.
        if run.stopping(by: { [folder] in thread.stop(cellFolder: folder) }) {
            DispatchQueue.global().async { [folder] in thread.stop(cellFolder: folder) }
        }
        let memory = MemoryLimit()
        var excess: String?
        let report = thread.wait(cellFolder: folder) {
            guard excess == nil, let reason = memory.excess else { return }
            excess = reason
            DispatchQueue.global().async { [folder] in thread.stop(cellFolder: folder, patience: 0.05) }
        }
        run.measured = run.measured + PartTimes(compiling: compileTime, running: stopwatch.elapsed - run.showing)
        _ = run.stopping(by: nil)

        let outcome = outcome(of: report, name: name, cell: cell, run: run, memoryExcess: excess, isParkedAnywhere: thread.isParkedAnywhere)
        let finished = report.state == HOOKE_CELL_FINISHED ? Int.max : Int(report.last_mark)
        if !part.isForgotten {
            lock.withLock { table.add(cell, code: code, module: loaded.module, imports: loaded.imports, finishedItems: finished) }
        }
        output.drain()
        return outcome
    }

    /// Stops the cells that run now, if any. Returns when they are over.
    public func interrupt() {
        for run in lock.withLock({ runs }) { run.stop() }
    }

    /// A cell whose code is in memory.
    private struct LoadedCell {
        typealias Entry = @convention(c) (Int32, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Int32
        let module: DefinitionTable.Module
        let imports: DefinitionTable.Imports
        let entry: Entry
    }

    /// Why a cell did not come to run.
    private struct Ending: Error { let outcome: CellOutcome }

    /// Compiles and loads.
    private func build(
        _ cell: ParsedCell, code: String, name: String, part: SwiftPart, showsResult: Bool, for run: CellRun
    ) -> Result<LoadedCell, Ending> {
        func ended(_ outcome: CellOutcome) -> Result<LoadedCell, Ending> { .failure(Ending(outcome: outcome)) }
        if run.isStopRequested { return ended(Self.stoppedBeforeItRan) }
        Self.moduleCount += 1
        let module = "HookeCell\(Self.moduleCount)"
        let library: String
        let imports = lock.withLock { table.imports(for: cell, cellID: part.cellID) }
        do {
            let result = try compile(cell, code: code, name: name, module: module, imports: imports, showsResult: showsResult)
            // An interrupt by a signal to the whole group can hit a compiler or linker that is just being started.
            if run.isStopRequested { return ended(Self.stoppedBeforeItRan) }
            switch result {
            case .failed(let diagnostics): return ended(.notCompiled(redefinitions.explained(diagnostics, in: cell)))
            case .built(let path): library = path
            }
        } catch {
            return ended(.threw(failure(toCompile: error)))
        }
        // Symbols of the cells that this one uses are found in the global scope. Were its library linked with theirs, loading would take
        // longer with each cell of a chain.
        for needed in imports.libraries where offered.insert(needed).inserted { dlopen(needed, RTLD_NOW | RTLD_GLOBAL | RTLD_NOLOAD) }
        guard let handle = dlopen(library, RTLD_NOW | RTLD_LOCAL), let symbol = dlsym(handle, module) else {
            let reason = dlerror().map { String(cString: $0) } ?? "unknown reason"
            let text = InternalNames.removed(fromMessage: reason.replacingOccurrences(of: folder + "/", with: ""))
            return ended(.threw(CellFailure(kind: "LoadError", message: "the compiled cell cannot be loaded: \(text)", places: [])))
        }
        if cell.wholeModuleItems.contains(where: \.isConformance) { replaceConformances(by: library, entry: symbol) }
        lock.withLock {
            if !part.isForgotten { (sources[name], namesByModule[module]) = (code, name) }
            libraries.append(library)
        }
        return .success(LoadedCell(
            module: .init(name: module, library: library, cellID: part.cellID), imports: imports,
            entry: unsafeBitCast(symbol, to: LoadedCell.Entry.self)))
    }

    private static let stoppedBeforeItRan = CellOutcome.interrupted(CellFailure(kind: "Interrupted", message: "stopped before it ran", places: []))

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

    /// Paths of the loaded cells.
    var cellLibraries: [String] { lock.withLock { libraries } }

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
