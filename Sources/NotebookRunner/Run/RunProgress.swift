import Foundation

/// Tells a person at the terminal which cell runs, for how long it ran, and how the notebook ended.
public struct RunProgress: Sendable {
    private let descriptor: Int32
    /// Whether the line of a running cell can be replaced when it ends.
    private let rewritesLines: Bool
    private let title: String

    /// - Parameters:
    ///   - title: the notebook, as it is named in each line.
    ///   - descriptor: where to write; the process's standard error may be captured while cells run.
    ///   - rewritesLines: false where several notebooks write to one terminal.
    public init(title: String, descriptor: Int32, rewritesLines: Bool) {
        // A file's name may hold what a terminal obeys.
        self.title = String(String.UnicodeScalarView(title.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
        self.descriptor = descriptor
        self.rewritesLines = rewritesLines && isatty(descriptor) == 1
    }

    func began(_ number: Int, of count: Int) {
        if rewritesLines { write("\(title)  cell \(number) of \(count) …") }
    }

    func ended(_ number: Int, of count: Int, seconds: Double, failed: Bool) {
        let line = "\(title)  cell \(number) of \(count)  \(Self.text(seconds))\(failed ? "  failed" : "")\n"
        write(rewritesLines ? "\r\u{1B}[K" + line : line)
    }

    /// Writes a line of its own.
    public func note(_ text: String) { write("\(title)  \(text)\n") }

    /// Writes lines as they are, without their colours where no person looks.
    func lines(_ lines: [String]) {
        let text = lines.joined(separator: "\n") + "\n"
        write(isatty(descriptor) == 1 ? text : text.replacingOccurrences(of: "\u{1B}\\[[0-9;]*m", with: "", options: .regularExpression))
    }

    static func text(_ seconds: Double) -> String {
        seconds < 60 ? String(format: "%.1f s", seconds) : "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
    }

    private func write(_ text: String) {
        // One call for a whole line, so that notebooks that run at once do not mix theirs.
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
}
