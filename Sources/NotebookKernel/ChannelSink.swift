import Foundation
import JupyterProtocol
import RichDisplay
import SwiftCells

/// Publishes what a cell shows on iopub, as coming from the request that started the cell.
///
/// It is safe to share: `cellRequest` is guarded by `lock`, and publishing is ordered by the channels.
final class ChannelSink: DisplaySink, @unchecked Sendable {
    private static let threadKey = "hooke.request"

    private let channels: KernelChannels
    private let lock = NSLock()
    private var cellRequest: Message?
    /// Called before a display, to let what was printed earlier appear earlier.
    var beforeDisplay: () -> Void = {}

    init(channels: KernelChannels) { self.channels = channels }

    /// The request of the cell, which its outputs belong to; stays after the cell, for tasks that print later.
    var parent: Message? {
        get { lock.withLock { cellRequest } }
        set { lock.withLock { cellRequest = newValue } }
    }

    /// The request that this thread works on.
    var request: Message? { Thread.current.threadDictionary[Self.threadKey] as? Message ?? parent }

    /// Runs `body`, whose displays on this thread belong to another request than that of the cell.
    /// - Parameter ownsStreams: whether what is printed belongs to it as well, which nobody can tell while a cell prints too.
    func during(_ request: Message, ownsStreams: Bool, _ body: () -> Void) {
        if ownsStreams { parent = request }
        Thread.current.threadDictionary[Self.threadKey] = request
        body()
        Thread.current.threadDictionary[Self.threadKey] = nil
    }

    var canUpdate: Bool { true }

    func stream(_ name: String, _ text: String) {
        publish("stream", ["name": .string(name), "text": .string(text)])
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
        withoutParking {
            channels.publishWhenRoom(
                type, content: content, metadata: metadata, parent: request, buffers: buffers, unless: { Interruption.isRequested })
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
