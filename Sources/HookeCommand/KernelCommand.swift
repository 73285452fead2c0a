import ArgumentParser
import Foundation
import Hooke
import JupyterProtocol
import NotebookKernel

/// Runs the kernel. Jupyter starts it; people rarely do.
struct KernelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "kernel", abstract: "Run the Jupyter kernel (started by Jupyter).")

    @Option(name: .long, help: "The connection file that Jupyter wrote, or its registration file.")
    var connectionFile: String

    func run() throws {
        let registration = try RegistrationFile(path: connectionFile)
        let connection = try registration?.connection ?? ConnectionFile(path: connectionFile)
        let kernel = try Kernel(
            connection: connection,
            configuration: .init(version: HookeCommand.version, modulePaths: Installation().modulePaths, historyPath: HistoryFile.path))
        var ownFile: String?
        do {
            if let registration {
                try registration.register(kernel.boundConnection)
                ownFile = try RuntimeFolder.connectionFile(ofKernel: registration.kernelID)
            }
            // Where the kernel chose ports, other clients find them in the file.
            if let file = ownFile ?? (kernel.boundConnection == connection ? nil : connectionFile) { try kernel.boundConnection.write(to: file) }
        } catch {
            kernel.close()
            throw error
        }
        VisualizationCache.shared.folder = VisualizationCache.standardFolder
        runBesideMainQueue("kernel") { [ownFile] in
            kernel.run()
            if let ownFile { unlink(ownFile) }
            return 0
        }
    }
}
