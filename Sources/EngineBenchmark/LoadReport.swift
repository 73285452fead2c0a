import Foundation
import Networks
import Tensors
import WeightFiles

/// What it takes to load weights: milliseconds until every number of every tensor has been looked at, and how much memory the process has
/// then that it does not share.
///
/// Without paths, InceptionV1 with random weights is written in both orders of axes and loaded.
func reportLoading(_ paths: [String], rounds: Int = 9) throws {
    var paths = paths
    let folder = NSTemporaryDirectory() + "hooke-bench-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    if paths.isEmpty {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let usual = folder + "/oihw.safetensors", own = folder + "/hwio.safetensors"
        try Model(random: .inceptionV1).save(to: usual)
        let file = try SafetensorsFile(path: usual)
        let tensors = try file.tensorNames.map { name -> (String, Tensor) in
            let tensor = try file.tensor(name)
            return (name, tensor.rank == 4 ? tensor.permuted([2, 3, 1, 0]) : tensor.rank == 2 ? tensor.transposed : tensor)
        }
        try SafetensorsFile.write(Dictionary(uniqueKeysWithValues: tensors), metadata: file.metadata, layout: .outputsLast, to: own)
        paths = [usual, own]
    }
    for path in paths {
        var (times, kept, count): ([Double], [Tensor], Int) = ([], [], 0)
        let before = privateMegabytes()
        for _ in 0..<rounds {
            kept = []
            times.append(
                try milliseconds {
                    let file = try WeightFileFormat.open(path)
                    kept = try file.tensorNames.map { try file.tensor($0) }
                    guard kept.allSatisfy(\.allFinite) else { throw WorkloadError(name: "finite number everywhere in \(path)") }
                })
        }
        count = kept.reduce(0) { $0 + $1.count }
        let mapped = kept.reduce(0) { $0 + ($1.isMapped ? $1.count : 0) }
        print(
            String(
                format: "%@\n  %.1f M numbers in %d tensors, %.0f %% as views   first %7.2f ms, then %7.2f ms   private memory %+.1f MB",
                path, Double(count) / 1e6, kept.count, 100 * Double(mapped) / Double(max(1, count)), times[0], median(times),
                privateMegabytes() - before))
    }
}

/// The memory of this process that no other shares.
private func privateMegabytes() -> Double {
    let text = (try? String(contentsOfFile: "/proc/self/smaps_rollup", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("Private_Dirty:") }
    return (Double(line?.split(separator: " ").dropFirst().first ?? "") ?? .nan) / 1024
}
