import Foundation
import JupyterProtocol
import RichDisplay

/// Publishes what a cell shows on iopub, as coming from the request that started the cell.
///
/// It is safe to share: `parent` is guarded by `lock`, and publishing is ordered by the channels.
final class ChannelSink: DisplaySink, @unchecked Sendable {
    private let channels: KernelChannels
    private let lock = NSLock()
    private var request: Message?
    /// Called before a display, to let what was printed earlier appear earlier.
    var beforeDisplay: () -> Void = {}

    init(channels: KernelChannels) { self.channels = channels }

    /// The request that outputs belong to; stays after the cell, for tasks that print later.
    var parent: Message? {
        get { lock.withLock { request } }
        set { lock.withLock { request = newValue } }
    }

    var canUpdate: Bool { true }

    func stream(_ name: String, _ text: String) {
        channels.publish("stream", content: ["name": .string(name), "text": .string(text)], metadata: [:], parent: parent, buffers: [])
    }

    func show(_ bundle: MimeBundle, id: String?) {
        beforeDisplay()
        channels.publish("display_data", content: content(bundle, id: id), metadata: [:], parent: parent, buffers: [])
    }

    func update(_ bundle: MimeBundle, id: String) {
        beforeDisplay()
        channels.publish("update_display_data", content: content(bundle, id: id), metadata: [:], parent: parent, buffers: [])
    }

    func result(_ bundle: MimeBundle, count: Int) {
        beforeDisplay()
        channels.publish(
            "execute_result", content: ["execution_count": JSONValue(count), "data": bundle.json, "metadata": [:]], metadata: [:],
            parent: parent, buffers: [])
    }

    private func content(_ bundle: MimeBundle, id: String?) -> JSONValue {
        ["data": bundle.json, "metadata": [:], "transient": id.map { ["display_id": .string($0)] } ?? [:]]
    }
}

extension MimeBundle {
    /// The bundle as Jupyter sends it: binary representations in base64.
    var json: JSONValue {
        .object(contents.mapValues { content in
            switch content {
            case .text(let text): return .string(text)
            case .data(let data): return .string(data.base64EncodedString())
            }
        })
    }
}
