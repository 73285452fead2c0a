import Foundation
import RichDisplay

/// Which part of a cell is compiled, and how.
struct SwiftPart {
    /// What is not Swift, or not of this part: it is compiled as spaces, so that lines and columns stay.
    var hidden: [Range<Int>] = []
    /// What `%timeit` measures.
    var timed: (options: TimeitOptions, setup: Range<Int>, code: Range<Int>)?
    /// What the front end calls the cell, and after it the part: what the same part defined before is replaced.
    var cellID: String?
    /// Whether the session keeps nothing of it.
    var isForgotten = false
}

extension CellSession {
    /// Compiles, loads and runs a cell, with its magics.
    ///
    /// The parts of a cell with magics run from the top, each as soon as those before it are done: where one fails, the cell ends.
    /// - Parameters:
    ///   - name: what people call the cell, such as `In[3]`.
    ///   - cellID: what the front end calls the cell, the same each time it is run: what it defined before is replaced.
    ///   - showsResult: whether the value of a last expression goes to ``CellRun/onResult``.
    ///   - run: who gets what the cell shows; by default the session's own ``onResult`` and ``onPage``.
    public func run(_ code: String, name: String, cellID: String? = nil, showsResult: Bool = true, for run: CellRun? = nil) -> CellOutcome {
        let run = run ?? CellRun(onPage: onPage, onResult: onResult)
        return during(run) { runParts(of: code, name: name, cellID: cellID, showsResult: showsResult) }
    }

    private func runParts(of code: String, name: String, cellID: String?, showsResult: Bool) -> CellOutcome {
        guard let cell = MagicCell(code) else { return runSwift(code, name: name, part: SwiftPart(cellID: cellID), showsResult: showsResult) }
        let bytes = Array(code.utf8), end = bytes.count
        let parts = cell.parts.filter { part in
            if case .swift(let range) = part { return !bytes[range].allSatisfy(isSpace) }
            return true
        }
        var timed = false
        var swiftParts = 0
        for (index, part) in parts.enumerated() {
            if jobs.wasStopped { return Self.stopped }
            let showsResult = showsResult && index == parts.count - 1
            // What a cell defines replaces what it defined when it was run before, but not what its other parts define.
            let partID = cellID.map { swiftParts == 0 ? $0 : "\($0)/\(swiftParts)" }
            let outcome: CellOutcome
            switch part {
            case .swift(let range):
                let hidden = [0..<range.lowerBound, range.upperBound..<end]
                outcome = runSwift(code, name: name, part: SwiftPart(hidden: hidden, cellID: partID), showsResult: showsResult)
                swiftParts += 1
            case .call(let call):
                outcome = run(call, of: code, name: name, partID: partID, showsResult: showsResult)
                if call.isTiming, !call.takesCell { swiftParts += 1 }
                if call.timesItsParts { (timed, measured) = (true, PartTimes()) }
            }
            guard case .finished = outcome else { return outcome }
        }
        if timed { say(measured.description) }
        return .finished
    }

    private func run(_ call: MagicCall, of code: String, name: String, partID: String?, showsResult: Bool) -> CellOutcome {
        do {
            if call.asksForHelp {
                try showHelp(for: (call.takesCell ? "%%" : "%") + call.name)
                return .finished
            }
            guard let magic = call.magic else { throw MagicHelp.unknown(call) }
            if call.takesCell, call.word.lowerBound > 0, !code.utf8.prefix(call.word.lowerBound).allSatisfy(isSpace) {
                throw MagicError("%%\(call.name) takes a whole cell and must stand on its first line")
            }
            return try run(magic.name, call, of: code, name: name, partID: partID, showsResult: showsResult)
        } catch {
            if error is ChildJob.Stopped || jobs.wasStopped { return Self.stopped }
            let kind = (error as? MagicError)?.kind ?? String(describing: type(of: error))
            let line = EditedSource.line(at: call.word.lowerBound, in: code)
            return .threw(CellFailure(kind: kind, message: "\(error)", places: [CellPlace(cell: name, line: line.number, text: line.text)]))
        }
    }

    private static let stopped = CellOutcome.interrupted(CellFailure(kind: "Interrupted", message: "stopped by the user", places: []))

    private func run(
        _ magic: Magic.Name, _ call: MagicCall, of code: String, name: String, partID: String?, showsResult: Bool
    ) throws -> CellOutcome {
        let bytes = Array(code.utf8)
        let text = String(decoding: bytes[call.arguments], as: UTF8.self)
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        let body = String(decoding: bytes[call.body], as: UTF8.self)
        switch magic {
        case .time:
            guard call.takesCell || !words.isEmpty else { throw MagicError("%time takes the code to run, such as `%time work()`") }
            if !call.takesCell { return time(call.arguments, of: code, name: name, partID: partID, showsResult: showsResult) }
            try requireBody(of: call, words: words, body: body)
        case .timeit:
            let (options, rest) = try call.timeitOptions(in: code)
            let timed = call.takesCell ? call.body : rest
            guard !bytes[timed].allSatisfy(isSpace) else { throw MagicError("%timeit takes the code to measure, such as `%timeit work()`") }
            let setup = call.takesCell ? rest : rest.lowerBound..<rest.lowerBound
            let hidden = [0..<setup.lowerBound, setup.upperBound..<timed.lowerBound, timed.upperBound..<bytes.count]
            return runSwift(code, name: name, part: SwiftPart(hidden: hidden, timed: (options, setup, timed)), showsResult: false)
        case .optimize:
            if let word = words.first {
                guard words.count == 1, let setting = CellOptimization(rawValue: word) else {
                    throw MagicError("%optimize takes one of \(CellOptimization.allCases.map(\.rawValue).joined(separator: ", ")), not `\(text)`")
                }
                optimization = setting
            }
            say("Optimized: \(optimization.description)\n")
        case .who:
            let table = nameTable(matching: words)
            if !table.rows.isEmpty { try display(table) } else { say(words.isEmpty ? "Nothing is defined yet.\n" : "No name fits \(text).\n") }
        case .reset: try forget(words)
        case .help: try showHelp(for: text)
        case .package: try addPackage(words)
        case .bash:
            let line = EditedSource.line(at: call.word.lowerBound, in: code).number
            try runBash(body, options: words, name: name, linesBefore: line)
        case .html, .svg, .markdown:
            try requireBody(of: call, words: words, body: body)
            try show(body, as: magic)
        }
        return .finished
    }

    private func requireBody(of call: MagicCall, words: [String], body: String) throws(MagicError) {
        guard words.isEmpty else { throw MagicError("%%\(call.name) takes nothing on its own line, but the lines below it") }
        guard !body.allSatisfy(\.isWhitespace) else { throw MagicError("%%\(call.name) takes the lines below it, and there are none") }
    }

    private func show(_ body: String, as magic: Magic.Name) throws {
        switch magic {
        case .html: try display(HTML(body))
        case .markdown: try display(Markdown(body))
        default: try display(SVG(markup: body))
        }
    }

    /// `%time`: runs Swift and prints the times.
    private func time(_ range: Range<Int>, of code: String, name: String, partID: String?, showsResult: Bool) -> CellOutcome {
        let before = measured
        measured = PartTimes()
        defer { measured = before + measured }
        let hidden = [0..<range.lowerBound, range.upperBound..<code.utf8.count]
        let outcome = runSwift(code, name: name, part: SwiftPart(hidden: hidden, cellID: partID), showsResult: showsResult)
        if case .finished = outcome { say(measured.description) }
        return outcome
    }

    /// `%%bash`.
    private func runBash(_ script: String, options: [String], name: String, linesBefore: Int) throws {
        // Empty lines let bash count the lines as the cell does.
        let script = String(repeating: "\n", count: linesBefore) + script
        let status = try jobs.run("/bin/bash", options + ["-c", script, name])
        output.releaseFatalMessage()
        if jobs.wasStopped { throw ChildJob.Stopped() }
        if status > 128, let signal = strsignal(status - 128) {
            throw MagicError("bash ended with status \(status) (\(String(cString: signal)))", kind: "BashError")
        }
        if status != 0 { throw MagicError("bash ended with status \(status)", kind: "BashError") }
    }

    /// Writes to the standard output, behind what was written before.
    func say(_ text: String) {
        output.drain()
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
            if count > 0 { bytes = bytes.dropFirst(count) } else if errno != EINTR { break }
        }
        output.drain()
    }
}

/// An SVG picture as it was written.
private struct SVG: Displayable {
    let markup: String
    func mimeBundle() -> MimeBundle { MimeBundle(plain: "SVG (\(markup.utf8.count) bytes)").adding("image/svg+xml", text: markup) }
}

extension EditedSource {
    /// The 1-based line that an offset is on, and its text.
    static func line(at offset: Int, in text: String) -> (number: Int, text: String) {
        let number = text.utf8.prefix(offset).reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return (number, lines.indices.contains(number - 1) ? String(lines[number - 1]) : "")
    }
}
