import FileFuzzing
import Foundation

// hooke-fuzz [--count N] [--seed S] [--reader NAME] [--first I] [--corpus FOLDER]...
//     gives N damaged files to every reader of weight files, or to one of them. It ends with an error when a reader traps, throws what is
//     not its own error, makes a tensor that the file does not justify, or takes longer than a second; it says which input it was,
//     and --seed S --reader NAME --first I --count 1 repeats that one.

/// What is read now, for the handler of signals.
nonisolated(unsafe) let current = UnsafeMutablePointer<CChar>.allocate(capacity: 256)

func announce(_ text: String) { _ = text.withCString { strncpy(current, $0, 255) } }

var (count, seed, first): (Int, UInt64, Int) = (100_000, 1, 0)
var (readers, folders): ([FuzzTarget], [String]) = (FuzzTarget.allCases, [])
var arguments = Array(CommandLine.arguments.dropFirst())
while let option = arguments.first {
    let value = arguments.dropFirst().first ?? ""
    switch (option, Int(value), FuzzTarget(rawValue: value)) {
    case ("--count", let number?, _) where number > 0: count = number
    case ("--seed", let number?, _) where number >= 0: seed = UInt64(number)
    case ("--first", let number?, _) where number >= 0: first = number
    case ("--reader", _, let reader?): readers = [reader]
    case ("--corpus", _, _) where !value.isEmpty: folders.append(value)
    default:
        print("hooke-fuzz: '\(option) \(value)' is not understood; readers are \(FuzzTarget.allCases.map(\.rawValue).joined(separator: ", "))")
        exit(2)
    }
    arguments.removeFirst(2)
}
if folders.isEmpty { folders = ["Reference", "Corpus"].map { "Tests/WeightFilesTests/" + $0 } }

for trap in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT] {
    signal(trap) { number in
        write(STDERR_FILENO, current, strlen(current))
        signal(number, SIG_DFL)
        raise(number)
    }
}

var failures = 0
for reader in readers {
    let fuzzer = try Fuzzer(reader, folders: folders, seed: seed)
    let start = Date()
    var (opened, slowest) = (0, 0.0)
    for index in first..<first + count {
        let label = "--seed \(seed) --reader \(reader.rawValue) --first \(index) --count 1"
        announce("\ntrapped: hooke-fuzz \(label)\n")
        let began = DispatchTime.now().uptimeNanoseconds
        do { if try fuzzer.run(index) { opened += 1 } } catch {
            print("hooke-fuzz \(label): \(error)")
            failures += 1
        }
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - began) * 1e-9
        slowest = max(slowest, seconds)
        if seconds > 1 {
            print("hooke-fuzz \(label): took \(seconds) s")
            failures += 1
        }
    }
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    print(
        String(
            format: "%@: %d inputs, %d opened, %d refused, %.0f s, slowest %.1f ms, at most %d MB resident", reader.rawValue, count, opened,
            count - opened, -start.timeIntervalSinceNow, slowest * 1000, usage.ru_maxrss / 1024))
}
exit(failures == 0 ? 0 : 1)
