import CHooke
import Foundation

/// Runs `body`, which takes a lock that the whole process needs, without being parked by an interrupt meanwhile.
public func withoutParking<R>(_ body: () throws -> R) rethrows -> R {
    hooke_cell_shield(1)
    defer { hooke_cell_shield(-1) }
    return try body()
}

/// The guarded thread of the cell that runs now, and the two ways of stopping it.
///
/// It is safe to share: `run` is set once before other threads see the value, and the C side orders everything else.
final class CellThread: @unchecked Sendable {
    private let run: OpaquePointer
    private let over = NSLock()
    private var isOver = false
    /// Whether the thread was parked where it may have held a lock: outside of cells and of system calls.
    private(set) var isParkedAnywhere = false

    /// Stack of a cell; the system commits it page by page.
    private static let stackBytes = 64 << 20

    /// - Parameter owner: what ``CellRun/current`` is on the thread; it must live until ``wait(cellFolder:eachMoment:)`` returns.
    init?(owner: CellRun, entry: @convention(c) (Int32, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Int32) {
        guard let run = hooke_cell_start(entry, Self.stackBytes, Unmanaged.passUnretained(owner).toOpaque()) else { return nil }
        self.run = run
    }

    /// Waits for the end, however it comes.
    /// - Parameters:
    ///   - cellFolder: the folder whose loaded libraries are cells.
    ///   - eachMoment: called about fifty times a second while the thread runs.
    func wait(cellFolder: String, eachMoment: () -> Void = {}) -> hooke_cell_report {
        while hooke_cell_wait(run, 20) == 0 { eachMoment() }
        return over.withLock {
            isOver = true
            return hooke_cell_finish(run, cellFolder)
        }
    }

    /// Parks the thread as soon as that is safe. Returns when the cell is over.
    /// - Parameters:
    ///   - cellFolder: the folder whose loaded libraries are cells: code that holds no lock of the process.
    ///   - patience: seconds that library code gets to notice the request by itself.
    func stop(cellFolder: String, patience: Double = 1.5) {
        let start = DispatchTime.now()
        var stage = 0
        while true {
            let elapsed = Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / 1e9
            let finished: Bool = over.withLock {
                if isOver { return true }
                // After that it is parked too, wherever it is but in the C library, the loader and the Swift runtime, whose
                // locks the next cell needs.
                let wanted = elapsed > patience * 4 ? 3 : elapsed > patience ? 2 : 1
                if wanted != stage {
                    stage = wanted
                    isParkedAnywhere = stage > 1
                    let ranges = Self.codeRanges(stage == 1 ? [cellFolder] : Self.lockHolders(patient: stage == 2))
                    hooke_cell_allow_parking(run, ranges, Int32(ranges.count), stage == 1 ? 0 : 1)
                }
                hooke_cell_interrupt(run)
                return hooke_cell_wait(run, 1) == 1
            }
            if finished { return }
            usleep(1_000)
        }
    }

    private static func codeRanges(_ prefixes: [String]) -> [hooke_code_range] {
        prefixes.flatMap { prefix in
            let capacity = hooke_code_ranges(prefix, nil, 0)
            guard capacity > 0 else { return [hooke_code_range]() }
            return [hooke_code_range](unsafeUninitializedCapacity: Int(capacity)) { buffer, count in
                count = Int(hooke_code_ranges(prefix, buffer.baseAddress, capacity))
            }
        }
    }

    private static func lockHolders(patient: Bool) -> [String] {
        var names = ["libc.so", "ld-linux", "libpthread"]
        if patient { names += ["libswiftCore", "libstdc++", "libgcc_s", "libdispatch", "libopenblas"] }
        var found: Set<String> = []
        guard let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8) else { return [] }
        for line in maps.split(separator: "\n") {
            guard let slash = line.firstIndex(of: "/") else { continue }
            let path = String(line[slash...])
            let file = path.split(separator: "/").last ?? ""
            if names.contains(where: { file.hasPrefix($0) }) { found.insert(path) }
        }
        return Array(found)
    }
}
