import ArgumentParser
import Figures
import Foundation
import PictureWorld

/// `hooke world`: the procedural picture world.
struct WorldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "world", abstract: "The procedural picture world: a sheet of pictures, or a split as NumPy arrays.",
        subcommands: [Sheet.self, Export.self], defaultSubcommand: Sheet.self)

    /// `hooke world --sheet FILE`: many pictures at a glance.
    struct Sheet: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Draw a sheet of pictures with the names of their classes.",
            discussion: "hooke world --sheet world.png --count 400\nhooke world --sheet dogs.png --classes dog --count 12 --size 128")

        @Option(name: .customLong("sheet"), help: "The PNG file to draw into.")
        var file: String
        @Option(help: "How many pictures, from the first on.")
        var count = 400
        @OptionGroup var selection: Selection
        @Option(help: "Width and height of a picture on the sheet in pixels.")
        var size = WorldSplit.defaultSize
        @Option(help: "How many pictures stand in a row.")
        var columns: Int?

        func run() throws {
            let split = try selection.chosen(default: "test")
            guard count > 0, count <= split.count, size > 0, size <= 512, count * size * size <= 1 << 26 else {
                throw ValidationError("A sheet holds 1...\(split.count) pictures of at most 512 pixels, and 64 million pixels in all.")
            }
            let columns = max(1, columns ?? Int(Double(count).squareRoot().rounded(.up)))
            let image = try WorldSheet(split: split, count: count, size: size, columns: columns).image()
            try image.pngData().write(to: URL(fileURLWithPath: file))
            print("\(count) pictures of the \(split.name) split in \(file)")
        }
    }

    /// Which pictures.
    struct Selection: ParsableArguments {
        @Option(help: "The split: \(World.splits.map(\.name).joined(separator: ", ")).")
        var split: String?
        @Option(help: "Only these classes, separated by commas.")
        var classes: String?

        /// The split that is meant.
        func chosen(default standard: String) throws -> WorldSplit {
            guard let chosen = World.splits.first(where: { $0.name == split ?? standard }) else {
                throw ValidationError(
                    "There is no split '\(split ?? standard)'; choose one of \(World.splits.map(\.name).joined(separator: ", ")).")
            }
            guard let classes else { return chosen }
            return try chosen.restricted(to: classes.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
        }
    }

    /// `hooke world export`: pictures as NumPy arrays.
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a split as images.npy (uint8 [n, 64, 64, 3]) and labels.npy (int64 [n]).")

        @OptionGroup var selection: Selection
        @Option(help: "How many pictures, from the first on (default: all).")
        var count: Int?
        @Option(help: "Width and height of the pictures in pixels.")
        var size = WorldSplit.defaultSize
        @Option(help: "The folder to write into; it is created.")
        var output: String

        func run() throws {
            let chosen = try selection.chosen(default: "train")
            let export = try WorldExport(chosen, count: count, size: size)
            try export.write(to: URL(fileURLWithPath: output))
            print("\(count ?? chosen.count) pictures of the \(chosen.name) split in \(output)")
        }
    }
}
