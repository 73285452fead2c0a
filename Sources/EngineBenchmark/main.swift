import COpenBLAS
import Foundation
import Networks

// hooke-bench            the engine beside the bare matrix products of OpenBLAS, and where its time goes
// hooke-bench train      where the time of a training step goes
// hooke-bench allocations  how often a step of an optimization asks for memory
// hooke-bench positions  what it saves to compute one position of a layer
// hooke-bench load       how long weight files take to load (paths may follow), and what memory
// hooke-bench world      pictures of the world drawn per second and core
// hooke-bench statistics [N]  N pictures (10,000) of the world through all mixed layers of mini-inception, everything counted
// hooke-bench sheet      64 channels visualized in batches beside one by one
// hooke-bench serve      answers lines "KIND NETWORK SIZE BATCH THREADS" with milliseconds, for Benchmarks/engine.py; the kind
//                        visualize:LAYER is a step of a feature visualization
// hooke-bench tensors    answers lines "OPERATION SHAPE THREADS REPETITIONS" with milliseconds, for Benchmarks/tensors.py

/// Measurements of one kind alternate with those they are compared with, so that a busy moment meets both.
func report(_ name: String, size: Int, threads: Int, rounds: Int = 25) throws {
    var workload = try Workload(name, size: size, batch: 1)
    var times: [Workload.Kind: [Double]] = [:], profile: [String: [Double]] = [:]
    for _ in 0..<rounds {
        for kind in Workload.Kind.reported { times[kind, default: []].append(try workload.time(kind, threads: threads)) }
        let shares = try Compute.with(threads: threads) { try workload.model.profile(of: workload.images, at: workload.layer) }
        for (kind, time) in shares { profile[kind, default: []].append(time) }
    }
    func typical(_ kind: Workload.Kind) -> Double { median(times[kind] ?? []) }
    let (forward, backward) = workload.gigaflops
    let yardstick = String(cString: openblas_get_corename())
    print("\n\(name) \(size)x\(size), \(threads) thread\(threads == 1 ? "" : "s"), \(Compute.instructions) (OpenBLAS: \(yardstick))")
    for (title, ours, bare, work) in [
        ("forward", Workload.Kind.forward, Workload.Kind.bareForward, forward),
        ("forward and gradient", .gradient, .bareBoth, forward + backward),
    ] {
        print(
            String(
                format: "  %-22@ %7.2f ms, %4.0f GFLOP/s   bare products %7.2f ms   ratio %.2f", title as NSString, typical(ours),
                work / typical(ours) * 1000, typical(bare), typical(ours) / typical(bare)))
    }
    printShares(profile)
}

func printShares(_ profile: [String: [Double]]) {
    let shares = profile.mapValues { $0.min() ?? 0 }, total = shares.values.reduce(0, +)
    for (kind, time) in shares.sorted(by: { $0.value > $1.value }) where time > 0.005 * total {
        print(String(format: "    %-40@ %6.2f ms  %3.0f %%", kind as NSString, time, 100 * time / total))
    }
}

/// Where the time of a step of training goes.
func reportTraining(threads: Int, rounds: Int = 12) throws {
    var workload = try Workload("mini-inception", size: 64, batch: 64)
    var profile: [String: [Double]] = [:]
    for _ in 0..<rounds {
        let shares = try Compute.with(threads: threads) { try workload.trainingProfile() }
        for (kind, time) in shares { profile[kind, default: []].append(time) }
    }
    print("\nmini-inception 64x64, a training step of 64 images, \(threads) thread\(threads == 1 ? "" : "s"), \(Compute.instructions)")
    printShares(profile)
}

func serve() throws {
    var workloads: [String: Workload] = [:]
    while let line = readLine() {
        let words = line.split(separator: " ").map(String.init)
        let visualized = words.first.flatMap { $0.hasPrefix("visualize:") ? String($0.dropFirst(10)) : nil }
        let kind = words.first.flatMap(Workload.Kind.init)
        guard words.count == 5, visualized != nil || kind != nil, let size = Int(words[2]), let batch = Int(words[3]),
            let threads = Int(words[4])
        else {
            print("error: a line is KIND NETWORK SIZE BATCH THREADS, not '\(line)'")
            continue
        }
        let key = words[1...3].joined(separator: " ")
        if workloads[key] == nil { workloads[key] = try Workload(words[1], size: size, batch: batch) }
        let time = if let visualized {
            try workloads[key]?.visualizationTime(at: visualized, size: size, threads: threads)
        } else {
            try kind.flatMap { try workloads[key]?.time($0, threads: threads) }
        }
        print(time ?? .nan)
        fflush(stdout)
    }
}

setvbuf(stdout, nil, _IOLBF, 0)
if CommandLine.arguments.dropFirst() == ["tensors"] {
    TensorTiming.serve()
} else if CommandLine.arguments.dropFirst() == ["serve"] {
    try serve()
} else if CommandLine.arguments.dropFirst() == ["train"] {
    for threads in Set([1, Compute.availableThreads]).sorted() { try reportTraining(threads: threads) }
} else if CommandLine.arguments.dropFirst() == ["allocations"] {
    try reportAllocations()
} else if CommandLine.arguments.dropFirst() == ["positions"] {
    try reportPositions()
} else if CommandLine.arguments.dropFirst() == ["world"] {
    try reportWorld()
} else if CommandLine.arguments.dropFirst() == ["sheet"] {
    try reportSheet()
} else if CommandLine.arguments.dropFirst().first == "statistics" {
    try reportStatistics(count: CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) }.map { max($0, 64) } ?? 10_000)
} else if CommandLine.arguments.dropFirst().first == "load" {
    try reportLoading(Array(CommandLine.arguments.dropFirst(2)))
} else {
    for threads in Set([1, Compute.availableThreads]).sorted() {
        try report("inceptionv1", size: 224, threads: threads)
        try report("mini-inception", size: 128, threads: threads)
        try reportTraining(threads: threads)
    }
}
