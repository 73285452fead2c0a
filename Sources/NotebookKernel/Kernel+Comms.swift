import Foundation
import JupyterProtocol
import RichDisplay
import SwiftCells

extension Kernel {
    /// Hands comm_open, comm_msg and comm_close to the cells that wait for them. There is no reply; what goes wrong is shown on
    /// standard error, as the output of the message.
    ///
    /// A handler takes a turn like a cell; in a subshell it runs beside the cells of other shells.
    func receiveComm(_ message: Message, in shell: Subshell) {
        let call = GuardedCall(context: message)
        shell.turns.take(stop: call.stop) {
            beginTurn(for: message)
            defer { endTurn(for: message) }
            switch call.run({ [self] in handleComm(message) }) {
            case .finished: break
            case .trapped:
                output.releaseFatalMessage()
                sink.stream("stderr", "A comm's handler ended in a trap. The session goes on.\n")
            case .interrupted: sink.stream("stderr", "A comm's handler was interrupted.\n")
            }
        }
    }

    private func handleComm(_ message: Message) {
        guard let id = message.content["comm_id"]?.stringValue else { return log.note("\(message.header.type) without a comm_id is ignored") }
        let payload = CommMessage(
            data: (message.content["data"] ?? [:]).serialised(), metadata: message.metadata.serialised(), buffers: message.buffers)
        do {
            switch message.header.type {
            case "comm_open":
                let target = message.content["target_name"]?.stringValue ?? ""
                guard try !CommRegistry.receiveOpen(id: id, target: target, payload) else { break }
                log.note("comm_open: no cell has registered the target \"\(target)\"")
                channels.publish("comm_close", content: ["comm_id": .string(id), "data": [:]], parent: message)
            case "comm_msg", "comm_close":
                let event: CommEvent = message.header.type == "comm_close" ? .close : .message
                if try !CommRegistry.receive(event, id: id, payload) { log.note("\(message.header.type) for the unknown comm \"\(id)\"") }
            default:
                log.note("a message of the unknown type \(message.header.type) is ignored")
            }
        } catch {
            sink.stream("stderr", "A comm's handler failed: \(error)\n")
        }
        output.drain()
    }

    /// The content of comm_info_reply.
    func commInformation(for request: Message) -> JSONValue {
        let target = request.content["target_name"]?.stringValue
        var comms: [String: JSONValue] = [:]
        for comm in CommRegistry.openComms where target == nil || target == comm.target {
            comms[comm.id] = ["target_name": .string(comm.target)]
        }
        return ["status": "ok", "comms": .object(comms)]
    }
}

/// Sends what cells say through comms.
final class CommChannel: CommTransport {
    private let sink: ChannelSink

    init(sink: ChannelSink) { self.sink = sink }

    func send(_ event: CommEvent, of comm: Comm, _ message: CommMessage) {
        var content: JSONValue = ["comm_id": .string(comm.id), "data": Self.object(message.data)]
        let type: String
        switch event {
        case .open:
            type = "comm_open"
            content["target_name"] = .string(comm.target)
        case .message: type = "comm_msg"
        case .close: type = "comm_close"
        }
        sink.publish(type, content, metadata: Self.object(message.metadata), buffers: message.buffers)
    }

    /// What `JSONEncoder` wrote is valid; only what is nested beyond any use is not.
    private static func object(_ json: Data) -> JSONValue { (try? JSONValue(parsing: json)) ?? [:] }
}
