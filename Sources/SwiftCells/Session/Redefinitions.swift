import Foundation
import SwiftSyntax

/// Explains errors between values of a type and a newer type of the same name: a cell that defines `P` is run again, and older values
/// keep the older `P`.
struct Redefinitions {
    let table: DefinitionTable
    /// What people call each module, such as `In[3]`.
    let cells: [String: String]

    /// The diagnostics, with a note behind every error that is about two types of one name.
    func explained(_ diagnostics: [CellDiagnostic], in cell: ParsedCell) -> [CellDiagnostic] {
        diagnostics.flatMap { diagnostic -> [CellDiagnostic] in
            guard diagnostic.severity == .error, let name = redefinedType(in: diagnostic.message) else { return [diagnostic] }
            let modules = table.modules(ofType: name)
            let value = diagnostic.cell == nil ? nil : cell.identifier(line: diagnostic.line, column: diagnostic.column)
            let older = value.flatMap { table.module(of: $0) }.flatMap { made in modules.last { $0.number <= made.number } }
            guard let note = note(name, older: older == modules.last ? nil : older) else { return [diagnostic] }
            return [diagnostic, CellDiagnostic(cell: nil, line: 0, column: 0, severity: .note, message: note, sourceLine: nil)]
        }
    }

    /// A message of the runtime in the users' names, with an explanation when it is about two types of one name.
    func explained(_ message: String) -> String {
        let plain = InternalNames.removed(fromMessage: message)
        let pattern = #/'(HookeCell[0-9]+)\.([^']+)'/#
        guard let first = message.firstMatch(of: pattern), let note = note(String(first.2), older: module(String(first.1), ofType: String(first.2)))
        else { return plain }
        let others = message.matches(of: pattern).filter { $0.2 == first.2 && $0.1 != first.1 }
        return others.isEmpty ? plain : plain + " " + note
    }

    /// A name that the message quotes twice, and that several cells define.
    private func redefinedType(in message: String) -> String? {
        let quoted = message.matches(of: #/'([^']+)'/#).flatMap { Set($0.1.matches(of: #/\w+/#).map { String($0.0) }) }
        return Dictionary(grouping: quoted, by: { $0 }).first { $0.value.count > 1 && table.modules(ofType: $0.key).count > 1 }?.key
    }

    private func module(_ name: String, ofType type: String) -> DefinitionTable.Module? {
        table.modules(ofType: type).first { $0.name == name }
    }

    private func note(_ name: String, older: DefinitionTable.Module?) -> String? {
        let modules = table.modules(ofType: name)
        guard modules.count > 1, let newest = modules.last.flatMap({ cells[$0.name] }) else { return nil }
        let advice = "Run the cell that makes the value again."
        if let older = older.flatMap({ cells[$0.name] }) {
            return "`\(name)` was redefined in \(newest); this value has the `\(name)` of \(older). \(advice)"
        }
        let earlier = modules.dropLast().suffix(3).compactMap { cells[$0.name] }.joined(separator: ", ")
        return "`\(name)` was redefined in \(newest); values from before have the `\(name)` of \(earlier). \(advice)"
    }
}

extension DefinitionTable.Module {
    /// Later cells have higher numbers.
    fileprivate var number: Int { Int(name.drop { !$0.isNumber }) ?? 0 }
}

extension ParsedCell {
    /// The identifier at a place of the cell, both 1-based and in UTF-8 units.
    fileprivate func identifier(line: Int, column: Int) -> String? {
        let converter = SourceLocationConverter(fileName: "", tree: tree)
        let offset = converter.position(ofLine: line, column: column)
        guard let token = tree.token(at: offset), case .identifier(let name) = token.tokenKind else { return nil }
        return name
    }
}
