import Foundation
import Synchronization

/// A folder of results that can be made again. Nothing that goes wrong with its files is an error: a result that cannot be read is made
/// again, and one that cannot be written is not kept.
struct CacheFolder: Sendable {
    let path: String
    /// How the names of the folder's own files end; all others are left alone.
    let suffixes: [String]
    /// The most that its files may take, in bytes.
    let largest: Int

    /// A folder in `HOOKE_CACHE`, or else in `hooke` in `XDG_CACHE_HOME` or `~/.cache`; paths that are not absolute count as not given.
    static func standardPath(_ name: String) -> String {
        let environment = ProcessInfo.processInfo.environment
        func value(_ name: String) -> String? { environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
        let home = environment["HOME"] ?? NSHomeDirectory()
        return (value("HOOKE_CACHE") ?? (value("XDG_CACHE_HOME") ?? home + "/.cache") + "/hooke") + "/" + name
    }

    /// The bytes of a file; nil when there is none, or it is larger than the whole folder may be.
    func read(_ name: String) -> Data? {
        let file = path + "/" + name
        guard let size = try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int, size <= largest else { return nil }
        return FileManager.default.contents(atPath: file)
    }

    /// Says that a file was used: its date does.
    func touch(_ name: String) {
        try? FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: path + "/" + name)
    }

    /// Writes a file, whole or not at all, and now and then removes what was not used for longest.
    func write(_ data: Data, to name: String) {
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try? data.write(to: URL(fileURLWithPath: path + "/" + name), options: .atomic)
        // Looking at every file after every small one would take longer than writing it.
        let isDue = Self.writtenSinceCleaning.withLock { written in
            written[path, default: largest] += data.count
            guard written[path, default: 0] >= largest / 64 else { return false }
            written[path] = 0
            return true
        }
        if isDue { removeOldest() }
    }

    /// Removes a file.
    func remove(_ name: String) { try? FileManager.default.removeItem(atPath: path + "/" + name) }

    /// Bytes by folder; the first file that a process writes always brings a look.
    private static let writtenSinceCleaning = Mutex<[String: Int]>([:])

    private func removeOldest() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let own = names.filter { name in suffixes.contains { name.hasSuffix($0) } }
        var files = own.compactMap { name -> (name: String, size: Int, date: Date)? in
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: path + "/" + name),
                let size = attributes[.size] as? Int, let date = attributes[.modificationDate] as? Date
            else { return nil }
            return (name, size, date)
        }.sorted { $0.date > $1.date }
        var total = files.reduce(0) { $0 + $1.size }
        while total > largest, files.count > 1, let oldest = files.popLast() {
            remove(oldest.name)
            total -= oldest.size
        }
    }
}
