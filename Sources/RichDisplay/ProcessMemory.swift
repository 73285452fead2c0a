import Foundation

/// What Linux tells about this process's memory, and what limits it: the machine, a container's control group, `HOOKE_MEMORY_LIMIT`.
package enum ProcessMemory {
    /// Resident bytes that this process must stay below: `HOOKE_MEMORY_LIMIT`, or the `MEM_LIMIT` that a JupyterHub sets.
    package static func ownLimit(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> Int? {
        ["HOOKE_MEMORY_LIMIT", "MEM_LIMIT"].lazy.compactMap { environment[$0].flatMap { Int($0) } }.first { $0 > 0 }
    }

    /// The control group's limit and the folder that tells its use.
    package static let controlGroup: (limit: Int, folder: String)? = {
        let own = contents("/proc/self/cgroup")?.split(separator: "\n").first { $0.hasPrefix("0::") }.map { String($0.dropFirst(3)) } ?? ""
        for folder in ["/sys/fs/cgroup" + own, "/sys/fs/cgroup"] {
            if let limit = contents(folder + "/memory.max").flatMap({ Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }) { return (limit, folder) }
        }
        return nil
    }()

    /// What a group uses without the files that the system can drop.
    package static func use(of folder: String) -> Int? {
        guard let current = contents(folder + "/memory.current").flatMap({ Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }) else { return nil }
        let files = contents(folder + "/memory.stat")?.split(separator: "\n").first { $0.hasPrefix("inactive_file ") }
        return current - (files.flatMap { Int($0.dropFirst(14)) } ?? 0)
    }

    /// Bytes by the names of `/proc/meminfo`: `MemTotal`, `MemAvailable`.
    package static var machine: [String: Int] {
        var result: [String: Int] = [:]
        for line in (contents("/proc/meminfo") ?? "").split(separator: "\n").prefix(4) {
            let words = line.split(separator: " ")
            if words.count > 1, let kilobytes = Int(words[1]) { result[String(words[0].dropLast())] = kilobytes << 10 }
        }
        return result
    }

    package static var residentBytes: Int {
        let fields = (contents("/proc/self/statm") ?? "").split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
    }

    /// Bytes that this process may still take, by the narrowest of its limits.
    package static var available: Int {
        var least = machine["MemAvailable"] ?? Int(ProcessInfo.processInfo.physicalMemory)
        if let own = ownLimit() { least = min(least, own - residentBytes) }
        if let group = controlGroup, let used = use(of: group.folder) { least = min(least, group.limit - used) }
        return max(least, 0)
    }

    package static func text(_ bytes: Int) -> String {
        bytes >= 1 << 30 ? String(format: "%.1f GB", Double(bytes) / Double(1 << 30)) : "\(bytes >> 20) MB"
    }

    private static func contents(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}
