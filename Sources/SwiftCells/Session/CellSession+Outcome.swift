import CHooke
import Foundation

extension CellSession {
    /// What the end of a cell's thread means, in words.
    func outcome(of report: hooke_cell_report, name: String, cell: ParsedCell, run: CellRun, memoryExcess: String?, isParkedAnywhere: Bool) -> CellOutcome {
        let explainer = TrapExplainer(
            symbolizer: toolchain?.symbolizer, sources: cellSources, libraries: cellLibraries, redefinitions: redefinitions)
        switch report.state {
        case HOOKE_CELL_FINISHED:
            output.releaseFatalMessage()
            guard let resultError = run.resultError else { return .finished }
            return .threw(failure(for: resultError, place: nil))
        case HOOKE_CELL_THREW:
            output.releaseFatalMessage()
            guard let pointer = report.error else { return .finished }
            let error = unsafeBitCast(pointer, to: (any Error).self)
            return .threw(failure(for: error, place: place(ofItem: Int(report.last_mark), name: name, cell: cell)))
        case HOOKE_CELL_EXITED:
            output.releaseFatalMessage()
            let place = place(ofItem: Int(report.last_mark), name: name, cell: cell)
            return .threw(CellFailure(
                kind: "Exit",
                message: "the cell called exit() with status \(report.exit_status). That ended the cell only; to end the kernel, shut it down in the front end",
                places: place.map { [$0] } ?? []))
        case HOOKE_CELL_INTERRUPTED:
            output.releaseFatalMessage()
            if let memoryExcess {
                let rest = "What its unfinished calls hold stays taken until the kernel is restarted; everything defined before is still there."
                return .trapped(CellFailure(
                    kind: "Out of memory", message: "the cell was stopped: \(memoryExcess). \(rest)", places: explainer.symbolize(report).places))
            }
            var message = "stopped by the user"
            if isParkedAnywhere, let library = Self.library(of: report) {
                message += " inside \(library). If it held a lock there, cells that need the same may hang; then restart the kernel"
            }
            return .interrupted(CellFailure(kind: "Interrupted", message: message, places: explainer.symbolize(report).places))
        default:
            return .trapped(explainer.explain(report, fatalMessage: output.takeFatalMessage()))
        }
    }

    /// The name of the library whose code ran last.
    private static func library(of report: hooke_cell_report) -> String? {
        var offset: UInt = 0
        return withUnsafeBytes(of: report.frames) { hooke_library_of($0.load(as: UInt.self), &offset) }
            .map { String(String(cString: $0).split(separator: "/").last ?? "") }
    }

    /// What kept a cell from being compiled at all.
    func failure(toCompile error: any Error) -> CellFailure {
        if let cause = (error as? CocoaError)?.underlying as? POSIXError {
            let reason = String(cString: strerror(cause.code.rawValue))
            return CellFailure(
                kind: "FileError", message: "the cell's files cannot be written: \(reason). Make room in the temporary folder; the session is whole", places: [])
        }
        return failure(for: error, place: nil)
    }

    private func place(ofItem item: Int, name: String, cell: ParsedCell) -> CellPlace? {
        guard cell.itemLines.indices.contains(item) else { return nil }
        let line = cell.itemLines[item]
        let text = cellSources[name]?.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(line - 1).first
        return CellPlace(cell: name, line: line, text: text.map(String.init))
    }

    private func failure(for error: any Error, place: CellPlace?) -> CellFailure {
        CellFailure(kind: String(describing: type(of: error)), message: String(describing: error), places: place.map { [$0] } ?? [])
    }
}
