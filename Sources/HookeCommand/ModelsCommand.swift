import ArgumentParser
import Foundation
import Hooke

/// `hooke models`: the weight files on this machine.
struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "List, add, fetch, verify and convert weight files of networks.",
        discussion: """
            Models are found in the folders of HOOKE_MODELS (separated by colons), then in ~/.cache/hooke/models. In a notebook \
            Model.load("inceptionv1") opens them. docs/models.md lists the networks, their files and where to get them.
            """,
        subcommands: [List.self, Add.self, Fetch.self, Verify.self, Convert.self, Card.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show what Model.load finds, and what could be fetched.")

        func run() throws {
            for name in Model.embedded { print("\(name)\n    comes with Hooke") }
            let files = ModelLibrary.files
            for file in files {
                let size = (try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int) ?? 0
                print("\(file.name)\n    \(file.path), \(String(format: "%.1f", Double(size) / 1e6)) MB")
                if let origin = ModelOrigin(beside: file.path) { print("    from \(origin.source)") }
            }
            for architecture in Zoo.architectures where ModelLibrary.path(of: architecture.name) == nil {
                guard let publication = architecture.publication else { continue }
                print("\(architecture.name)\n    not here; hooke models fetch \(architecture.name)\n    \(publication.url)")
                if !publication.note.isEmpty { print("    \(publication.note)") }
            }
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Keep a copy of a weight file under a name.")

        @Argument(help: "A weight file: safetensors, PyTorch, ONNX, a frozen TensorFlow graph or npz.")
        var file: String
        @Option(help: "The name for Model.load (default: that of the network, or of the file).")
        var name: String?
        @Option(help: "A text file with the names of the classes, one in a line.")
        var labels: String?

        func run() throws {
            let added = try ModelLibrary.add(file, name: name, labels: labels)
            print("\(added.name): \(added.path)")
        }
    }

    struct Fetch: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Download the published weights of a network.",
            discussion: """
                A download that was stopped goes on where it was. HOOKE_MODELS_URL names a folder of another server to get files from.
                """)

        @Argument(help: "The network: \(Zoo.architectures.filter { $0.publication != nil }.map(\.name).joined(separator: ", ")).")
        var name: String
        @Option(help: "Another address of the file.")
        var url: String?

        func run() throws {
            let signals = StopSignals(watchesParent: false) { Interruption.request() }
            let isTerminal = isatty(STDERR_FILENO) == 1
            do {
                let fetched = try ModelLibrary.fetch(name, url: url) { progress in
                    if isTerminal { FileHandle.standardError.write(Data("\r\u{1B}[K\(name): \(progress)".utf8)) }
                }
                if isTerminal { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
                print("\(name): \(fetched.path)\nSHA-256 \(fetched.sha256)")
                switch Zoo.architectures.first(where: { $0.name == name })?.publication?.sha256 {
                case let known? where fetched.sha256.hasPrefix(known): print("as published (\(known)\(known.count < 64 ? "…" : ""))")
                case let known?: print("not the published file, whose SHA-256 begins with \(known)")
                case nil: print("nobody has published a SHA-256 of this file: the one above is what arrived")
                }
            } catch is Interrupted {
                print("stopped; the same command goes on")
                throw ExitCode(signals.exitStatus)
            }
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Check weight files against their SHA-256, and load them.")

        @Argument(help: "The model (default: all).")
        var name: String?

        func run() throws {
            var files = ModelLibrary.files
            if let name {
                guard let path = ModelLibrary.path(of: name) else {
                    throw ModelFileError.notInstalled(
                        name: name, publication: Zoo.architectures.first { $0.name == name }?.publication, folders: ModelLibrary.folders)
                }
                files = files.filter { $0.path == path }
            }
            var failed = false
            for file in files {
                do {
                    let (digest, isKnown) = try ModelLibrary.verify(file)
                    print("\(file.name): \(isKnown ? "right" : "loads; there is no SHA-256 to compare with"), \(digest)")
                } catch {
                    failed = true
                    print("\(file.name): \(error)")
                }
            }
            if failed { throw ExitCode.failure }
        }
    }

    struct Convert: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a network as safetensors, which load without being copied.",
            discussion: """
                Files of tensors must be of a network of the zoo. ONNX and TensorFlow files bring their operations along, which are described \
                in the new file; how images are normalized is not always part of them: say it with --normalization.
                """)

        @Argument(help: "A weight file of a network of the zoo, or a network in ONNX or a frozen TensorFlow graph.")
        var file: String
        @Argument(help: "The safetensors file to write.")
        var output: String
        @Option(help: "A text file with the names of the classes, one in a line.")
        var labels: String?
        @Option(
            help: "What the network makes of images in 0...1: a range such as -1...1, imagenet (torchvision's mean and deviation) or caffe.",
            transform: parsedNormalization)
        var normalization: InputNormalization?

        func run() throws {
            let name = try ModelConversion.convert(file, to: output, labels: labels, normalization: normalization)
            print("\(output): \(name)")
        }
    }

    struct Card: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Measure models on the picture world and write their cards.",
            discussion: """
                A card says how a model does on held-out pictures and which phenomena of the Circuits thread it shows, beside an untrained \
                network of the same shape. Everything is measured anew from the weights.
                """)

        @Argument(help: "Names, paths or addresses of models (default: those that come with Hooke).")
        var models: [String] = []
        @Option(help: "The folder for the cards and their figures.")
        var out = "docs/model-cards"
        @Option(help: "How many held-out pictures to look for phenomena in.")
        var pictures = 4000

        func validate() throws {
            guard pictures > 0 else { throw ValidationError("--pictures is at least 1.") }
        }

        func run() throws {
            setvbuf(stdout, nil, _IOLBF, 0)
            let signals = StopSignals(watchesParent: false) { Interruption.request() }
            do {
                for name in models.isEmpty ? Model.embedded : models {
                    let start = Date()
                    let card = try Model.load(name).card(over: World.test, count: pictures)
                    print("\(try card.write(to: out)), \(Int(Date().timeIntervalSince(start).rounded())) s")
                }
            } catch is Interrupted {
                print("stopped; the cards written so far are whole")
                throw ExitCode(signals.exitStatus)
            }
        }
    }
}

/// An `--normalization`.
private func parsedNormalization(_ text: String) throws -> InputNormalization {
    switch text {
    case "imagenet": return .imageNet
    case "caffe": return .means([123.68, 116.779, 103.939], order: .bgr)
    default:
        let ends = text.components(separatedBy: "...").compactMap(Float.init)
        guard ends.count == 2, ends.allSatisfy(\.isFinite), ends[0] < ends[1] else {
            throw ValidationError("'\(text)' is neither a range such as -1...1, nor imagenet, nor caffe")
        }
        return .range(ends[0]...ends[1])
    }
}
