import Foundation
import JupyterProtocol

/// What the kernel and the machine use, read from /proc: the content of usage_reply, with ipykernel's fields.
///
/// It is safe to share: the last samples are guarded by `lock`.
final class ProcessUsage: @unchecked Sendable {
    /// Processor time in ticks of the kernel and the helpers that it started, and when that was.
    private struct Sample {
        var ticks = 0.0
        var time = ContinuousClock.now
    }

    private let lock = NSLock()
    private var last = Sample()
    private var lastHost: (busy: Double, all: Double) = (0, 0)

    init() {
        last.ticks = Self.ticks(of: Self.family())
        lastHost = Self.hostTicks()
    }

    /// The percentages are of the time since the last report.
    func report() -> JSONValue {
        let family = Self.family()
        let now = Sample(ticks: Self.ticks(of: family))
        let host = Self.hostTicks()
        let (before, hostBefore) = lock.withLock {
            defer { (last, lastHost) = (now, host) }
            return (last, lastHost)
        }
        let elapsed = Double((now.time - before.time) / .milliseconds(1)) / 1000
        let used = (now.ticks - before.ticks) / Double(sysconf(Int32(_SC_CLK_TCK)))
        var answer: JSONValue = [
            "status": "ok", "hostname": .string(ProcessInfo.processInfo.hostName), "pid": JSONValue(Int(getpid())),
            "kernel_cpu": .double(elapsed > 0 ? max(0, 100 * used / elapsed) : 0),
            "kernel_memory": JSONValue(family.reduce(0) { $0 + Self.memory(of: $1) }),
            "cpu_count": JSONValue(ProcessInfo.processInfo.activeProcessorCount), "host_virtual_memory": Self.hostMemory(),
        ]
        let spent = host.all - hostBefore.all
        if spent > 0, host.busy > hostBefore.busy { answer["host_cpu_percent"] = .double(100 * (host.busy - hostBefore.busy) / spent) }
        return answer
    }

    // MARK: Processes

    /// This process and all that it started, directly or not.
    private static func family() -> [Int32] {
        var children: [Int32: [Int32]] = [:]
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard let process = Int32(name), let fields = statistics(of: process), let parent = fields.dropFirst().first.flatMap({ Int32($0) }) else { continue }
            children[parent, default: []].append(process)
        }
        var family = [getpid()]
        var index = 0
        while index < family.count {
            family += (children[family[index]] ?? []).filter { !family.contains($0) }
            index += 1
        }
        return family
    }

    /// The fields of /proc/PID/stat after the name: state, parent, …
    private static func statistics(of process: Int32) -> [Substring]? {
        // The name may hold anything, parentheses too.
        guard let text = contents("/proc/\(process)/stat"), let end = text.lastIndex(of: ")") else { return nil }
        return text[text.index(after: end)...].split(separator: " ")
    }

    private static func ticks(of family: [Int32]) -> Double {
        family.reduce(0) { sum, process in
            guard let fields = statistics(of: process), fields.count > 12 else { return sum }
            return sum + (Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0)
        }
    }

    /// Bytes in memory; pages that several processes share count in parts, where the system tells.
    private static func memory(of process: Int32) -> Int {
        if let shared = contents("/proc/\(process)/smaps_rollup").flatMap({ kilobytes($0)["Pss"] }) { return shared }
        return contents("/proc/\(process)/status").flatMap { kilobytes($0)["VmRSS"] } ?? 0
    }

    // MARK: The machine

    private static func hostTicks() -> (busy: Double, all: Double) {
        let line = contents("/proc/stat")?.split(separator: "\n").first ?? ""
        let ticks = line.split(separator: " ").dropFirst().prefix(8).map { Double($0) ?? 0 }
        let all = ticks.reduce(0, +)
        return (all - ticks.dropFirst(3).prefix(2).reduce(0, +), all)
    }

    private static func hostMemory() -> JSONValue {
        let values = contents("/proc/meminfo").map(kilobytes) ?? [:]
        func bytes(_ name: String) -> Int { values[name] ?? 0 }
        let (total, available) = (bytes("MemTotal"), bytes("MemAvailable"))
        let cached = bytes("Cached") + bytes("SReclaimable")
        let used = max(0, total - bytes("MemFree") - cached - bytes("Buffers"))
        return [
            "total": JSONValue(total), "available": JSONValue(available), "used": JSONValue(used), "free": JSONValue(bytes("MemFree")),
            "percent": .double(total > 0 ? (1000 * Double(total - available) / Double(total)).rounded() / 10 : 0),
            "active": JSONValue(bytes("Active")), "inactive": JSONValue(bytes("Inactive")), "buffers": JSONValue(bytes("Buffers")),
            "cached": JSONValue(cached), "shared": JSONValue(bytes("Shmem")), "slab": JSONValue(bytes("Slab")),
        ]
    }

    // MARK: Files of /proc

    /// Lines such as `MemTotal:  1024 kB`, in bytes.
    private static func kilobytes(_ text: String) -> [String: Int] {
        var values: [String: Int] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(whereSeparator: { $0 == " " || $0 == ":" || $0 == "\t" })
            if parts.count == 3, parts[2] == "kB", let value = Int(parts[1]) { values[String(parts[0])] = value * 1024 }
        }
        return values
    }

    private static func contents(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
