import Dispatch
import JupyterProtocol

/// The history of this kernel's shells. Opened when first needed; a file that cannot be used leaves the history in memory, and a
/// line in the log.
///
/// It is safe to share: the mutable state is confined to `queue`. Cells do not wait for the disk.
final class History: @unchecked Sendable {
    private let queue = DispatchQueue(label: "history")
    private let path: String?
    private let log: KernelLog
    private var opened: HistoryDatabase?
    private var sessions: [String?: Int64] = [:]

    /// - Parameter path: of the SQLite file; nil keeps the history in memory.
    init(path: String?, log: KernelLog) {
        self.path = path
        self.log = log
    }

    /// Records a cell of a shell. Returns at once.
    func add(shell: String?, line: Int, input: String, output: String?) {
        queue.async { [self] in
            attempt(or: ()) { database in
                if sessions[shell] == nil { sessions[shell] = try database.begin(at: MessageHeader.timestamp()) }
                guard let session = sessions[shell] else { return }
                try database.add(HistoryEntry(session: session, line: line, input: input, output: output))
            }
        }
    }

    /// The last cells, oldest first.
    func tail(_ count: Int) -> [HistoryEntry] { queue.sync { attempt(or: []) { try $0.tail(count) } } }

    /// The cells with a shell pattern, oldest first.
    func search(_ pattern: String, count: Int, unique: Bool) -> [HistoryEntry] {
        queue.sync { attempt(or: []) { try $0.search(pattern, count: count, unique: unique) } }
    }

    /// The cells of a session: a number above 0 names it, 0 is that of the shell itself, -1 the one before.
    func range(session: Int, shell: String?, from start: Int, to stop: Int) -> [HistoryEntry] {
        queue.sync {
            attempt(or: []) { database in
                let wanted: Int64?
                if session > 0 {
                    wanted = Int64(session)
                } else if session == 0 {
                    wanted = sessions[shell]
                } else {
                    wanted = try session.magnitude > UInt(HistoryDatabase.maximumCount) ? nil : database.session(-session, before: sessions[shell] ?? .max)
                }
                return try wanted.map { try database.range(session: $0, from: start, to: stop) } ?? []
            }
        }
    }

    /// Waits until everything is recorded.
    func flush() { queue.sync {} }

    private func attempt<R>(or otherwise: R, _ body: (HistoryDatabase) throws -> R) -> R {
        do {
            return try body(try database())
        } catch {
            log.note("history: \(error)")
            return otherwise
        }
    }

    private func database() throws -> HistoryDatabase {
        if let opened { return opened }
        let database: HistoryDatabase
        do { database = try HistoryDatabase(path: path) } catch {
            log.note("history: \(path ?? "memory") cannot be used (\(error)); this session's history is kept in memory")
            database = try HistoryDatabase(path: nil)
        }
        opened = database
        return database
    }
}
