import Foundation

extension CellSession {
    /// What could stand at an offset of a cell that is being written: members, names of the session, of the imports and of Swift.
    ///
    /// Safe to call from any thread, while a cell runs too. Empty when there is no resident compiler.
    /// - Parameter offset: UTF-8 offset in the text.
    public func completions(in typed: String, at offset: Int) -> Completions {
        if let found = magicCompletions(in: typed, at: offset) { return found }
        let code = MagicCell.swift(in: typed)
        let bytes = Array(code.utf8)
        let end = min(max(offset, 0), bytes.count)
        var start = end
        while start > 0, Self.belongsToName(bytes[start - 1]) { start -= 1 }
        let prefix = String(decoding: bytes[start..<end], as: UTF8.self)
        // What stands behind the cursor is kept: it may hold the braces that close the context.
        let without = String(decoding: bytes[0..<start] + bytes[end...], as: UTF8.self)
        guard let source = assistSource(for: without, alsoNamed: prefix) else { return Completions(replacing: start..<end, items: []) }
        let request = SourceKitRequest.complete(
            file: source.file, text: source.text, offset: source.header + start, prefix: prefix, arguments: source.arguments)
        let answer = try? source.resident.send(request)
        _ = try? source.resident.send(SourceKitRequest.closeCompletion(file: source.file, offset: source.header + start))
        var seen: Set<String> = []
        let items = (answer?["key.results"] as? [[String: Any]] ?? []).compactMap(Self.item).filter { seen.insert($0.text).inserted }
        return Completions(replacing: start..<end, items: items)
    }

    /// What the name at an offset of a cell stands for; nil when there is none or nothing is known of it.
    ///
    /// Safe to call from any thread, while a cell runs too.
    /// - Parameter offset: UTF-8 offset in `code`; in a call it may stand behind the opening parenthesis.
    public func inspect(_ code: String, at offset: Int) -> Inspection? {
        magicInspection(of: code, at: offset) ?? inspectSwift(MagicCell.swift(in: code), at: offset)
    }

    func inspectSwift(_ code: String, at offset: Int) -> Inspection? {
        let bytes = Array(code.utf8)
        var place = min(max(offset, 0), bytes.count)
        if place == bytes.count || !Self.belongsToName(bytes[place]) {
            while place > 0, !Self.belongsToName(bytes[place - 1]), bytes[place - 1] != UInt8(ascii: "\n") { place -= 1 }
        }
        while place > 0, Self.belongsToName(bytes[place - 1]) { place -= 1 }
        guard place < bytes.count, Self.belongsToName(bytes[place]), let source = assistSource(for: code, alsoNamed: nil) else { return nil }
        // Unlike a completion, an explanation reads its file from the disk.
        guard (try? Data(source.text.utf8).write(to: URL(fileURLWithPath: source.file))) != nil else { return nil }
        defer { unlink(source.file) }
        let answer = try? source.resident.send(SourceKitRequest.explain(file: source.file, offset: source.header + place, arguments: source.arguments))
        guard let answer, let name = answer["key.name"] as? String, let annotated = answer["key.annotated_decl"] as? String else { return nil }
        let base = name.split(separator: "(").first.map(String.init) ?? name
        let module = answer["key.modulename"] as? String
        let own = module.map { $0.hasPrefix("HookeCell") || $0 == Self.assistModule } ?? true
        let definition = own ? definingCell(of: base) : nil
        return Inspection(
            declaration: InternalNames.removed(fromMessage: Self.plain(annotated)),
            documentation: (answer["key.doc.full_as_xml"] as? String).map(Self.documentation), module: own ? nil : module,
            cell: definition?.name, source: definition?.source)
    }

    static let assistModule = "HookeAssist"

    private static func belongsToName(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte == UInt8(ascii: "_") || (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122)
    }

    private static func item(_ entry: [String: Any]) -> Completions.Item? {
        guard let source = entry["key.sourcetext"] as? String, let label = entry["key.description"] as? String else { return nil }
        // The compiler marks what is to be typed as `<#placeholder#>`.
        let text = source.replacingOccurrences(of: "<#.*?#>", with: "", options: .regularExpression)
        guard !text.isEmpty, !text.contains("__hooke") else { return nil }
        let kind = (entry["key.kind"] as? String ?? "").replacingOccurrences(of: "source.lang.swift.", with: "")
        return Completions.Item(
            text: text, label: label, type: entry["key.typename"] as? String ?? "", kind: jupyterKind(kind), summary: entry["key.doc.brief"] as? String)
    }

    private static func jupyterKind(_ kind: String) -> String {
        let parts = Set(kind.split(separator: "."))
        let kinds: [(Substring, String)] = [
            ("keyword", "keyword"), ("module", "module"), ("function", "function"), ("struct", "class"), ("class", "class"), ("actor", "class"),
            ("enumelement", "instance"), ("enum", "class"), ("protocol", "class"), ("typealias", "class"), ("var", "instance"), ("literal", "keyword"),
        ]
        return kinds.first { parts.contains($0.0) }?.1 ?? "text"
    }

    /// The text of an XML fragment, with paragraphs on lines of their own.
    private static func documentation(_ xml: String) -> String {
        guard let range = xml.range(of: "<CommentParts>") else { return plain(xml) }
        let paragraphs = xml[range.upperBound...].replacingOccurrences(of: "</(Para|Abstract|CodeListing|Item|Name)>", with: "\n", options: .regularExpression)
        return plain(paragraphs).split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private static func plain(_ xml: String) -> String {
        var text = xml.replacingOccurrences(of: "<[^>]*>", with: "", options: .regularExpression)
        for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")] {
            text = text.replacingOccurrences(of: entity, with: character)
        }
        return text
    }
}
