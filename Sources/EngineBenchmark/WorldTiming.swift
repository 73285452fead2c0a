import Foundation
import PictureWorld

/// Pictures of the world that one core draws in a second of its own time, which other work on the machine does not touch.
func reportWorld(size: Int = WorldSplit.defaultSize, perClass: Int = 100) throws {
    var seconds: [(name: String, time: Double)] = []
    for name in World.classes {
        let split = try World.test.restricted(to: [name])
        let start = processorSeconds()
        for index in 0..<perClass { _ = split.picture(index, size: size) }
        seconds.append((name, (processorSeconds() - start) / Double(perClass)))
    }
    let mean = seconds.map(\.time).reduce(0, +) / Double(seconds.count)
    print(String(format: "the world at %dx%d: %.0f pictures a second and core", size, size, 1 / mean))
    for (name, time) in seconds.sorted(by: { $0.time > $1.time }).prefix(5) {
        print(String(format: "    %-20@ %.0f", name as NSString, 1 / time))
    }
}

/// The time that this thread has had a processor.
private func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
