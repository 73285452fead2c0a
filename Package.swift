// swift-tools-version: 6.0
import Foundation
import PackageDescription

/// The toolchain that builds Hooke also compiles its cells; its own SwiftSyntax libraries parse them.
/// Linking those costs no build time and always matches the compiler (the swift-syntax package takes ten minutes).
let toolchain: String = {
    let environment = ProcessInfo.processInfo.environment
    if let chosen = environment["HOOKE_TOOLCHAIN"] { return chosen + "/usr" }
    let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init) + ["/usr/bin"]
    for folder in folders {
        let swift = URL(fileURLWithPath: folder + "/swift").resolvingSymlinksInPath()
        let root = swift.deletingLastPathComponent().deletingLastPathComponent().path
        if FileManager.default.fileExists(atPath: root + "/lib/swift/host/SwiftParser.swiftmodule") { return root }
    }
    return "/opt/swift/usr"
}()
let host = toolchain + "/lib/swift/host"
/// Whoever imports SwiftCells loads the syntax modules with it.
let seesSyntax: [SwiftSetting] = [.unsafeFlags(["-I", host])]

let package = Package(
    name: "Hooke",
    products: [
        .executable(name: "hooke", targets: ["hooke"]),
        .executable(name: "hooke-compiler", targets: ["hooke-compiler"]),
        .executable(name: "hooke-bench", targets: ["hooke-bench"]),
        .library(name: "Hooke", targets: ["Hooke"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // Floor 0: system libraries and the little C there must be.
        .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
        .systemLibrary(name: "CSodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "COpenBLAS", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CPNG", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CHooke"),
        .target(name: "CTransfer", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        // libjpeg (Debian: libjpeg62-turbo-dev) leaves by longjmp when a file is damaged, which C must catch.
        .target(name: "CJPEG", linkerSettings: [.linkedLibrary("jpeg")]),
        .target(name: "CVector", cSettings: [.unsafeFlags(["-O3"], .when(configuration: .release))]),

        // Floor 1
        .target(name: "Tensors", dependencies: ["CVector", "COpenBLAS", "CZlib"]),
        .target(name: "RichDisplay"),
        .target(name: "JupyterProtocol", dependencies: ["CZeroMQ", "CSodium"]),
        .target(
            name: "SwiftCells", dependencies: ["CHooke", "RichDisplay"],
            swiftSettings: seesSyntax,
            linkerSettings: [
                .unsafeFlags(["-L", host, "-Xlinker", "-rpath", "-Xlinker", host]),
                .linkedLibrary("SwiftSyntax"), .linkedLibrary("SwiftParser"), .linkedLibrary("SwiftParserDiagnostics"),
                .linkedLibrary("SwiftOperators"),
            ]),

        // Floor 2
        .target(name: "WeightFiles", dependencies: ["Tensors"]),
        .target(name: "Figures", dependencies: ["Tensors", "RichDisplay", "CPNG", "CJPEG"]),
        .target(name: "PictureWorld", dependencies: ["Tensors"]),

        // Floor 3
        .target(name: "ImageFolders", dependencies: ["Figures", "PictureWorld", "Tensors"]),
        .target(
            name: "Networks", dependencies: ["WeightFiles", "Tensors", "RichDisplay", "CVector", "CTransfer", "CSodium"],
            resources: [.copy("EmbeddedModels")]),

        // Floor 4
        .target(name: "Circuits", dependencies: ["Figures", "Networks", "PictureWorld", "WeightFiles", "Tensors", "RichDisplay"]),
        .target(
            name: "Training", dependencies: ["Figures", "Networks", "PictureWorld", "Tensors", "WeightFiles", "RichDisplay"],
            resources: [.copy("Recipes")]),
        .target(name: "Hooke", dependencies: ["Tensors", "RichDisplay", "WeightFiles", "Figures", "ImageFolders", "Networks", "PictureWorld", "Circuits", "Training"]),

        // Floor 5: the kernel, and the command that starts it
        .target(
            name: "NotebookKernel",
            dependencies: ["CHooke", "JupyterProtocol", "SwiftCells", "RichDisplay", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: seesSyntax),
        .target(
            name: "NotebookRunner", dependencies: ["NotebookKernel", "JupyterProtocol", "SwiftCells", "RichDisplay"], swiftSettings: seesSyntax),
        .executableTarget(
            name: "hooke", dependencies: [
                "NotebookKernel", "NotebookRunner", "Hooke", "SwiftCells", "JupyterProtocol", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Sources/HookeCommand", swiftSettings: seesSyntax,
            // Cells resolve the symbols of Hooke in the executable that loads them.
            linkerSettings: [.unsafeFlags(["-Xlinker", "--export-dynamic"])]),
        // Keeps the Swift compiler in memory for one kernel.
        .executableTarget(name: "hooke-compiler", dependencies: ["CHooke"], path: "Sources/CompilerService"),
        // The engine beside its bare matrix products; Benchmarks/engine.py runs it beside PyTorch.
        .executableTarget(name: "hooke-bench", dependencies: ["Circuits", "Networks", "PictureWorld", "WeightFiles", "Tensors", "COpenBLAS"], path: "Sources/EngineBenchmark"),

        // Damaged files for the readers of weight files, from a seed; hooke-fuzz gives them millions.
        .target(name: "FileFuzzing", dependencies: ["Networks", "WeightFiles", "Tensors"], path: "Tests/FileFuzzing"),
        .executableTarget(name: "hooke-fuzz", dependencies: ["FileFuzzing"], path: "Sources/FuzzCommand"),

        .testTarget(name: "TensorsTests", dependencies: ["Tensors"], exclude: ["Reference"]),
        .testTarget(name: "FiguresTests", dependencies: ["Figures", "Tensors"], exclude: ["Reference"]),
        .testTarget(name: "WeightFilesTests", dependencies: ["WeightFiles", "FileFuzzing", "Tensors"], exclude: ["Reference", "Corpus"]),
        .testTarget(name: "NetworksTests", dependencies: ["Networks", "WeightFiles", "FileFuzzing", "Tensors"], exclude: ["Reference"]),
        .testTarget(name: "PictureWorldTests", dependencies: ["PictureWorld", "Tensors"]),
        .testTarget(
            name: "ImageFoldersTests", dependencies: ["ImageFolders", "Circuits", "Networks", "Figures", "PictureWorld", "Tensors"],
            exclude: ["Reference"]),
        .testTarget(
            name: "CircuitsTests", dependencies: ["Circuits", "Networks", "PictureWorld", "WeightFiles", "Tensors", "Figures"], exclude: ["Reference"]),
        .testTarget(name: "TrainingTests", dependencies: ["Training", "Networks", "WeightFiles", "PictureWorld", "Tensors", "RichDisplay"]),
        .testTarget(name: "JupyterProtocolTests", dependencies: ["JupyterProtocol", "CZeroMQ"], exclude: ["Reference"]),
        .testTarget(
            name: "SwiftCellsTests", dependencies: ["SwiftCells"], swiftSettings: seesSyntax,
            linkerSettings: [.unsafeFlags(["-Xlinker", "--export-dynamic"])]),
    ],
    swiftLanguageModes: [.v5]
)
