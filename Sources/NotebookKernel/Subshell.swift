import Dispatch
import Foundation
import JupyterProtocol

/// A line of shell requests, answered one after another: the main shell, or one of those beside it (JEP 91). Each counts its own
/// cells and gives up its own queue when one of them fails.
///
/// It is safe to share: `executionCount` is touched only by the line's own requests, and `lock` guards the two numbers below it.
final class Subshell: @unchecked Sendable {
    /// The identifier in headers; nil for the main shell.
    let id: String?
    /// Who may be interrupted here.
    let turns = Turns()
    /// What cells are called here, but for their number.
    private let prefix: String
    /// The number of the last cell that counted.
    var executionCount = 0

    private let queue: DispatchQueue
    private let lock = NSLock()
    private var arrived = 0
    private var abortedThrough = 0

    /// The main shell.
    init() {
        id = nil
        prefix = ""
        queue = DispatchQueue(label: "shell")
    }

    /// A subshell, the `number`th of this kernel.
    init(number: Int) {
        id = UUID().uuidString.lowercased()
        prefix = "subshell \(number) "
        queue = DispatchQueue(label: "subshell \(number)")
    }

    /// Answers a request when those before it are answered.
    /// - Parameter answer: called with the request's place among the execute requests of this line, or 0.
    func enqueue(_ request: Message, _ answer: @escaping @Sendable (Int) -> Void) {
        let place = request.header.type != "execute_request" ? 0 : lock.withLock {
            arrived += 1
            return arrived
        }
        queue.async { answer(place) }
    }

    /// Gives up the execute requests that are already waiting, after one of them failed.
    func abortQueue() { lock.withLock { abortedThrough = arrived } }

    /// Whether a request was given up by ``abortQueue()``.
    func isAborted(_ place: Int) -> Bool { lock.withLock { place <= abortedThrough } }

    /// What a cell is called in errors; without a number if it does not count.
    func cellName(_ number: Int?) -> String { "\(prefix)In[\(number.map(String.init) ?? "*")]" }
}
