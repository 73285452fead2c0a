import Foundation

/// Runs a program of cells on a thread of its own, named for debuggers, and leaves the main queue to the cells: `@MainActor` code waits for it.
///
/// Parked threads of cells never end, and one may hold a lock of the C library: the process is left with the status that `body` returns,
/// without waiting for them or flushing.
func runBesideMainQueue(_ name: String, _ body: @escaping @Sendable () -> Int32) -> Never {
    let thread = Thread { _exit(body()) }
    thread.name = name
    thread.start()
    dispatchMain()
}
