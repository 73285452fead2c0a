import CHooke
import Foundation

extension CellSession {
    /// A cell whose code is in memory.
    struct LoadedCell {
        typealias Entry = @convention(c) (Int32, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Int32
        let module: DefinitionTable.Module
        let imports: DefinitionTable.Imports
        let entry: Entry
    }

    /// Why a cell did not come to run.
    struct Ending: Error { let outcome: CellOutcome }

    /// Compiles and loads.
    func build(
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
}
