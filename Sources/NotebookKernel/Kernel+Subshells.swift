import JupyterProtocol

extension Kernel {
    /// The content of create_subshell_reply.
    func createSubshell() -> JSONValue {
        ["status": "ok", "subshell_id": JSONValue(subshells.create().id)]
    }

    /// The content of delete_subshell_reply.
    func deleteSubshell(_ request: Message) -> JSONValue {
        guard let id = request.content["subshell_id"]?.stringValue, subshells.delete(id) else {
            return Self.unknownSubshell(request.content["subshell_id"]?.stringValue)
        }
        return ["status": "ok"]
    }

    /// The content of list_subshell_reply.
    func listSubshells() -> JSONValue {
        ["status": "ok", "subshell_id": JSONValue(subshells.identifiers)]
    }

    /// The error of a request to a subshell that does not exist.
    static func unknownSubshell(_ id: String?) -> JSONValue {
        failure("SubshellNotFound", "there is no subshell \(id.map { "\"\($0.prefix(60))\"" } ?? "without an identifier"); it may have been deleted")
    }
}
