import Foundation

/// How much memory this process may take, and how much it has taken: a cell that takes more is stopped before the system kills the
/// process with everything in it.
struct MemoryLimit: Sendable {
    /// Resident bytes that this process must stay below: `HOOKE_MEMORY_LIMIT`, or the `MEM_LIMIT` that a JupyterHub sets.
    private let own: Int?
    /// The control group's limit and the folder that tells its use, for containers.
    private let group: (limit: Int, folder: String)?
    /// Memory of the machine that must stay free, in bytes.
    private let reserve: Int
    /// The resident bytes at the start: a cell that has taken little since then is not the one to stop.
    private let before: Int

    private static let smallGrowth = 64 << 20

    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        own = ["HOOKE_MEMORY_LIMIT", "MEM_LIMIT"].lazy.compactMap { environment[$0].flatMap { Int($0) } }.first { $0 > 0 }
        group = Self.controlGroup
        reserve = Self.machineReserve
        before = Self.residentBytes
    }

    /// Why the process has taken too much, in words; nil while it has not.
    var excess: String? {
        let resident = Self.residentBytes
        guard resident - before > Self.smallGrowth else { return nil }
        if let own, resident > own { return "\(Self.text(resident)) is in use and the limit is \(Self.text(own))" }
        if let group, let used = Self.use(of: group.folder), used > group.limit - group.limit / 32 {
            return "\(Self.text(used)) is in use and the container's limit is \(Self.text(group.limit))"
        }
        if let free = Self.machineMemory["MemAvailable"], free < reserve { return "\(Self.text(resident)) is in use and the machine has \(Self.text(free)) left" }
        return nil
    }

    // MARK: - What Linux tells

    private static let controlGroup: (limit: Int, folder: String)? = {
        let own = contents("/proc/self/cgroup")?.split(separator: "\n").first { $0.hasPrefix("0::") }.map { String($0.dropFirst(3)) } ?? ""
        for folder in ["/sys/fs/cgroup" + own, "/sys/fs/cgroup"] {
            if let limit = contents(folder + "/memory.max").flatMap({ Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }) { return (limit, folder) }
        }
        return nil
    }()

    private static let machineReserve = max(128 << 20, (machineMemory["MemTotal"] ?? 0) / 50)

    /// What the group uses without the files that the system can drop.
    private static func use(of folder: String) -> Int? {
        guard let current = contents(folder + "/memory.current").flatMap({ Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }) else { return nil }
        let files = contents(folder + "/memory.stat")?.split(separator: "\n").first { $0.hasPrefix("inactive_file ") }
        return current - (files.flatMap { Int($0.dropFirst(14)) } ?? 0)
    }

    private static var machineMemory: [String: Int] {
        var result: [String: Int] = [:]
        for line in (contents("/proc/meminfo") ?? "").split(separator: "\n").prefix(4) {
            let words = line.split(separator: " ")
            if words.count > 1, let kilobytes = Int(words[1]) { result[String(words[0].dropLast())] = kilobytes << 10 }
        }
        return result
    }

    private static var residentBytes: Int {
        let fields = (contents("/proc/self/statm") ?? "").split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
    }

    private static func contents(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

    private static func text(_ bytes: Int) -> String {
        bytes >= 1 << 30 ? String(format: "%.1f GB", Double(bytes) / Double(1 << 30)) : "\(bytes >> 20) MB"
    }
}
