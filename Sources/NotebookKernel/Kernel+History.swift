import JupyterProtocol

extension Kernel {
    /// How many entries are given when a request does not say.
    private static let usualCount = 1000

    /// The content of history_reply.
    func historyReply(to request: Message, in shell: Subshell) -> JSONValue {
        let content = request.content
        let count = content["n"]?.integerValue ?? Self.usualCount
        let entries: [HistoryEntry]
        switch content["hist_access_type"]?.stringValue {
        case "range":
            entries = history.range(
                session: content["session"]?.integerValue ?? 0, shell: shell.id,
                from: content["start"]?.integerValue ?? 0, to: content["stop"]?.integerValue ?? .max)
        case "search":
            entries = history.search(
                content["pattern"]?.stringValue ?? "*", count: count, unique: content["unique"]?.boolValue ?? false)
        default:
            entries = history.tail(count)
        }
        let withOutput = content["output"]?.boolValue ?? false
        let tuples = entries.map { entry -> JSONValue in
            let input = JSONValue.string(entry.input)
            return [.integer(entry.session), JSONValue(entry.line), withOutput ? [input, JSONValue(entry.output)] : input]
        }
        return ["status": "ok", "history": .array(tuples)]
    }
}
