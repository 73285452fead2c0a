import Foundation
import GRDB

/// One cell that ran, in this session or an earlier one.
struct HistoryEntry: Equatable {
    /// Numbers the sessions on this machine, oldest first.
    let session: Int64
    /// The execution count.
    let line: Int
    let input: String
    /// The plain text of its result.
    let output: String?
}

/// The table of all cells that were run, kept in SQLite across sessions.
struct HistoryDatabase {
    /// As many entries as one query gives at most.
    static let maximumCount = 100_000

    private let database: DatabaseQueue
    /// Whether the history outlives the process.
    let isKept: Bool

    /// Opens a file, which is made if there is none, readable by its owner alone; without a path the history is kept in memory.
    /// - Throws: what SQLite says when the file is no database, or cannot be written.
    init(path: String?) throws {
        var configuration = Configuration()
        configuration.label = "history"
        // Other kernels write the same file, each for a moment.
        configuration.busyMode = .timeout(1)
        if let path {
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
            Glibc.close(descriptor)
            database = try DatabaseQueue(path: path, configuration: configuration)
        } else {
            database = try DatabaseQueue(configuration: configuration)
        }
        isKept = path != nil
        try database.write { db in
            try db.execute(sql: """
                CREATE TABLE IF NOT EXISTS session (id INTEGER PRIMARY KEY AUTOINCREMENT, started TEXT NOT NULL);
                CREATE TABLE IF NOT EXISTS cell (
                    session INTEGER NOT NULL, line INTEGER NOT NULL, input TEXT NOT NULL, output TEXT, PRIMARY KEY (session, line));
                """)
        }
    }

    /// Begins a session: its number, higher than that of any other.
    func begin(at time: String) throws -> Int64 {
        try database.write { db in
            try db.execute(sql: "INSERT INTO session (started) VALUES (?)", arguments: [time])
            return db.lastInsertedRowID
        }
    }

    func add(_ entry: HistoryEntry) throws {
        try database.write { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO cell (session, line, input, output) VALUES (?, ?, ?, ?)",
                arguments: [entry.session, entry.line, entry.input, entry.output])
        }
    }

    /// The last cells, of whatever session, oldest first.
    func tail(_ count: Int) throws -> [HistoryEntry] {
        try entries("SELECT session, line, input, output FROM cell ORDER BY session DESC, line DESC LIMIT ?", [limit(count)]).reversed()
    }

    /// The cells of a session from one line up to another, which is left out.
    func range(session: Int64, from start: Int, to stop: Int) throws -> [HistoryEntry] {
        try entries(
            "SELECT session, line, input, output FROM cell WHERE session = ? AND line >= ? AND line < ? ORDER BY line LIMIT ?",
            [session, start, stop, Self.maximumCount])
    }

    /// The last cells whose input has the shell pattern (`*`, `?`, `[…]`), oldest first.
    /// - Parameter unique: whether to give equal inputs once, as they ran last.
    func search(_ pattern: String, count: Int, unique: Bool) throws -> [HistoryEntry] {
        try entries(
            """
            SELECT session, line, input, output FROM (
                SELECT *, row_number() OVER (PARTITION BY input ORDER BY session DESC, line DESC) AS repetition FROM cell WHERE input GLOB ?)
            WHERE repetition = 1 OR NOT ? ORDER BY session DESC, line DESC LIMIT ?
            """, [pattern, unique, limit(count)]).reversed()
    }

    /// The session with cells that came `distance` before another; nil if there are not so many.
    func session(_ distance: Int, before session: Int64) throws -> Int64? {
        try database.read { db in
            try Int64.fetchOne(
                db, sql: "SELECT DISTINCT session FROM cell WHERE session < ? ORDER BY session DESC LIMIT 1 OFFSET ?",
                arguments: [session, distance - 1])
        }
    }

    private func limit(_ count: Int) -> Int { min(max(0, count), Self.maximumCount) }

    private func entries(_ sql: String, _ arguments: StatementArguments) throws -> [HistoryEntry] {
        try database.read { db in
            try Row.fetchAll(db, sql: sql, arguments: arguments).map { row in
                HistoryEntry(session: row[0], line: row[1], input: row[2], output: row[3])
            }
        }
    }
}
