import Foundation
import JupyterProtocol
import RichDisplay
import SwiftCells

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
        // A cell that prints faster than the front end reads waits here instead of filling the memory.
        withoutParking {
            channels.publishWhenRoom(
                "stream", content: ["name": .string(name), "text": .string(text)], parent: parent, unless: { Interruption.isRequested })
        }
    }

    func show(_ bundle: MimeBundle, id: String?) {
        beforeDisplay()
        publish("display_data", content(bundle, id: id))
    }

    func update(_ bundle: MimeBundle, id: String) {
        beforeDisplay()
        publish("update_display_data", content(bundle, id: id))
    }

    func result(_ bundle: MimeBundle, count: Int) {
        beforeDisplay()
        publish("execute_result", ["execution_count": JSONValue(count), "data": bundle.json, "metadata": [:]])
    }

    private func publish(_ type: String, _ content: JSONValue) {
        withoutParking { channels.publish(type, content: content, parent: parent) }
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
