import JupyterProtocol

extension Kernel {
    /// Answers one message between the two that tell everyone that the kernel is busy, and idle again.
    func answer(_ message: Message, on channel: Channel, in shell: Subshell, place: Int) {
        status("busy", for: message)
        defer { status("idle", for: message) }
        let type = message.header.type
        if type.hasPrefix("comm_"), !type.hasSuffix("_request") { return receiveComm(message, in: shell) }
        guard type.hasSuffix("_request") else { return log.note("\(channel.rawValue): a message of the unknown type \(type) is ignored") }
        var metadata: JSONValue = [:]
        if type == "execute_request" { metadata = ["started": .string(MessageHeader.timestamp()), "engine": "hooke"] }
        let content = content(for: message, on: channel, in: shell, place: place)
        reply(to: message, content: content, metadata: metadata, on: channel)
        guard type == "shutdown_request" else { return }
        // The other front ends of this kernel hear of it as well.
        channels.publish("shutdown_reply", content: content, parent: message)
        end()
    }

    /// Answers a message whose subshell does not exist.
    func refuse(_ message: Message, toSubshell id: String) {
        status("busy", for: message)
        defer { status("idle", for: message) }
        log.note("shell: \(message.header.type) for the unknown subshell \(id)")
        guard message.header.type.hasSuffix("_request") else { return }
        reply(to: message, content: Self.unknownSubshell(id), on: .shell)
    }

    private func content(for message: Message, on channel: Channel, in shell: Subshell, place: Int) -> JSONValue {
        switch (message.header.type, channel) {
        case ("kernel_info_request", _): return information
        case ("execute_request", .shell): return execute(message, in: shell, place: place)
        case ("is_complete_request", _): return completeness(of: message)
        case ("complete_request", _): return completion(for: message)
        case ("inspect_request", _): return inspection(for: message)
        case ("history_request", _): return historyReply(to: message, in: shell)
        case ("comm_info_request", _): return commInformation(for: message)
        case ("connect_request", _): return ports
        case ("debug_request", .control): return debugReply(to: message)
        case ("usage_request", .control): return usage.report()
        case ("create_subshell_request", .control): return createSubshell()
        case ("delete_subshell_request", .control): return deleteSubshell(message)
        case ("list_subshell_request", .control): return listSubshells()
        case ("interrupt_request", .control):
            interrupt()
            return ["status": "ok"]
        case ("shutdown_request", _): return ["status": "ok", "restart": message.content["restart"] ?? false]
        default:
            log.note("\(channel.rawValue): \(message.header.type) is not answered there")
            return Self.failure("UnsupportedRequest", "Hooke \(configuration.version) does not answer \(message.header.type) on \(channel.rawValue).")
        }
    }

    private func reply(to message: Message, content: JSONValue, metadata: JSONValue = [:], on channel: Channel) {
        let type = message.header.type.dropLast("_request".count) + "_reply"
        channels.reply(to: message, type: String(type), content: content, metadata: metadata, on: channel)
    }

    private func status(_ state: JSONValue, for message: Message) {
        channels.publish("status", content: ["execution_state": state], parent: message)
    }
}
