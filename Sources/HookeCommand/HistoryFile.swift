import Foundation

/// The SQLite file with the cells that were run.
enum HistoryFile {
    /// `HOOKE_HISTORY`, or `hooke/history.sqlite` among the user's data; nil, for a history in memory, where the variable says
    /// `:memory:`.
    static var path: String? {
        let environment = ProcessInfo.processInfo.environment
        if let chosen = environment["HOOKE_HISTORY"], !chosen.isEmpty { return chosen == ":memory:" ? nil : chosen }
        let home = FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".local/share")
        let data = environment["XDG_DATA_HOME"].map { URL(fileURLWithPath: $0) } ?? home
        return data.appendingPathComponent("hooke/history.sqlite").path
    }
}
