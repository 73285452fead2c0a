import ArgumentParser
import Foundation
import SwiftCells

/// Registers the kernel with Jupyter.
struct InstallCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install", abstract: "Register the kernel with Jupyter.",
        discussion: "Without an option the kernel is registered for the current user.")

    @Flag(name: .long, help: "For the current user (the default).")
    var user = false
    @Flag(name: .long, help: "Into the active Python environment.")
    var sysPrefix = false
    @Option(name: .long, help: "Into DIR/share/jupyter/kernels.")
    var prefix: String?
    @Option(name: .long, help: "The kernel's name.")
    var name = "hooke"

    func validate() throws {
        guard [user, sysPrefix, prefix != nil].filter({ $0 }).count <= 1 else {
            throw ValidationError("choose one of --user, --sys-prefix and --prefix")
        }
        guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }) else {
            throw ValidationError("a kernel's name is made of letters, digits, '.', '_' and '-'; '\(name)' is not")
        }
    }

    func run() throws {
        let toolchain = try Toolchain()
        let installation = Installation()
        let template = URL(fileURLWithPath: installation.kernelspecTemplate)
        let text: Data
        do { text = try Data(contentsOf: template.appendingPathComponent("kernel.json")) } catch {
            throw InstallError(what: "the template \(template.path)/kernel.json cannot be read (\(error.localizedDescription))", mend: "Run `hooke install` from the build in Hooke's checkout.")
        }
        guard var specification = try JSONSerialization.jsonObject(with: text) as? [String: Any], let argv = specification["argv"] as? [String] else {
            throw InstallError(what: "the template \(template.path)/kernel.json has no list 'argv'", mend: "Restore it from the repository.")
        }
        specification["argv"] = argv.map { $0 == "{executable}" ? installation.executable : $0 }
        // JupyterLab may be started with another PATH than this shell's.
        specification["env"] = ["HOOKE_TOOLCHAIN": toolchain.root.hasSuffix("/usr") ? String(toolchain.root.dropLast(4)) : toolchain.root]
        if name != "hooke" { specification["display_name"] = "Hooke (Swift, \(name))" }

        let folder = try base().appendingPathComponent("kernels/\(name.lowercased())")
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let json = try JSONSerialization.data(withJSONObject: specification, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
            try json.write(to: folder.appendingPathComponent("kernel.json"), options: .atomic)
            for logo in ["logo-32x32.png", "logo-64x64.png", "logo-svg.svg"] {
                try Data(contentsOf: template.appendingPathComponent(logo)).write(to: folder.appendingPathComponent(logo), options: .atomic)
            }
        } catch {
            throw InstallError(what: "the kernelspec cannot be written to \(folder.path) (\(error.localizedDescription))", mend: "Choose a place that you may write to: --user or --prefix DIR.")
        }
        print("Installed the kernelspec '\(name)' in \(folder.path)")
    }

    /// The folder of Jupyter's data that the options name.
    private func base() throws -> URL {
        let environment = ProcessInfo.processInfo.environment
        if let prefix { return URL(fileURLWithPath: prefix).appendingPathComponent("share/jupyter") }
        if sysPrefix {
            guard let active = environment["VIRTUAL_ENV"] ?? environment["CONDA_PREFIX"] else {
                throw InstallError(what: "no Python environment is active (VIRTUAL_ENV and CONDA_PREFIX are not set)", mend: "Activate one, or use --user or --prefix DIR.")
            }
            return URL(fileURLWithPath: active).appendingPathComponent("share/jupyter")
        }
        return RuntimeFolder.userData
    }
}

/// Why the kernel was not registered, and what to do.
struct InstallError: Error, CustomStringConvertible {
    let what: String
    let mend: String
    var description: String { "\(what). \(mend)" }
}
