import ArgumentParser
import Foundation
import Hooke
import JupyterProtocol
import NotebookKernel

/// Runs the kernel. Jupyter starts it; people rarely do.
struct KernelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "kernel", abstract: "Run the Jupyter kernel (started by Jupyter).")

    @Option(name: .long, help: "The connection file that Jupyter wrote.")
    var connectionFile: String

    func run() throws {
        let connection = try ConnectionFile(path: connectionFile)
        let kernel = try Kernel(
            connection: connection,
            configuration: .init(version: HookeCommand.version, modulePaths: Installation().modulePaths))
        kernel.run()
        // Parked threads of cells never end, so the process is left without waiting for them.
        fflush(nil)
        _exit(0)
    }
}
