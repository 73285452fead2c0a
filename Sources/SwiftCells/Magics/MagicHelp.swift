/// The pages of `%help`, and the error that names the magics.
enum MagicHelp {
    static var list: String {
        let usages = Magic.all.flatMap { magic in [magic.lineUsage, magic.cellUsage].compactMap { $0 }.map { (usage: $0, magic: magic) } }
        let lines = usages.map { "\($0.usage)\n    \($0.magic.summary)" }
        return """
            Magics. One percent sign: at the start of a statement. Two: on the first line of a cell, for the whole cell.

            \(lines.joined(separator: "\n"))

            %help NAME explains a magic, or a name in Swift: %help %timeit, %help print
            """
    }

    static func page(for magic: Magic) -> String {
        [magic.lineUsage, magic.cellUsage].compactMap { $0 }.joined(separator: "\n") + "\n\n" + magic.description
    }

    static func unknown(_ call: MagicCall) -> MagicError {
        let typed = (call.takesCell ? "%%" : "%") + call.name
        let spellings = Magic.all.flatMap(\.spellings)
        if Magic.named(call.name) != nil, let other = spellings.first(where: { $0.drop { $0 == "%" } == call.name }) {
            return MagicError("there is no magic \(typed), but there is \(other)", kind: "UnknownMagic")
        }
        let near = Spelling.nearest(to: call.name, among: Magic.Name.allCases.map(\.rawValue)).flatMap { Magic.named($0) }
        let meant = near.map { ". Did you mean \(($0.spellings.first { $0.hasPrefix("%%") == call.takesCell } ?? $0.spellings[0]))?" } ?? "."
        return MagicError("there is no magic \(typed)\(meant) The magics are \(spellings.joined(separator: ", ")).", kind: "UnknownMagic")
    }
}

extension CellSession {
    /// `%help`: hands a page to ``onPage``.
    func showHelp(for name: String) throws(MagicError) {
        if name.isEmpty { return page(MagicHelp.list) }
        // `time` is also a function of the C library; a definition of the session's own is what its name means.
        if name.hasPrefix("%") || Magic.named(name) != nil && definingCell(of: name) == nil {
            let bare = String(name.drop { $0 == "%" })
            guard let magic = Magic.named(bare) else {
                throw MagicHelp.unknown(MagicCall(
                    name: bare, takesCell: name.hasPrefix("%%"), asksForHelp: false, word: 0..<0, arguments: 0..<0, body: 0..<0))
            }
            return page(MagicHelp.page(for: magic))
        }
        guard let found = inspectSwift(name, at: name.utf8.count) else {
            let known = lock.withLock { Set(table.all.map(\.definition.name)) }.union(Magic.Name.allCases.map(\.rawValue))
            throw MagicError("nothing is known of '\(name)'" + Spelling.suggestion(for: name, among: known))
        }
        let origin = (found.cell ?? found.module).map { "from \($0)" }
        page([found.declaration, found.documentation, origin].compactMap { $0 }.joined(separator: "\n\n"))
    }

    private func page(_ text: String) {
        if let onPage = Self.present.onPage { onPage(text) } else { say(text + "\n") }
    }
}
