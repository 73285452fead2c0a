import ArgumentParser
import Foundation
import Networks
import SwiftCells

/// Checks everything that the kernel needs, and says how to mend what is wrong.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "doctor", abstract: "Check the toolchain, the libraries and the kernelspec.")

    func run() throws {
        let installation = Installation()
        var healthy = true
        func check(_ what: String, _ body: () throws -> String) {
            do { print("ok      \(what): \(try body())") } catch {
                healthy = false
                print("WRONG   \(what): \(error)")
            }
        }

        check("Swift toolchain") {
            let toolchain = try Toolchain()
            return "\(toolchain.version) in \(toolchain.root)"
        }
        check("Hooke's modules") {
            guard let missing = installation.missingModulePath else { return installation.modulePaths[0] }
            throw InstallError(what: "\(missing) is missing", mend: "Build again with `make build` and do not move the program away from its build folder.")
        }
        check("a compiled cell") { try compileProbe(installation) }
        check("embedded models") { "\(Model.embedded.joined(separator: ", ")), \(try Model.load("mini-inception").parameterCount) parameters" }
        check("kernelspec") { try kernelspec(installation) }
        if !healthy { throw ExitCode.failure }
    }

    /// Runs one cell that imports Hooke, as a notebook would.
    private func compileProbe(_ installation: Installation) throws -> String {
        var shown = ""
        let capture = try OutputCapture { _, _ in }
        defer { capture.restore() }
        let session = try CellSession(toolchain: Toolchain(), searchPaths: installation.modulePaths, output: capture)
        defer { session.close() }
        session.onResult = { shown = String(describing: $0) }
        switch session.run("import Hooke\n20 + 22", name: "In[1]") {
        case .finished where shown == "42": return "import Hooke; 20 + 22 gives 42"
        case .notCompiled(let diagnostics):
            throw InstallError(what: "it does not compile: \(diagnostics.map(\.description).joined(separator: "; "))", mend: "Build again with `make build`.")
        case .threw(let failure), .trapped(let failure), .interrupted(let failure):
            throw InstallError(what: "\(failure.kind): \(failure.message)", mend: "Build again with `make build`.")
        case .finished: throw InstallError(what: "it gives '\(shown)' instead of 42", mend: "Build again with `make build`.")
        }
    }

    private func kernelspec(_ installation: Installation) throws -> String {
        let environment = ProcessInfo.processInfo.environment
        var places = [RuntimeFolder.userData.path]
        if let active = environment["VIRTUAL_ENV"] ?? environment["CONDA_PREFIX"] { places.append(active + "/share/jupyter") }
        places += [installation.root + "/.venv/share/jupyter", "/usr/local/share/jupyter", "/usr/share/jupyter"]
        for place in places {
            let file = place + "/kernels/hooke/kernel.json"
            guard let data = FileManager.default.contents(atPath: file) else { continue }
            guard let json = try? JSONSerialization.jsonObject(with: data) as? [String: Any], let argv = json["argv"] as? [String], let program = argv.first else {
                throw InstallError(what: "\(file) is damaged", mend: "Run `hooke install` again.")
            }
            guard FileManager.default.isExecutableFile(atPath: program) else {
                throw InstallError(what: "\(file) starts \(program), which is not there", mend: "Run `hooke install` again.")
            }
            return file
        }
        throw InstallError(what: "no kernelspec 'hooke' in \(places.joined(separator: ", "))", mend: "Run `hooke install --user` (or `make lab`).")
    }
}
