/// What the cells so far define, and the imports by which a new cell sees the newest of each.
///
/// Cells import each other name by name (`import struct HookeCell3.P`): a scoped import shadows older definitions of the
/// name, and a cell that mentions three names loads three modules, however long the session is.
struct DefinitionTable {
    /// A cell that was loaded and may be imported.
    struct Module: Hashable {
        let name: String
        /// The shared object, in which later cells find its symbols once it is in the global scope.
        let library: String
        /// What the front end calls the cell that was run, the same each time it is run again.
        var cellID: String?
    }

    /// What a new cell needs of the earlier ones.
    struct Imports {
        var declarations: [String] = []
        /// The names of the modules that they import.
        var modules: [String] = []
        /// The names of the modules that the compiler will look for: these, and those that they import themselves.
        var searched: [String] = []
        /// The libraries behind them.
        var libraries: [String] = []
        /// Modules that show things which were replaced since: their interfaces must be made anew before they are imported.
        var outdated: [(module: WholeModule, without: Set<WholeModuleItem>)] = []
    }

    private struct Entry {
        let definition: Definition
        let module: Module
    }

    /// A name that every cell's module has, for importing the module without its names.
    static let anchor = "__HookeAnchor"

    private var byName: [String: [Entry]] = [:]
    /// Names that were forgotten one by one: where their module is imported for something else, they must be hidden.
    private var forgotten: [String: [Entry]] = [:]
    /// Modules with items that are still the newest of their kind, oldest first.
    private var wholeModules: [WholeModule] = []
    /// Every module that has such items, by name.
    private var withItems: [String: WholeModule] = [:]
    /// Modules that defined a type of a name, oldest first.
    private var typeHistory: [String: [Module]] = [:]
    /// For each module the modules whose types can appear in it. The types of an earlier cell are internal to it: whoever handles a
    /// value of theirs must import their module, even without naming one.
    private var typeSources: [String: Set<Module>] = [:]
    /// What each module imports.
    private var importedModules: [String: [String]] = [:]
    /// Imports that the user wrote, in order, each once.
    private var userImports: [String] = []

    /// Names that begin like `prefix`, ignoring case.
    func names(beginningWith prefix: String) -> Set<String> {
        let wanted = prefix.lowercased()
        return Set(byName.keys.filter { $0.lowercased().hasPrefix(wanted) })
    }

    /// The module that holds the newest definition of a name.
    func module(of name: String) -> Module? { byName[name]?.last?.module }

    /// Every definition that later cells can use, and the module that holds it.
    var all: [(definition: Definition, module: String)] { byName.values.flatMap { $0.map { ($0.definition, $0.module.name) } } }

    /// Forgets names.
    mutating func forget(_ names: Set<String>) {
        for name in names { forgotten[name, default: []] += byName.removeValue(forKey: name) ?? [] }
    }

    /// Adds imports as if the user had written them.
    mutating func addImports(_ lines: [String]) {
        for line in lines where !userImports.contains(line) { userImports.append(line) }
    }

    /// The modules that defined a type of this name, oldest first; several when it was redefined.
    func modules(ofType name: String) -> [Module] { typeHistory[name] ?? [] }

    /// What a new cell must import, and the libraries behind it.
    /// - Parameters:
    ///   - cellID: what the front end calls the cell.
    ///   - extra: names to import besides those that the cell mentions.
    func imports(for cell: ParsedCell, cellID: String? = nil, extra: Set<String> = []) -> Imports {
        var imports = Imports(declarations: userImports.filter { !cell.imports.contains($0) })
        var modules: [Module] = []
        func use(_ module: Module, _ declaration: String) {
            if !imports.declarations.contains(declaration) { imports.declarations.append(declaration) }
            guard !modules.contains(module) else { return }
            modules.append(module)
            guard let record = withItems[module.name] else { return }
            let gone = record.replaced(by: cell, cellID: cellID)
            if gone != record.emittedWithout { imports.outdated.append((record, gone)) }
        }
        let own = Dictionary(grouping: cell.definitions, by: \.name)
        for name in cell.mentioned.union(extra).sorted() {
            for entry in byName[name] ?? [] {
                if let redefinitions = own[name], !Self.stays(entry, beside: redefinitions, cellID: cellID) { continue }
                let stored = entry.definition.storage ?? Self.quoted(name)
                use(entry.module, "@testable internal import \(entry.definition.kind.rawValue) \(entry.module.name).\(stored)")
                if let storage = entry.definition.storage { imports.declarations.append("private let \(Self.quoted(name)) = \(storage)") }
            }
        }
        for record in wholeModules where !record.items.isSubset(of: record.replaced(by: cell, cellID: cellID)) {
            use(record.module, "@testable internal import \(record.module.name)")
            for name in cell.mentioned.sorted() where own[name] == nil && byName[name] == nil {
                guard let entry = forgotten[name]?.first(where: { $0.module == record.module }) else { continue }
                imports.declarations.append("@available(*, unavailable, message: \"%reset has forgotten it\") private "
                    + (entry.definition.kind.isType ? "enum \(Self.quoted(name)) {}" : "var \(Self.quoted(name)): Never { fatalError() }"))
            }
        }
        let behind = Set(modules.flatMap { typeSources[$0.name] ?? [] }).subtracting(modules)
        for module in behind.sorted(by: { $0.name < $1.name }) {
            use(module, "@testable internal import typealias \(module.name).\(Self.anchor)")
        }
        imports.modules = modules.map(\.name)
        let further = Set(imports.modules.flatMap { importedModules[$0] ?? [] }).subtracting(imports.modules)
        imports.searched = imports.modules + further.sorted()
        imports.libraries = modules.map(\.library)
        return imports
    }

    /// Whether an old definition stays visible beside new ones of its name: only another overload of a function does, unless the same
    /// cell is run again after an edit.
    private static func stays(_ entry: Entry, beside redefinitions: [Definition], cellID: String?) -> Bool {
        guard entry.definition.kind == .function, cellID == nil || entry.module.cellID != cellID else { return false }
        return redefinitions.allSatisfy { $0.kind == .function && $0.signature != entry.definition.signature }
    }

    /// Records what a cell defined. `finishedItems` tells which top-level items completed; a variable whose item did not is
    /// not defined, because its storage was never initialized.
    mutating func add(_ cell: ParsedCell, code: String, module: Module, imports: Imports, finishedItems: Int) {
        var sources = Set(imports.modules.flatMap { typeSources[$0] ?? [] })
        if cell.definitions.contains(where: \.kind.isType) || !cell.wholeModuleItems.isEmpty { sources.insert(module) }
        typeSources[module.name] = sources
        importedModules[module.name] = imports.modules
        for line in cell.imports where !userImports.contains(line) { userImports.append(line) }
        let defined = cell.definitions.filter { $0.item.map { $0 < finishedItems } ?? true }
        for (name, definitions) in Dictionary(grouping: defined, by: \.name) {
            byName[name]?.removeAll { !Self.stays($0, beside: definitions, cellID: module.cellID) }
            byName[name, default: []] += definitions.map { Entry(definition: $0, module: module) }
            if definitions.contains(where: \.kind.isType) { typeHistory[name, default: []].append(module) }
        }
        for record in wholeModules { record.replaced = record.replaced(by: cell, cellID: module.cellID) }
        wholeModules.removeAll { $0.items.isSubset(of: $0.replaced) }
        if !cell.wholeModuleItems.isEmpty {
            let record = WholeModule(module: module, cell: cell, code: code, imports: imports)
            wholeModules.append(record)
            withItems[module.name] = record
        }
    }

    /// Operators are imported bare; every other name may be a keyword.
    private static func quoted(_ name: String) -> String {
        guard let first = name.unicodeScalars.first, first.properties.isXIDStart || first == "_" else { return name }
        return "`\(name)`"
    }
}
