import Foundation

/// Where this build of Hooke has its parts.
struct Installation {
    /// The running program.
    let executable: String
    /// The checkout that it was built from.
    let root: String

    init() {
        executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
        root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    }

    /// Folders with the modules that cells import: Hooke's own, and the module maps of the C libraries behind them.
    var modulePaths: [String] {
        let build = URL(fileURLWithPath: executable).deletingLastPathComponent().path
        let libraries = ["COpenBLAS", "CPNG", "CSodium", "CZlib"], targets = ["CVector", "CJPEG", "CTransfer"]
        return [build + "/Modules"] + (libraries + targets.map { $0 + "/include" }).map { root + "/Sources/" + $0 }
    }

    /// The first of the module folders that is not there, if any.
    var missingModulePath: String? {
        modulePaths.first { !FileManager.default.fileExists(atPath: $0) }
    }

    /// The kernelspec's template and logos.
    var kernelspecTemplate: String { root + "/kernelspec" }
}
