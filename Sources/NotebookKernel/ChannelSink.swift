import Foundation
import JupyterProtocol
import RichDisplay
import SwiftCells

/// Publishes what a cell shows on iopub, as coming from the request that started the cell.
///
/// What a cell's own thread displays belongs to its request. What is printed comes through the process's two streams: where several
/// cells run at a time, it belongs to the one that began last. It is safe to share: the requests are guarded by `lock`, and publishing
/// is ordered by the channels.
final class ChannelSink: DisplaySink, @unchecked Sendable {
    private let channels: KernelChannels
    private let lock = NSLock()
    private var running: [Message] = []
    private var last: Message?
    /// Called before a display, to let what was printed earlier appear earlier.
    var beforeDisplay: () -> Void = {}

    init(channels: KernelChannels) { self.channels = channels }

    /// From here on, until ``end(_:)``, what is printed belongs to a request.
    func begin(_ request: Message) {
        beforeDisplay()
        lock.withLock {
            running.append(request)
            last = request
        }
    }

    /// What is printed belongs to the request that began before, if that still runs; else still to this one, for tasks that print later.
    func end(_ request: Message) {
        beforeDisplay()
        lock.withLock { if let index = running.lastIndex(where: { $0.header.id == request.header.id }) { running.remove(at: index) } }
    }

    /// The request that this thread works on.
    var request: Message? { CellRun.current?.context as? Message ?? printing }

    private var printing: Message? { lock.withLock { running.last ?? last } }

    var canUpdate: Bool { true }
    var presentCell: String? { request?.header.id }

    func stream(_ name: String, _ text: String) {
        publish("stream", ["name": .string(name), "text": .string(text)], parent: printing)
    }

    func show(_ bundle: MimeBundle, id: String?) {
        beforeDisplay()
        publish("display_data", content(bundle, id: id))
    }

    func update(_ bundle: MimeBundle, id: String) {
        beforeDisplay()
        publish("update_display_data", content(bundle, id: id))
    }

    func clear(wait: Bool) {
        beforeDisplay()
        publish("clear_output", ["wait": .bool(wait)])
    }

    func result(_ bundle: MimeBundle, count: Int) {
        beforeDisplay()
        publish("execute_result", ["execution_count": JSONValue(count), "data": bundle.json, "metadata": [:]])
    }

    /// Publishes as coming from the request that this thread works on. A cell that shows things faster than the front end takes
    /// them waits here instead of filling the memory.
    func publish(_ type: String, _ content: JSONValue, metadata: JSONValue = [:], buffers: [Data] = []) {
        publish(type, content, metadata: metadata, buffers: buffers, parent: request)
    }

    private func publish(_ type: String, _ content: JSONValue, metadata: JSONValue = [:], buffers: [Data] = [], parent: Message?) {
        withoutParking {
            channels.publishWhenRoom(
                type, content: content, metadata: metadata, parent: parent, buffers: buffers, unless: { Interruption.isRequested })
        }
    }

    private func content(_ bundle: MimeBundle, id: String?) -> JSONValue {
        ["data": bundle.json, "metadata": [:], "transient": id.map { ["display_id": .string($0)] } ?? [:]]
    }
}

extension MimeBundle {
    /// The bundle as Jupyter sends it: binary representations in base64.
    public var json: JSONValue {
        .object(contents.mapValues { content in
            switch content {
            case .text(let text): return .string(text)
            case .data(let data): return .string(data.base64EncodedString())
            }
        })
    }
}
