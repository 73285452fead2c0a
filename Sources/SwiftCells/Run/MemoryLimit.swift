import Foundation
import RichDisplay

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
        own = ProcessMemory.ownLimit(environment)
        group = ProcessMemory.controlGroup
        reserve = Self.machineReserve
        before = ProcessMemory.residentBytes
    }

    /// Why the process has taken too much, in words; nil while it has not.
    var excess: String? {
        let resident = ProcessMemory.residentBytes
        guard resident - before > Self.smallGrowth else { return nil }
        if let own, resident > own { return "\(ProcessMemory.text(resident)) is in use and the limit is \(ProcessMemory.text(own))" }
        if let group, let used = ProcessMemory.use(of: group.folder), used > group.limit - group.limit / 32 {
            return "\(ProcessMemory.text(used)) is in use and the container's limit is \(ProcessMemory.text(group.limit))"
        }
        if let free = ProcessMemory.machine["MemAvailable"], free < reserve { return "\(ProcessMemory.text(resident)) is in use and the machine has \(ProcessMemory.text(free)) left" }
        return nil
    }

    private static let machineReserve = max(128 << 20, (ProcessMemory.machine["MemTotal"] ?? 0) / 50)
}
