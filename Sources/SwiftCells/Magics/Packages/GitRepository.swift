import Foundation

/// Asks a git repository what it has, without fetching it.
struct GitRepository {
    let url: String
    let job: ChildJob

    /// A version or branch, and the commit that it stands for.
    struct Answer {
        let requirement: PackageRequest.Requirement
        let commit: String
        /// For people: `1.2.0`, `main`.
        let name: String
    }

    /// What a request without a fixed version means now; nil when the repository cannot be asked.
    /// - Throws: ``ChildJob/Stopped``, ``ToolchainError``.
    func answer(to requirement: PackageRequest.Requirement) throws -> Answer? {
        var lines: [String] = []
        var environment = ProcessInfo.processInfo.environment
        environment["GIT_TERMINAL_PROMPT"] = "0"
        let status = try job.run("/usr/bin/env", ["git", "ls-remote", "--symref", url], environment: environment) { lines.append($0) }
        if job.wasStopped { throw ChildJob.Stopped() }
        guard status == 0 else { return nil }
        var references: [String: String] = [:]
        var head: String?
        for line in lines {
            let parts = line.split(separator: "\t").map(String.init)
            guard parts.count == 2 else { continue }
            if parts[0].hasPrefix("ref: refs/heads/"), parts[1] == "HEAD" { head = String(parts[0].dropFirst("ref: refs/heads/".count)) }
            references[parts[1]] = parts[0]
        }
        if case .branch(let name) = requirement {
            return references["refs/heads/" + name].map { Answer(requirement: requirement, commit: $0, name: name) }
        }
        let versions = references.keys.compactMap { reference -> (numbers: [Int], text: String, commit: String)? in
            guard reference.range(of: #"^refs/tags/v?[0-9]+\.[0-9]+\.[0-9]+$"#, options: .regularExpression) != nil else { return nil }
            let text = reference.dropFirst("refs/tags/".count).drop { $0 == "v" }
            let numbers = text.split(separator: ".").compactMap { Int($0) }
            return numbers.count == 3 ? (numbers, String(text), references[reference] ?? "") : nil
        }
        if let newest = versions.max(by: { $0.numbers.lexicographicallyPrecedes($1.numbers) }) {
            return Answer(requirement: .exact(newest.text), commit: newest.commit, name: newest.text)
        }
        guard let head, let commit = references["refs/heads/" + head] else { return nil }
        return Answer(requirement: .branch(head), commit: commit, name: head)
    }
}
