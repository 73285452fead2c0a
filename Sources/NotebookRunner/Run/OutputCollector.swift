import Foundation
import JupyterProtocol
import NotebookKernel
import RichDisplay
import SwiftCells

/// Collects what cells show, as a front end does: consecutive text of one stream becomes one output, and an update replaces
/// every output of its display, in earlier cells too.
///
/// It is safe to share: all mutable state is touched only under `lock`, by threads that an interrupt cannot park meanwhile.
final class OutputCollector: DisplaySink, @unchecked Sendable {
    /// Called before a display, to let what was printed earlier appear earlier.
    var beforeDisplay: () -> Void = {}

    /// More than this is not kept of what a notebook shows, in bytes as ``cost(of:)`` counts them: the file would not be read again.
    static let maximumBytes = 192 << 20
    /// What an output takes besides its texts, generously: many empty ones are large too.
    private static let bytesPerOutput = 512

    private struct Output {
        /// The output as nbformat has it; the text of a stream is apart, where it can grow.
        var json: JSONValue
        var stream: (name: String, text: String)?
        var displayID: String?
    }

    private let lock = NSLock()
    private var outputs: [Int: [Output]] = [:]
    private var changed: Set<Int> = []
    private var cell = 0
    private var keptBytes = 0
    /// How far the present cell may fill the room: half of what was left, so that one cell leaves enough to those after it.
    private var limit = OutputCollector.maximumBytes / 2
    private var isFull = false
    /// What was kept when the present cell began.
    private var keptBefore = 0
    /// Whether the next thing shown takes the place of everything before it in its cell.
    private var clearsNext = false

    var canUpdate: Bool { true }
    var presentCell: String? { withoutParking { lock.withLock { "\(cell)" } } }

    /// What is shown from now on belongs to the cell at this index of the notebook, also what a task prints after the cell's end.
    func begin(cell index: Int) {
        lock.withLock {
            cell = index
            limit = keptBytes + (Self.maximumBytes - keptBytes) / 2
            keptBefore = keptBytes
            isFull = false
            clearsNext = false
            outputs[index] = []
            changed.insert(index)
        }
    }

    /// The outputs of the cells that changed since the last call, by index.
    func takeChanges() -> [Int: [JSONValue]] {
        withoutParking {
            lock.withLock {
                defer { changed = [] }
                return Dictionary(uniqueKeysWithValues: changed.map { index in (index, (outputs[index] ?? []).map(Self.json)) })
            }
        }
    }

    func stream(_ name: String, _ text: String) {
        withoutParking {
            lock.withLock {
                clearIfAsked()
                guard hasRoom(for: Self.cost(of: text)) else { return }
                append(text, toStream: name)
            }
        }
    }

    func show(_ bundle: MimeBundle, id: String?) {
        add(bundle, type: "display_data", displayID: id)
    }

    func result(_ bundle: MimeBundle, count: Int) {
        add(bundle, type: "execute_result", executionCount: count)
    }

    func error(_ report: ErrorReport) {
        let json: JSONValue = [
            "output_type": "error", "ename": .string(report.name), "evalue": .string(report.value), "traceback": JSONValue(report.traceback),
        ]
        withoutParking {
            lock.withLock {
                clearIfAsked()
                append(Output(json: json))
            }
        }
    }

    func update(_ bundle: MimeBundle, id: String) {
        beforeDisplay()
        let data = bundle.json
        let size = Self.size(of: data)
        withoutParking {
            lock.withLock {
                for index in outputs.keys {
                    for position in (outputs[index] ?? []).indices where outputs[index]?[position].displayID == id {
                        // An update takes the place of what it replaces, so that a long animation does not use the room up.
                        keptBytes -= Self.size(of: outputs[index]?[position].json["data"])
                        guard hasRoom(for: size) else { return }
                        outputs[index]?[position].json["data"] = data
                        changed.insert(index)
                    }
                }
            }
        }
    }

    func clear(wait: Bool) {
        beforeDisplay()
        withoutParking {
            lock.withLock {
                clearsNext = true
                if !wait { clearIfAsked() }
            }
        }
    }

    // MARK: Under the lock

    /// What was cleared gives its room back: an animation may go on for ever.
    private func clearIfAsked() {
        guard clearsNext else { return }
        clearsNext = false
        outputs[cell] = []
        changed.insert(cell)
        keptBytes = min(keptBytes, keptBefore)
        isFull = false
    }

    private func add(_ bundle: MimeBundle, type: String, executionCount: Int? = nil, displayID: String? = nil) {
        beforeDisplay()
        var json: JSONValue = ["output_type": .string(type), "data": bundle.json, "metadata": [:]]
        if let executionCount { json["execution_count"] = JSONValue(executionCount) }
        withoutParking {
            lock.withLock {
                clearIfAsked()
                if hasRoom(for: Self.size(of: json["data"])) { append(Output(json: json, displayID: displayID)) }
            }
        }
    }

    private func append(_ output: Output) {
        outputs[cell, default: []].append(output)
        keptBytes += Self.bytesPerOutput
        changed.insert(cell)
    }

    private func append(_ text: String, toStream name: String) {
        if let last = outputs[cell]?.indices.last, outputs[cell]?[last].stream?.name == name {
            outputs[cell]?[last].stream?.text += text
            changed.insert(cell)
        } else {
            append(Output(json: ["output_type": "stream", "name": .string(name)], stream: (name, text)))
        }
    }

    private func hasRoom(for bytes: Int) -> Bool {
        if isFull { return false }
        guard keptBytes + bytes <= limit else {
            isFull = true
            append("\n[too much output: what this cell shows from here on is not kept]\n", toStream: "stderr")
            return false
        }
        keptBytes += bytes
        return true
    }

    private static func size(of data: JSONValue?) -> Int {
        (data?.objectValue ?? [:]).values.reduce(0) { $0 + ($1.stringValue.map(cost) ?? 0) }
    }

    /// The bytes of a text in the file: a line becomes a JSON value of its own, a control character an escape.
    private static func cost(of text: String) -> Int {
        text.utf8.reduce(0) { $0 + ($1 == 0x0A ? 64 : $1 < 0x20 ? 6 : 1) }
    }

    private static func json(_ output: Output) -> JSONValue {
        guard let stream = output.stream else { return output.json }
        var json = output.json
        json["text"] = .string(stream.text.asShownOnTerminal)
        return json
    }
}

extension String {
    /// The text after its carriage returns and backspaces have had their effect: of a progress line, the last state stays.
    var asShownOnTerminal: String {
        guard utf8.contains(where: { $0 == 0x0D || $0 == 0x08 }) else { return self }
        var shown: [UnicodeScalar] = []
        var lineStart = 0
        let scalars = Array(unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            case "\r":
                // One that ends the text or the line still has nothing to overwrite.
                if index + 1 < scalars.count, scalars[index + 1] != "\n" { shown.removeSubrange(lineStart...) } else { shown.append(scalar) }
            case "\u{8}":
                if shown.count > lineStart { shown.removeLast() }
            default:
                shown.append(scalar)
                if scalar == "\n" { lineStart = shown.count }
            }
        }
        var result = String.UnicodeScalarView()
        result.append(contentsOf: shown)
        return String(result)
    }
}
