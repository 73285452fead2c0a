import CHooke
import Foundation

/// Says in words what trap ended a cell, and on which lines of which cells.
struct TrapExplainer {
    /// llvm-symbolizer; without one, no lines are known.
    let symbolizer: String?
    /// The text of each cell by its name, for showing the line.
    let sources: [String: String]
    /// Paths of the loaded cells.
    let libraries: [String]
    let redefinitions: Redefinitions

    func explain(_ report: hooke_cell_report, fatalMessage: String?) -> CellFailure {
        let trace = symbolize(report)
        if report.stack_overflow != 0 {
            return CellFailure(kind: "Stack overflow", message: "the cell's stack is full: a function calls itself without end", places: Array(trace.places.prefix(3)))
        }
        if let fatalMessage {
            let marker = OutputCapture.fatalMarkers.lazy.filter { !$0.hasPrefix("Could not cast") }.compactMap { fatalMessage.range(of: $0) }.first
            let text = fatalMessage[(marker?.upperBound ?? fatalMessage.startIndex)...].trimmingCharacters(in: .whitespacesAndNewlines)
                .replacingOccurrences(of: #" \(0x[0-9a-f]+\)"#, with: "", options: .regularExpression)
            if text.hasPrefix("failed to allocate ") { return CellFailure(kind: "Out of memory", message: text, places: trace.places) }
            return CellFailure(kind: "Fatal error", message: text.isEmpty ? "fatalError()" : redefinitions.explained(text), places: trace.places)
        }
        return CellFailure(kind: "Fatal error", message: trace.runtimeFailure ?? Self.meaning(of: report.signal_number), places: trace.places)
    }

    /// The lines of cells on the stack, innermost first, and what the compiler noted about a check that failed in place.
    func symbolize(_ report: hooke_cell_report) -> (places: [CellPlace], runtimeFailure: String?) {
        let frames = withUnsafeBytes(of: report.frames) { Array($0.bindMemory(to: UInt.self).prefix(Int(report.frame_count))) }
        var order: [(library: String, address: UInt)] = []
        for (depth, frame) in frames.enumerated() {
            // A return address may belong to the next line; the call ended one byte before.
            let address = depth == 0 ? frame : frame - 1
            var offset: UInt = 0
            guard let path = hooke_library_of(address, &offset) else { continue }
            let library = String(cString: path)
            guard libraries.contains(library) else { continue }
            order.append((library, offset))
            if order.count == 16 { break }
        }
        var places: [CellPlace] = []
        var failure: String?
        for (library, address) in order {
            guard let symbolizer, let answer = try? ChildProcess(
                symbolizer, ["--obj=\(library)", "--functions=linkage", "--inlines", "0x" + String(address, radix: 16)]) else { continue }
            // Pairs of lines, innermost inlined function first: name, then file:line:column.
            let lines = answer.output.split(separator: "\n").map(String.init)
            for index in stride(from: 0, to: lines.count - 1, by: 2) {
                if lines[index].hasPrefix("Swift runtime failure: "), places.isEmpty, failure == nil {
                    failure = String(lines[index].dropFirst("Swift runtime failure: ".count))
                }
                guard let place = place(from: lines[index + 1]), places.last != place else { continue }
                places.append(place)
            }
        }
        return (places, failure)
    }

    private func place(from text: String) -> CellPlace? {
        let parts = text.split(separator: ":")
        guard parts.count >= 3, let line = Int(parts[parts.count - 2]), line > 0 else { return nil }
        // The compiler may write the cell's name after a folder: `/tmp/…/In[3]`.
        guard let cell = parts.dropLast(2).joined(separator: ":").split(separator: "/").last.map(String.init) else { return nil }
        guard let source = sources[cell] else { return nil }
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        return CellPlace(cell: cell, line: line, text: lines.indices.contains(line - 1) ? String(lines[line - 1]) : nil)
    }

    private static func meaning(of signal: Int32) -> String {
        switch signal {
        case SIGSEGV, SIGBUS: return "the cell used memory that is not its own (bad pointer)"
        case SIGFPE: return "arithmetic that the processor refused (division by zero)"
        case SIGABRT: return "the cell called abort()"
        default: return "a check failed in optimized code, which keeps no message"
        }
    }
}
