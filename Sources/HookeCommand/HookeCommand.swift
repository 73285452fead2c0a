import ArgumentParser

/// The `hooke` program: the kernel, its installation, and the tools around it.
@main
struct HookeCommand: ParsableCommand {
    /// The version of everything in this package.
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "hooke",
        abstract: "A microscope for neural networks, inside a notebook.",
        version: version,
        subcommands: [
            InstallCommand.self, KernelCommand.self, RunCommand.self, DoctorCommand.self, WorldCommand.self, TrainCommand.self,
            ModelsCommand.self,
        ])

    static func main() { main(RunCommand.joiningParameters(Array(CommandLine.arguments.dropFirst()))) }
}
