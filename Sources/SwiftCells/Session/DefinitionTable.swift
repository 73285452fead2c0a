/// What the cells so far define, and the imports by which a new cell sees the newest of each.
///
/// Cells import each other name by name (`import struct HookeCell3.P`): a scoped import shadows older definitions of the
/// name, and a cell that mentions three names loads three modules, however long the session is.
struct DefinitionTable {
    /// A cell that was loaded and may be imported.
    struct Module: Hashable {
        let name: String
        /// The shared object, which later cells are linked with so that they find its symbols.
        let library: String
    }

    private struct Entry {
        let definition: Definition
        let module: Module
    }

    private var byName: [String: [Entry]] = [:]
    /// Names that were forgotten one by one: where their module is imported for something else, they must be hidden.
    private var forgotten: [String: [Entry]] = [:]
    private var wholeModules: [(module: Module, items: Set<WholeModuleItem>)] = []
    /// Imports that the user wrote, in order, each once.
    private(set) var userImports: [String] = []

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

    /// What a new cell must import, and the libraries behind it.
    /// - Parameter extra: names to import besides those that the cell mentions.
    func imports(for cell: ParsedCell, extra: Set<String> = []) -> (declarations: [String], libraries: [String]) {
        var declarations: [String] = []
        var modules: [Module] = []
        let own = Dictionary(grouping: cell.definitions, by: \.name)
        for name in cell.mentioned.union(extra).sorted() {
            for entry in byName[name] ?? [] {
                // A name that the cell defines anew hides the old one; only other overloads of a function stay visible.
                if let redefinitions = own[name] {
                    guard entry.definition.kind == .function,
                        redefinitions.allSatisfy({ $0.kind == .function && $0.signature != entry.definition.signature })
                    else { continue }
                }
                let line = "@testable internal import \(entry.definition.kind.rawValue) \(entry.module.name).\(Self.quoted(name))"
                if !declarations.contains(line) { declarations.append(line) }
                if !modules.contains(entry.module) { modules.append(entry.module) }
            }
        }
        let newItems = Set(cell.wholeModuleItems)
        for (module, items) in wholeModules where items.isDisjoint(with: newItems) {
            declarations.append("@testable internal import \(module.name)")
            if !modules.contains(module) { modules.append(module) }
            for name in cell.mentioned.sorted() where own[name] == nil && byName[name] == nil {
                guard let entry = forgotten[name]?.first(where: { $0.module == module }) else { continue }
                let isType = ![.variable, .function].contains(entry.definition.kind)
                declarations.append("@available(*, unavailable, message: \"%reset has forgotten it\") private "
                    + (isType ? "enum \(Self.quoted(name)) {}" : "var \(Self.quoted(name)): Never { fatalError() }"))
            }
        }
        return (declarations, modules.map(\.library))
    }

    /// Records what a cell defined. `finishedItems` tells which top-level items completed; a variable whose item did not is
    /// not defined, because its storage was never initialized.
    mutating func add(_ cell: ParsedCell, module: Module, finishedItems: Int) {
        for line in cell.imports where !userImports.contains(line) { userImports.append(line) }
        var replaced: Set<String> = []
        for definition in cell.definitions where definition.item.map({ $0 < finishedItems }) ?? true {
            if definition.kind == .function {
                byName[definition.name]?.removeAll {
                    $0.module != module && ($0.definition.kind != .function || $0.definition.signature == definition.signature)
                }
            } else if replaced.insert(definition.name).inserted {
                byName[definition.name] = nil
            }
            byName[definition.name, default: []].append(Entry(definition: definition, module: module))
        }
        let items = Set(cell.wholeModuleItems)
        if !items.isEmpty {
            // The same extension or operator, run again after an edit, replaces the earlier one.
            wholeModules.removeAll { !$0.items.isDisjoint(with: items) }
            wholeModules.append((module, items))
        }
    }

    /// Operators are imported bare; every other name may be a keyword.
    private static func quoted(_ name: String) -> String {
        guard let first = name.unicodeScalars.first, first.properties.isXIDStart || first == "_" else { return name }
        return "`\(name)`"
    }
}
