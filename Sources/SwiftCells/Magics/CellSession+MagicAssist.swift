import Foundation

extension CellSession {
    /// What could stand in a magic at an offset; nil where Swift is written.
    func magicCompletions(in code: String, at offset: Int) -> Completions? {
        let bytes = Array(code.utf8)
        let cursor = min(max(offset, 0), bytes.count)
        let lineStart = bytes[..<cursor].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        // Only a name is missing where nothing but percent signs are typed yet.
        var typed = String(decoding: bytes[..<cursor], as: UTF8.self)
        if bytes[..<cursor].last == UInt8(ascii: "%") { typed += "x" }
        let isCall = { (part: MagicCell.Part) in if case .call = part { true } else { false } }
        guard case .call(let call)? = MagicCell(typed)?.parts.last(where: isCall) else { return nil }
        let signs = call.takesCell ? 2 : 1
        if call.word.upperBound >= cursor {
            let prefix = String(decoding: bytes[call.word.lowerBound + signs..<cursor], as: UTF8.self)
            let isFirst = bytes[..<call.word.lowerBound].allSatisfy(isSpace)
            let fitting = Magic.all.filter { $0.name.rawValue.hasPrefix(prefix) }
            func items(_ signs: String, _ usage: (Magic) -> String?) -> [Completions.Item] {
                fitting.compactMap { magic in
                    usage(magic).map {
                        Completions.Item(text: signs + magic.name.rawValue, label: $0, type: "", kind: "magic", summary: magic.summary)
                    }
                }
            }
            let found = (signs == 1 ? items("%", \.lineUsage) : []) + (isFirst ? items("%%", \.cellUsage) : [])
            return Completions(replacing: call.word.lowerBound..<cursor, items: found)
        }
        guard let magic = call.magic, !call.isTiming else { return nil }
        if call.takesCell { return Completions(replacing: cursor..<cursor, items: []) }
        guard lineStart <= call.word.lowerBound else { return nil }
        let start = bytes[..<cursor].lastIndex(where: isSpace).map { $0 + 1 } ?? cursor
        let word = String(decoding: bytes[start..<cursor], as: UTF8.self)
        switch magic.name {
        case .package: return Self.paths(beginning: word, replacing: start..<cursor)
        case .who, .reset:
            return Completions(replacing: start..<cursor, items: knownNames(beginningWith: word))
        case .help:
            if word.hasPrefix("%") {
                let items = Magic.all.flatMap(\.spellings).filter { $0.hasPrefix(word) }.map {
                    Completions.Item(text: $0, label: $0, type: "", kind: "magic", summary: nil)
                }
                return Completions(replacing: start..<cursor, items: items)
            }
            // As Swift; places in the word are places in the cell.
            let found = completions(in: word, at: word.utf8.count)
            return Completions(replacing: start + found.replacing.lowerBound..<start + found.replacing.upperBound, items: found.items)
        default: return Completions(replacing: cursor..<cursor, items: [])
        }
    }

    /// What is known of the magic whose name is at an offset.
    func magicInspection(of code: String, at offset: Int) -> Inspection? {
        guard let cell = MagicCell(code) else { return nil }
        for case .call(let call) in cell.parts {
            let end = call.word.upperBound + (call.asksForHelp ? 1 : 0)
            guard (call.word.lowerBound...end).contains(offset), let magic = Magic.named(call.name) else { continue }
            return Inspection(
                declaration: [magic.lineUsage, magic.cellUsage].compactMap { $0 }.joined(separator: "\n"), documentation: magic.description,
                module: nil, cell: nil, source: nil)
        }
        return nil
    }

    private func knownNames(beginningWith prefix: String) -> [Completions.Item] {
        let definitions = lock.withLock { table.all.map(\.definition) }.filter { $0.name.hasPrefix(prefix) }.sorted { $0.name < $1.name }
        var seen: Set<String> = []
        return definitions.filter { seen.insert($0.name).inserted }.map { definition in
            let kind = definition.kind == .variable ? "instance" : definition.kind == .function ? "function" : "class"
            return Completions.Item(text: definition.name, label: definition.name, type: "", kind: kind, summary: nil)
        }
    }

    /// Files and folders for a path that is being typed.
    private static func paths(beginning word: String, replacing range: Range<Int>) -> Completions {
        let split = word.lastIndex(of: "/").map { word.index(after: $0) } ?? word.startIndex
        let folder = String(word[..<split]), prefix = word[split...]
        let path = folder.isEmpty ? "." : NSString(string: folder).expandingTildeInPath
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted().filter {
            $0.hasPrefix(prefix) && (prefix.hasPrefix(".") || !$0.hasPrefix("."))
        }
        let items = names.compactMap { name -> Completions.Item? in
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path + "/" + name, isDirectory: &isFolder), isFolder.boolValue else { return nil }
            return Completions.Item(text: folder + name + "/", label: name + "/", type: "", kind: "path", summary: nil)
        }
        return Completions(replacing: range, items: items)
    }
}

extension Completeness {
    /// Judges a cell that may hold magics; a magic of a whole cell is complete when an empty line follows it, as in IPython.
    public init(ofCell code: String) {
        guard let cell = MagicCell(code) else {
            self.init(of: code)
            return
        }
        if case .call(let call)? = cell.parts.first, call.takesCell, call.magic != nil, !call.asksForHelp {
            let body = String(decoding: Array(code.utf8)[call.body], as: UTF8.self)
            if body.allSatisfy(\.isWhitespace) {
                self = .incomplete(indent: "")
                return
            }
            if !call.isTiming {
                self = code.hasSuffix("\n") ? .complete : .incomplete(indent: "")
                return
            }
        }
        self.init(of: MagicCell.swift(in: code))
    }
}
