import Foundation

/// Wall time and the processor time of the whole process, in seconds.
struct Stopwatch {
    struct Reading {
        var wall = 0.0, user = 0.0, system = 0.0

        static func + (a: Reading, b: Reading) -> Reading {
            Reading(wall: a.wall + b.wall, user: a.user + b.user, system: a.system + b.system)
        }
        static func - (a: Reading, b: Reading) -> Reading {
            Reading(wall: a.wall - b.wall, user: a.user - b.user, system: a.system - b.system)
        }
    }

    private let start = Self.now

    var elapsed: Reading { Self.now - start }

    private static var now: Reading {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return Reading(
            wall: Double(DispatchTime.now().uptimeNanoseconds) / 1e9, user: seconds(usage.ru_utime), system: seconds(usage.ru_stime))
    }
}

/// What a part of a cell took.
struct PartTimes {
    /// Compiling and loading.
    var compiling = 0.0
    /// Running, without showing the result.
    var running = Stopwatch.Reading()

    static func + (a: PartTimes, b: PartTimes) -> PartTimes {
        PartTimes(compiling: a.compiling + b.compiling, running: a.running + b.running)
    }

    /// What `%time` prints.
    var description: String {
        """
        Wall time: \(Self.words(running.wall))
        CPU time: \(Self.words(running.user + running.system)) (user \(Self.words(running.user)), system \(Self.words(running.system)))
        Compile time: \(Self.words(compiling))

        """
    }

    /// A time with three digits and the unit that suits it: `1.23 ms`.
    static func words(_ seconds: Double) -> String {
        let units = [(1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")]
        if seconds >= 60 { return "\(Int(seconds) / 60) min \(Int(seconds) % 60) s" }
        guard seconds >= 1e-12 else { return "0 s" }
        // 999.7 µs rounds to 1 ms, not to 1000 µs.
        let (size, unit) = units.first { seconds >= $0.0 * 0.9995 } ?? units[3]
        let value = seconds / size
        return String(format: value >= 99.95 ? "%.0f %@" : value >= 9.995 ? "%.1f %@" : "%.2f %@", value, unit)
    }
}
