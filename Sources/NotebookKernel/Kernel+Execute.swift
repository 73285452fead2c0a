import Foundation
import JupyterProtocol
import RichDisplay
import SwiftCells

extension Kernel {
    /// Runs a cell and publishes what it shows; returns the content of the reply.
    func execute(_ request: Message, number: Int) -> JSONValue {
        guard let code = request.content["code"]?.stringValue else {
            return Self.failure("BadRequest", "execute_request without the text 'code'")
        }
        let silent = request.content["silent"]?.boolValue ?? false
        let counts = !silent && (request.content["store_history"]?.boolValue ?? true)
        if isAborted(number) {
            var content = Self.failure("Aborted", "not run, because a cell before it failed")
            content["execution_count"] = JSONValue(executionCount)
            return content
        }
        if counts { executionCount += 1 }
        let name = counts ? "In[\(executionCount)]" : "In[*]"
        if !silent {
            channels.publish(
                "execute_input", content: ["code": .string(code), "execution_count": JSONValue(executionCount)],
                parent: request)
        }

        sink.parent = request
        Interruption.clear()
        session.onResult = { [sink, executionCount] value in
            guard !silent else { return }
            sink.result(try Rendering.bundle(for: value), count: executionCount)
        }
        let outcome = session.run(code, name: name, showsResult: !silent)
        if counts { history.append(HistoryEntry(line: executionCount, input: code)) }

        guard let report = ErrorReport(outcome) else {
            return [
                "status": "ok", "execution_count": JSONValue(executionCount), "user_expressions": userExpressions(of: request), "payload": [],
            ]
        }
        var content = Self.failure(report.name, report.value, traceback: report.traceback)
        if !silent {
            var publication = content
            publication["status"] = nil
            channels.publish("error", content: publication, parent: request)
        }
        if request.content["stop_on_error"]?.boolValue ?? true { abortQueue() }
        content["execution_count"] = JSONValue(executionCount)
        return content
    }

    /// Evaluates the expressions that a front end asked for beside the cell, each on its own.
    private func userExpressions(of request: Message) -> JSONValue {
        var answers: [String: JSONValue] = [:]
        for (key, expression) in request.content["user_expressions"]?.objectValue ?? [:] {
            guard let code = expression.stringValue else { continue }
            var data: JSONValue = [:]
            session.onResult = { data = try Rendering.bundle(for: $0).json }
            if let report = ErrorReport(session.run(code, name: "expression")) {
                answers[key] = Self.failure(report.name, report.value, traceback: report.traceback)
            } else {
                answers[key] = ["status": "ok", "data": data, "metadata": [:]]
            }
        }
        return .object(answers)
    }
}
