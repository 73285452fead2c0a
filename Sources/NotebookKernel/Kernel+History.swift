import JupyterProtocol

/// One cell that ran in this session.
struct HistoryEntry {
    /// The execution count.
    let line: Int
    let input: String
    /// The plain text of its result.
    let output: String?
}

extension Kernel {
    /// The content of history_reply, from the cells of this session.
    func historyReply(to request: Message) -> JSONValue {
        let count = max(0, request.content["n"]?.integerValue ?? 1000)
        var entries: [HistoryEntry]
        switch request.content["hist_access_type"]?.stringValue {
        case "range":
            let start = request.content["start"]?.integerValue ?? 0
            let stop = request.content["stop"]?.integerValue ?? .max
            entries = history.filter { $0.line >= start && $0.line < stop }
        case "search":
            let pattern = Array(request.content["pattern"]?.stringValue ?? "*")
            entries = history.filter { Self.matches(Array($0.input), pattern) }
            if request.content["unique"]?.boolValue ?? false {
                var seen: Set<String> = []
                entries = Array(entries.reversed().filter { seen.insert($0.input).inserted }.reversed())
            }
            entries = Array(entries.suffix(count))
        default:
            entries = Array(history.suffix(count))
        }
        let withOutput = request.content["output"]?.boolValue ?? false
        let tuples = entries.map { entry -> JSONValue in
            let input = JSONValue.string(entry.input)
            return [0, JSONValue(entry.line), withOutput ? [input, JSONValue(entry.output)] : input]
        }
        return ["status": "ok", "history": .array(tuples)]
    }

    /// Shell patterns: `*` stands for any text, `?` for any character.
    private static func matches(_ text: [Character], _ pattern: [Character]) -> Bool {
        var (t, p, star, resume) = (0, 0, -1, 0)
        while t < text.count {
            if p < pattern.count, pattern[p] == "?" || (pattern[p] != "*" && pattern[p] == text[t]) {
                (t, p) = (t + 1, p + 1)
            } else if p < pattern.count, pattern[p] == "*" {
                (star, resume, p) = (p, t, p + 1)
            } else if star >= 0 {
                (p, resume) = (star + 1, resume + 1)
                t = resume
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == "*" }
    }
}
