/// A cell whose module adds things that are not imported by name, and what of them later cells have replaced.
///
/// Such things are visible wherever the module is imported at all, even for one name. So the module's interface is written
/// again without what was replaced; its code, which is loaded already, stays as it is.
///
/// Belongs to a ``DefinitionTable`` and is guarded like it.
final class WholeModule {
    let module: DefinitionTable.Module
    let items: Set<WholeModuleItem>
    /// Replaced by cells that were run since.
    var replaced: Set<WholeModuleItem> = []
    /// What the interface on disk leaves out.
    var emittedWithout: Set<WholeModuleItem> = []
    private let cell: ParsedCell
    private let code: String
    /// What the cell was compiled with.
    let imports: DefinitionTable.Imports

    init(module: DefinitionTable.Module, cell: ParsedCell, code: String, imports: DefinitionTable.Imports) {
        (self.module, self.cell, self.code, self.imports) = (module, cell, code, imports)
        items = Set(cell.wholeModuleItems)
    }

    /// What will be replaced once a cell has run: all that it adds anew, and everything when it is this cell, run again.
    func replaced(by cell: ParsedCell, cellID: String?) -> Set<WholeModuleItem> {
        if let cellID, cellID == module.cellID { return items }
        return cell.wholeModuleItems.isEmpty ? replaced : replaced.union(items.intersection(cell.wholeModuleItems))
    }

    /// The cell's declarations without some of its items.
    func interface(without gone: Set<WholeModuleItem>) -> String {
        var source = EditedSource(code)
        for range in cell.hidingModifiers + cell.statements { source.blank(range) }
        for edit in cell.edits where !cell.statements.contains(where: { $0.lowerBound <= edit.offset && edit.offset <= $0.upperBound }) {
            source.insert(edit.text, at: edit.offset)
        }
        // A clause loses all its conformances; those that stay are declared again behind the extension.
        for item in cell.wholeModuleItems {
            switch item.kind {
            case .declaration, .member: if gone.contains(item) { source.blank(item.range) }
            case .conformance(let type, let name, let condition, let end):
                source.blank(item.range)
                if !gone.contains(item) { source.insert("; extension \(type): \(name) \(condition) {}", at: end) }
            }
        }
        return (imports.declarations + [CellCompiler.prelude]).joined(separator: "; ") + "\n" + source.text + "\n"
    }
}
