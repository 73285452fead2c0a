import Foundation

/// The subshells that exist now. It is safe to share: everything is guarded by `lock`.
final class SubshellTable: @unchecked Sendable {
    private let lock = NSLock()
    private var subshells: [Subshell] = []
    private var created = 0

    /// The identifiers, oldest first.
    var identifiers: [String] { lock.withLock { subshells.compactMap(\.id) } }

    var all: [Subshell] { lock.withLock { subshells } }

    /// Makes another one.
    func create() -> Subshell {
        lock.withLock {
            created += 1
            let subshell = Subshell(number: created)
            subshells.append(subshell)
            return subshell
        }
    }

    /// Forgets one; what it has accepted is still answered. False if there is none of that name.
    func delete(_ id: String) -> Bool {
        lock.withLock {
            guard let index = subshells.firstIndex(where: { $0.id == id }) else { return false }
            subshells.remove(at: index)
            return true
        }
    }

    subscript(id: String) -> Subshell? { lock.withLock { subshells.first { $0.id == id } } }
}
