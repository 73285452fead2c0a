import Foundation
import JupyterProtocol
import RichDisplay
import SwiftCells

extension Kernel {
    /// Runs a cell when the session is free and publishes what it shows; returns the content of the reply.
    /// - Parameter place: the request's place among the execute requests of its shell.
    func execute(_ request: Message, in shell: Subshell, place: Int) -> JSONValue {
        guard let code = request.content["code"]?.stringValue else {
            return Self.failure("BadRequest", "execute_request without the text 'code'")
        }
        if shell.isAborted(place) {
            var content = Self.failure("Aborted", "not run, because a cell before it failed")
            content["execution_count"] = JSONValue(shell.executionCount)
            return content
        }
        let run = CellRun(context: request) { _ in }
        return shell.turns.take(stop: run.stop) {
            beginTurn(for: request)
            defer { endTurn(for: request) }
            return execute(code, of: request, in: shell, run: run)
        }
    }

    /// What is printed from here on belongs to a request, and an interrupt that came for an earlier one is forgotten.
    func beginTurn(for request: Message) {
        if ([mainShell] + subshells.all).filter({ !$0.turns.isFree }).count <= 1 { Interruption.clear() }
        sink.begin(request)
    }

    /// The opposite of ``beginTurn(for:)``.
    func endTurn(for request: Message) { sink.end(request) }

    private func execute(_ code: String, of request: Message, in shell: Subshell, run: CellRun) -> JSONValue {
        let silent = request.content["silent"]?.boolValue ?? false
        let counts = !silent && (request.content["store_history"]?.boolValue ?? true)
        if counts { shell.executionCount += 1 }
        let count = shell.executionCount
        if !silent {
            channels.publish("execute_input", content: ["code": .string(code), "execution_count": JSONValue(count)], parent: request)
        }
        input.renew()
        var result: String?
        var pages: [JSONValue] = []
        run.onPage = { pages.append(["source": "page", "data": ["text/plain": .string($0)], "start": 0]) }
        run.onResult = { [sink] value in
            guard !silent else { return }
            let bundle = try Rendering.bundle(for: value)
            result = bundle.plain
            sink.result(bundle, count: count)
        }
        let outcome = session.run(
            code, name: shell.cellName(counts ? count : nil), cellID: request.metadata["cellId"]?.stringValue, showsResult: !silent, for: run)
        if counts { history.add(shell: shell.id, line: count, input: code, output: result) }

        guard let report = ErrorReport(outcome) else {
            return [
                "status": "ok", "execution_count": JSONValue(count), "user_expressions": userExpressions(of: request, run: run), "payload": .array(pages),
            ]
        }
        var content = Self.failure(report.name, report.value, traceback: report.traceback)
        if !silent {
            var publication = content
            publication["status"] = nil
            channels.publish("error", content: publication, parent: request)
        }
        if request.content["stop_on_error"]?.boolValue ?? true { shell.abortQueue() }
        content["execution_count"] = JSONValue(count)
        return content
    }

    /// Evaluates the expressions that a front end asked for beside the cell, each on its own.
    private func userExpressions(of request: Message, run: CellRun) -> JSONValue {
        var answers: [String: JSONValue] = [:]
        for (key, expression) in request.content["user_expressions"]?.objectValue ?? [:] {
            guard let code = expression.stringValue else { continue }
            var data: JSONValue = [:]
            run.onResult = { data = try Rendering.bundle(for: $0).json }
            if let report = ErrorReport(session.run(code, name: "expression", for: run)) {
                answers[key] = Self.failure(report.name, report.value, traceback: report.traceback)
            } else {
                answers[key] = ["status": "ok", "data": data, "metadata": [:]]
            }
        }
        return .object(answers)
    }
}
