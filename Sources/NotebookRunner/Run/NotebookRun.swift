import Foundation
import JupyterProtocol
import NotebookKernel
import RichDisplay
import SwiftCells

/// Runs the cells of one notebook in a session of this process, and saves after each.
///
/// A process holds one session of cells, so it runs one notebook. It is safe to share: `stop` is for any thread, everything
/// else for the one that calls ``run()``; what both touch is guarded by `lock`.
public final class NotebookRun: @unchecked Sendable {
    /// What a run may be told.
    public struct Settings: Sendable {
        /// The longest time that a cell may take, compiling included, in seconds; nil for any.
        public var timeout: Double?
        /// Whether to go on after a cell that fails.
        public var allowErrors: Bool
        /// Folders with the modules that cells may import.
        public var modulePaths: [String]

        public init(timeout: Double? = nil, allowErrors: Bool = false, modulePaths: [String]) {
            self.timeout = timeout
            self.allowErrors = allowErrors
            self.modulePaths = modulePaths
        }
    }

    /// How a run ended.
    public enum Outcome: Equatable, Sendable {
        /// Every cell ran; so many failed where failing was allowed.
        case finished(failedCells: Int)
        /// A cell failed, and the cells after it did not run.
        case failed
        /// ``stop()`` was called.
        case stopped
    }

    private var notebook: Notebook
    private let path: String
    private let settings: Settings
    private let progress: RunProgress
    private let output: OutputCapture
    private let session: CellSession
    private let toolchain: Toolchain
    private let collector = OutputCollector()

    private let lock = NSLock()  // guards the two below
    private var stopRequested = false
    private var isOver = false

    /// The run of this process, for the handler of `exit`, to which nothing can be handed.
    nonisolated(unsafe) private static var current: NotebookRun?

    /// Captures the process's standard output and error and opens a session.
    /// - Parameters:
    ///   - notebook: what to run; outputs it holds are forgotten.
    ///   - path: the file to save to, absolute, as cells may change the current folder.
    ///   - progress: must not write to the standard output or error, which belong to the cells.
    /// - Throws: ``NotebookError`` for a notebook of another language, ``ToolchainError``, and what opening a session throws.
    public init(_ notebook: Notebook, savingTo path: String, settings: Settings, progress: RunProgress) throws {
        try notebook.checkLanguage()
        self.notebook = notebook
        self.path = path
        self.settings = settings
        self.progress = progress
        toolchain = try Toolchain()
        output = try OutputCapture { [collector] stream, text in collector.stream(stream.rawValue, text) }
        session = try CellSession(toolchain: toolchain, searchPaths: settings.modulePaths, output: output)
        collector.beforeDisplay = { [output] in output.drain() }
    }

    /// Stops the running cell; ``run()`` saves and returns. May be called from any thread.
    public func stop() {
        let isFirst = lock.withLock {
            defer { stopRequested = true }
            return !stopRequested
        }
        guard isFirst else { return }
        DispatchQueue.global().async { [self] in
            // Asked again until the run is over: between two cells there is nothing to stop yet.
            while !(lock.withLock { isOver }) {
                Interruption.request()
                session.interrupt()
                usleep(20_000)
            }
        }
    }

    /// Runs the cells from the top.
    /// - Throws: ``NotebookError`` when the notebook cannot be saved.
    public func run() throws -> Outcome {
        DisplayRouter.sink = collector
        defer { close() }
        Self.current = self
        atexit { NotebookRun.current?.endByExit() }
        prepare()
        // What cannot be written is better known before hours of work than after.
        try save()
        let runnable = notebook.cells.indices.filter { notebook.cells[$0].isExecutable }
        var failedCells = 0
        for (position, index) in runnable.enumerated() {
            if isStopRequested { return .stopped }
            let number = position + 1
            progress.began(number, of: runnable.count)
            let start = DispatchTime.now().uptimeNanoseconds
            let report = runCell(at: index, count: number)
            let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
            try save()
            progress.ended(number, of: runnable.count, seconds: seconds, failed: report != nil)
            if isStopRequested { return .stopped }
            guard let report else { continue }
            failedCells += 1
            let isAllowed = settings.allowErrors || notebook.cells[index].hasTag("raises-exception")
            if !isAllowed {
                progress.lines(
                    ["error: \(notebook.file), cell \(number) of \(runnable.count) (In[\(number)], id \(notebook.cells[index].id)) failed:"]
                        + report.traceback)
                return .failed
            }
        }
        // What tasks printed after the last cell.
        output.drain()
        try save()
        return .finished(failedCells: failedCells)
    }

    private var isStopRequested: Bool { lock.withLock { stopRequested } }

    /// A cell called `exit`: the process ends, but not as if the notebook had run through.
    private func endByExit() {
        guard !(lock.withLock { isOver }) else { return }
        output.drain()
        let report = ErrorReport(name: "Exit", value: "the cell called exit(), which ends the process that runs the notebook", places: [])
        collector.error(report)
        try? save()
        session.close()
        progress.lines(["error: \(notebook.file) did not run through:"] + report.traceback)
        _exit(1)
    }

    private func close() {
        lock.withLock { isOver = true }
        DisplayRouter.sink = nil
        output.restore()
        session.close()
    }

    /// Forgets what earlier runs left, and says what the notebook is run with.
    private func prepare() {
        for index in notebook.cells.indices where notebook.cells[index].kind == .code && !notebook.cells[index].hasTag("skip-execution") {
            notebook.cells[index].outputs = []
            notebook.cells[index].executionCount = nil
            notebook.cells[index].metadata["execution"] = nil
        }
        notebook.metadata["language_info"] = Kernel.languageInformation(version: toolchain.version)
        if notebook.metadata["kernelspec"] == nil {
            notebook.metadata["kernelspec"] = ["name": "hooke", "display_name": "Hooke (Swift)", "language": "swift"]
        }
    }

    /// Runs one cell; nil when it finished.
    private func runCell(at index: Int, count: Int) -> ErrorReport? {
        let code = notebook.cells[index].source
        collector.begin(cell: index)
        notebook.cells[index].executionCount = count
        let started = MessageHeader.timestamp()
        Interruption.clear()
        session.onResult = { [collector] value in collector.result(try Rendering.bundle(for: value), count: count) }
        let timeout = CellTimeout(seconds: settings.timeout, session: session)
        let outcome = session.run(code, name: "In[\(count)]")
        var report = ErrorReport(outcome)
        if timeout.end(), !isStopRequested {
            report = ErrorReport(
                name: "Timeout", value: "the cell ran longer than \(settings.timeout.map(Self.seconds) ?? "allowed") (--timeout)",
                places: report?.traceback.dropFirst() ?? [])
        }
        if let report { collector.error(report) }
        let ended = MessageHeader.timestamp()
        // The names that JupyterLab gives to the same moments, after the messages of the protocol.
        notebook.cells[index].metadata["execution"] = [
            "iopub.status.busy": .string(started), "iopub.execute_input": .string(started),
            "shell.execute_reply": .string(ended), "iopub.status.idle": .string(ended),
        ]
        return report
    }

    private static func seconds(_ value: Double) -> String { "\(Int(exactly: value).map { "\($0)" } ?? "\(value)") s" }

    private func save() throws(NotebookError) {
        for (index, outputs) in collector.takeChanges() { notebook.cells[index].outputs = outputs }
        try AtomicFile.write(notebook.text, to: path)
    }
}

extension Notebook {
    /// Refuses notebooks that say they are for another language.
    func checkLanguage() throws(NotebookError) {
        let language = metadata["kernelspec"]?["language"]?.stringValue ?? metadata["language_info"]?["name"]?.stringValue
        guard let language, language.lowercased() != "swift" else { return }
        throw NotebookError(
            file: file, place: "'metadata.kernelspec'", problem: "the notebook is written in \(language.prefix(60)), and Hooke runs Swift",
            mend: "Choose the kernel 'Hooke (Swift)' in JupyterLab and save it, or run it with jupyter nbconvert --execute")
    }
}
