import Dispatch
import Foundation

// The functions that compiled cells call by symbol.

/// Receives the value of a cell's last expression. `Void` shows nothing.
@_silgen_name("hooke_cell_result")
public func hookeCellResult<T>(_ value: T) {
    if T.self == Void.self { return }
    CellRun.current?.receive(value)
}

/// Runs an asynchronous closure as a task while the cell's thread waits.
@_silgen_name("hooke_cell_await")
public func hookeCellAwait<T>(_ body: @escaping () async -> T) -> T {
    let answer = Answer<T>()
    Task { answer.deliver(.success(await body())) }
    guard case .success(let value) = answer.wait() else { fatalError("a task that cannot throw failed") }
    return value
}

/// Runs an asynchronous closure that may throw as a task while the cell's thread waits.
@_silgen_name("hooke_cell_try_await")
public func hookeCellTryAwait<T>(_ body: @escaping () async throws -> T) throws -> T {
    let answer = Answer<T>()
    Task {
        do { answer.deliver(.success(try await body())) } catch { answer.deliver(.failure(error)) }
    }
    return try answer.wait().get()
}

/// Hands one value from a task to a waiting thread.
/// It is safe to share: the semaphore orders the single write before the single read.
private final class Answer<T>: @unchecked Sendable {
    private let ready = DispatchSemaphore(value: 0)
    private var result: Result<T, any Error>?

    func deliver(_ result: Result<T, any Error>) {
        self.result = result
        ready.signal()
    }

    func wait() -> Result<T, any Error> {
        ready.wait()
        guard let result else { fatalError("a task ended without an answer") }
        return result
    }
}
