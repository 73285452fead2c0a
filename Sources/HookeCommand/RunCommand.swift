import ArgumentParser
import Foundation
import Hooke
import NotebookRunner

/// `hooke run`: executes notebooks without Jupyter and without Python.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Execute notebooks and save their outputs.",
        discussion: """
            Cells run from the top, in the notebook's folder; the file is saved after each. Without -o the notebook itself is \
            rewritten. Cells tagged 'skip-execution' are left as they are; cells tagged 'raises-exception' may fail.

            A parameter is declared in a cell after the one tagged 'parameters', as let or var as it is there. Its value is JSON \
            (256, 0.5, true, [1, 2]); whatever is no JSON is a text.

            The exit status is 0 when every notebook ran, 1 when a cell failed or a file cannot be used, 130 when interrupted.
            """)

    @Argument(help: "Notebooks of nbformat 4.")
    var notebooks: [String]
    @Option(name: [.customShort("o"), .long], help: "The file to save to, or a folder; with several notebooks, a folder.")
    var output: String?
    @Option(
        name: [.customShort("p"), .long], parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Set a variable of the notebook; may be repeated.", valueName: "name value"))
    var parameter: [String] = []
    @Option(help: "Interrupt a cell that runs longer than this, in seconds.")
    var timeout: Double?
    @Flag(help: "Go on after a cell that fails.")
    var allowErrors = false
    @Option(name: [.customShort("j"), .long], help: "How many notebooks to run at once.")
    var jobs = 1
    @Flag(help: .hidden)
    var inBatch = false

    /// Joins `-p name value`, as people and papermill write it, to the single value `name=value` that the parser reads.
    static func joiningParameters(_ arguments: [String]) -> [String] {
        guard arguments.first == "run" else { return arguments }
        var result: [String] = []
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            if argument == "--" { return result + arguments[index...] }
            result.append(argument)
            if ["-p", "--parameter"].contains(argument), index + 1 < arguments.count {
                index += 1
                var pair = arguments[index]
                if !pair.contains("="), index + 1 < arguments.count {
                    index += 1
                    pair += "=" + arguments[index]
                }
                result.append(pair)
            }
            index += 1
        }
        return result
    }

    func validate() throws {
        if notebooks.isEmpty { throw ValidationError("name at least one notebook") }
        if let timeout, !(timeout > 0 && timeout <= 1e7) { throw ValidationError("--timeout takes seconds, more than 0 and at most 10000000") }
        guard (1...256).contains(jobs) else { throw ValidationError("-j takes a number from 1 to 256") }
        do { _ = try parameters } catch { throw ValidationError("\(error)") }
    }

    private var parameters: [Parameter] {
        get throws {
            try parameter.map { pair in
                guard let equals = pair.firstIndex(of: "=") else {
                    throw ValidationError("-p takes a name and a value, such as -p steps 256; '\(pair)' has no value")
                }
                return try Parameter(name: String(pair[..<equals]), value: String(pair[pair.index(after: equals)...]))
            }
        }
    }

    func run() throws {
        runBesideMainQueue("notebook") {
            do {
                let destinations = try RunDestinations(notebooks: notebooks, output: output)
                return notebooks.count == 1 ? try runOne(notebooks[0], savingTo: destinations.paths[0]) : runMany(destinations.paths)
            } catch {
                FileHandle.standardError.write(Data("error: \(error)\n".utf8))
                return 1
            }
        }
    }

    private func runOne(_ path: String, savingTo destination: String) throws -> Int32 {
        // The standard error will belong to the cells.
        let progress = RunProgress(title: path, descriptor: fcntl(2, F_DUPFD_CLOEXEC, 3), rewritesLines: !inBatch)
        var notebook = try Notebook(path: path)
        let unknown: [String]
        do { unknown = try notebook.inject(parameters) } catch {
            throw NotebookError(file: path, problem: "cannot take its parameters", mend: "\(error)")
        }
        for name in unknown { progress.note("warning: no cell tagged 'parameters' declares '\(name)'") }
        let run = try NotebookRun(
            notebook, savingTo: destination,
            settings: .init(timeout: timeout, allowErrors: allowErrors, modulePaths: Installation().modulePaths), progress: progress)
        let signals = StopSignals(watchesParent: inBatch) { run.stop() }
        // Nobody is there to answer a cell that reads.
        let nothing = open("/dev/null", O_RDONLY)
        dup2(nothing, 0)
        close(nothing)
        // As in JupyterLab, files are named relative to the notebook.
        _ = FileManager.default.changeCurrentDirectoryPath(URL(fileURLWithPath: path).deletingLastPathComponent().path)
        VisualizationCache.shared.folder = VisualizationCache.standardFolder
        switch try run.run() {
        case .finished(let failedCells):
            progress.note("done\(failedCells > 0 ? ", failed cells: \(failedCells)" : ""): \(output == nil ? path : destination)")
            return 0
        case .failed: return 1
        case .stopped:
            progress.note("stopped, what ran is saved")
            return signals.exitStatus
        }
    }

    private func runMany(_ destinations: [String]) -> Int32 {
        var options = ["--in-batch"] + parameter.flatMap { ["-p", $0] }
        if let timeout { options += ["--timeout", "\(timeout)"] }
        if allowErrors { options.append("--allow-errors") }
        let batch = NotebookBatch(
            program: Installation().executable,
            commands: zip(notebooks, destinations).map { ["run"] + options + ["-o", $1, "--", $0] })
        let signals = StopSignals(watchesParent: false) { batch.stop() }
        let statuses = batch.run(width: jobs)
        let failed = zip(notebooks, statuses).filter { $1 != 0 }.map(\.0)
        let summary = failed.isEmpty ? "\(notebooks.count) notebooks ran" : "\(failed.count) of \(notebooks.count) notebooks did not run through: \(failed.joined(separator: ", "))"
        FileHandle.standardError.write(Data((summary + "\n").utf8))
        return failed.isEmpty ? 0 : signals.wasStopped ? signals.exitStatus : 1
    }
}
