import RichDisplay
import SwiftParser
import SwiftSyntax

extension CellSession {
    /// `%who`: the names that later cells can use.
    func nameTable(matching patterns: [String]) -> NameTable {
        let entries = lock.withLock { table.all.map { (definition: $0.definition, cell: cellName(ofModule: $0.module) ?? "") } }
            .filter { entry in patterns.isEmpty || patterns.contains { NameTable.matches(entry.definition.name, $0) } }
            .sorted { ($0.definition.name, $0.definition.signature) < ($1.definition.name, $1.definition.signature) }
        let types = variableTypes(entries.filter { $0.definition.kind == .variable }.map(\.definition.name))
        var declared: [String: DeclaredTypes] = [:]
        let rows = entries.map { entry -> NameTable.Row in
            let definition = entry.definition
            if declared[entry.cell] == nil { declared[entry.cell] = DeclaredTypes(in: MagicCell.swift(in: cellSources[entry.cell] ?? "")) }
            let written = declared[entry.cell]?[definition]
            return NameTable.Row(
                name: definition.name, kind: written?.keyword ?? definition.kind.rawValue, type: types[definition.name] ?? written?.type ?? "",
                cell: entry.cell)
        }
        var seen: Set<NameTable.Row> = []
        return NameTable(rows: rows.filter { seen.insert($0).inserted })
    }

    /// Asks the compiler for the types of variables, by a cell of which nothing is kept. One that cannot be asked about has none.
    private func variableTypes(_ names: [String]) -> [String: String] {
        TypeNames.turn.lock()
        defer { TypeNames.turn.unlock() }
        var asked = names
        while !asked.isEmpty {
            let declaration = #"@_silgen_name("hooke_cell_type") func __hookeType<T>(_ number: Int, _ value: @autoclosure () throws -> T)"#
            let calls = asked.enumerated().map { "__hookeType(\($0.offset), `\($0.element)`)" }
            TypeNames.found = [:]
            let code = ([declaration] + calls).joined(separator: "\n")
            switch runSwift(code, name: "%who", part: SwiftPart(isForgotten: true), showsResult: false) {
            case .finished:
                return Dictionary(TypeNames.found.map { (asked[$0.key], $0.value) }) { first, _ in first }
            case .notCompiled(let diagnostics):
                let refused = Set(diagnostics.filter { $0.severity == .error }.map { $0.line - 2 })
                let kept = asked.indices.filter { !refused.contains($0) }.map { asked[$0] }
                if kept.count == asked.count { return [:] }
                asked = kept
            default: return [:]
            }
        }
        return [:]
    }

    /// `%reset`.
    func forget(_ names: [String]) throws(MagicError) {
        let known = lock.withLock { Set(table.all.map(\.definition.name)) }
        for name in names where !known.contains(name) {
            throw MagicError("nothing is named '\(name)' in this session" + Spelling.suggestion(for: name, among: known))
        }
        lock.withLock {
            if names.isEmpty { table = DefinitionTable() } else { table.forget(Set(names)) }
        }
    }
}

/// How the declarations of a cell were written.
private struct DeclaredTypes {
    private var written: [Key: (keyword: String, type: String?)] = [:]
    private struct Key: Hashable {
        let name: String
        let signature: String
    }

    init(in code: String) {
        for item in Parser.parse(source: code).statements {
            guard case .decl(let declaration) = item.item else { continue }
            if let function = declaration.as(FunctionDeclSyntax.self) {
                let generics = function.genericParameterClause?.trimmedDescription ?? ""
                let key = Key(name: bare(function.name.text), signature: function.signature.parameterClause.trimmedDescription + generics)
                written[key] = ("func", Self.oneLine(generics + function.signature.trimmedDescription))
            } else if let variable = declaration.as(VariableDeclSyntax.self) {
                for binding in variable.bindings {
                    for token in binding.pattern.tokens(viewMode: .sourceAccurate) {
                        guard case .identifier(let name) = token.tokenKind else { continue }
                        let type = binding.typeAnnotation?.type.trimmedDescription
                        written[Key(name: bare(name), signature: "")] = (variable.bindingSpecifier.text, type)
                    }
                }
            } else if let named = declaration.asProtocol(NamedDeclSyntax.self) {
                let group = declaration.asProtocol(DeclGroupSyntax.self)
                let alias = declaration.as(TypeAliasDeclSyntax.self)?.initializer.value.trimmedDescription
                let keyword = group?.introducer.text ?? "typealias"
                let inherited = group?.inheritanceClause.map { String($0.inheritedTypes.trimmedDescription) }
                written[Key(name: bare(named.name.text), signature: "")] = (keyword, alias ?? inherited.map(Self.oneLine))
            }
        }
    }

    subscript(definition: Definition) -> (keyword: String, type: String?)? { written[Key(name: definition.name, signature: definition.signature)] }

    private func bare(_ name: String) -> String { name.filter { $0 != "`" } }
    private static func oneLine(_ text: String) -> String { text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
