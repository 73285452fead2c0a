import JupyterProtocol

extension Notebook {
    /// Puts values from outside into the notebook, by papermill's convention: a cell tagged `injected-parameters` after the one
    /// tagged `parameters` (or at the top, where there is none) declares them anew. Such a cell of an earlier run is replaced.
    ///
    /// Each is declared as the notebook does: `let` stays `let`, and a type that is written stays written.
    /// - Parameter parameters: of several with the same name the last counts.
    /// - Returns: the names that the notebook does not declare, in order.
    /// - Throws: ``ParameterError``.
    @discardableResult
    public mutating func inject(_ parameters: [Parameter]) throws(ParameterError) -> [String] {
        if parameters.isEmpty { return [] }
        let standard = cells.firstIndex { $0.kind == .code && $0.hasTag("parameters") }
        let defaults = ParameterDefaults(source: standard.map { cells[$0].source } ?? "").byName
        var lines = ["// Parameters"]
        var unknown: [String] = []
        for (index, parameter) in parameters.enumerated() where !parameters[(index + 1)...].contains(where: { $0.name == parameter.name }) {
            if defaults[parameter.name] == nil { unknown.append(parameter.name) }
            lines.append(try parameter.declaration(standard: defaults[parameter.name]))
        }
        let source = lines.joined(separator: "\n")
        let metadata: [String: JSONValue] = ["tags": ["injected-parameters"]]
        if let earlier = cells.firstIndex(where: { $0.kind == .code && $0.hasTag("injected-parameters") }) {
            cells[earlier] = NotebookCell(kind: .code, id: cells[earlier].id, source: source, metadata: metadata)
        } else {
            var taken = Set(cells.map(\.id))
            let id = NotebookCell.freeID("injected-parameters", taken: &taken)
            cells.insert(NotebookCell(kind: .code, id: id, source: source, metadata: metadata), at: standard.map { $0 + 1 } ?? 0)
        }
        return unknown
    }
}
