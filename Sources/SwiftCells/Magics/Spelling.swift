/// Finds what somebody probably meant.
enum Spelling {
    /// `. Did you mean 'x'?`, or nothing when no candidate is close.
    static func suggestion(for word: String, among candidates: some Sequence<String>) -> String {
        nearest(to: word, among: candidates).map { ". Did you mean '\($0)'?" } ?? ""
    }

    /// The candidate that fewest changes of a letter lead to: at most two, and fewer than the word has letters.
    static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let distances = candidates.map { (candidate: $0, changes: distance(word, $0)) }
        let best = distances.min { ($0.changes, $0.candidate) < ($1.changes, $1.candidate) }
        guard let best, best.changes <= 2, best.changes < word.count else { return nil }
        return best.candidate
    }

    /// Letters to insert, remove, replace or swap with their neighbours.
    private static func distance(_ a: String, _ b: String) -> Int {
        let a = Array(a.lowercased()), b = Array(b.lowercased())
        var rows = [Array(0...b.count)]
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var least = min(row[j] + 1, rows[i][j + 1] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, rows[i - 1][j - 1] + 1) }
                row.append(least)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
