import ArgumentParser
import Foundation
import PictureWorld

/// `hooke world`: the procedural picture world.
struct WorldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "world", abstract: "The procedural picture world.", subcommands: [Export.self])

    /// `hooke world export`: pictures as NumPy arrays.
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a split as images.npy (uint8 [n, 64, 64, 3]) and labels.npy (int64 [n]).")

        @Option(help: "The split: \(World.splits.map(\.name).joined(separator: ", ")).")
        var split = "train"
        @Option(help: "How many pictures, from the first on (default: all).")
        var count: Int?
        @Option(help: "Width and height of the pictures in pixels.")
        var size = WorldSplit.defaultSize
        @Option(help: "The folder to write into; it is created.")
        var output: String

        func validate() throws {
            guard World.splits.contains(where: { $0.name == split }) else {
                throw ValidationError(
                    "There is no split '\(split)'; choose one of \(World.splits.map(\.name).joined(separator: ", ")).")
            }
        }

        func run() throws {
            guard let chosen = World.splits.first(where: { $0.name == split }) else { return }
            let export = try WorldExport(chosen, count: count, size: size)
            try export.write(to: URL(fileURLWithPath: output))
            print("\(count ?? chosen.count) pictures of the \(split) split in \(output)")
        }
    }
}
