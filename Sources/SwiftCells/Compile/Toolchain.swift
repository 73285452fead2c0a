import Foundation

/// The Swift toolchain that compiles cells: the one in `HOOKE_TOOLCHAIN` (its folder that holds `usr`), or the one whose `swift` is on the `PATH`.
public struct Toolchain: Sendable {
    /// The folder with `bin` and `lib`.
    public let root: String
    /// The compiler's version, such as `6.3.1`.
    public let version: String

    /// The compiler that built Hooke. Cells load Hooke's modules, which only the same compiler can read.
    public static let builtWith: String = {
        #if compiler(>=6.4)
            return "6.4"
        #elseif compiler(>=6.3)
            return "6.3"
        #elseif compiler(>=6.2)
            return "6.2"
        #else
            return "6.1"
        #endif
    }()

    var frontend: String { root + "/bin/swift-frontend" }
    var linker: String { root + "/bin/ld.lld" }
    var symbolizer: String { root + "/bin/llvm-symbolizer" }
    var libraries: String { root + "/lib/swift/linux" }
    /// Registers a library's types and conformances with the runtime when it is loaded; without it `as?` finds none of a cell's conformances.
    var registration: String {
        #if arch(arm64)
            libraries + "/aarch64/swiftrt.o"
        #else
            libraries + "/x86_64/swiftrt.o"
        #endif
    }

    /// Finds the toolchain and checks that it can compile cells for this build of Hooke.
    /// - Throws: ``ToolchainError``.
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        let candidates: [String]
        if let chosen = environment["HOOKE_TOOLCHAIN"], !chosen.isEmpty {
            candidates = [chosen + "/usr", chosen]
        } else {
            candidates = (environment["PATH"] ?? "").split(separator: ":").compactMap { folder in
                let swift = URL(fileURLWithPath: String(folder) + "/swift").resolvingSymlinksInPath()
                guard FileManager.default.isExecutableFile(atPath: swift.path) else { return nil }
                return swift.deletingLastPathComponent().deletingLastPathComponent().path
            }
        }
        guard let root = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0 + "/bin/swift-frontend") }) else {
            throw ToolchainError.notFound(searched: environment["HOOKE_TOOLCHAIN"].map { "HOOKE_TOOLCHAIN=\($0)" } ?? "the PATH")
        }
        self.root = root
        for tool in ["ld.lld", "swift-autolink-extract"] where !FileManager.default.isExecutableFile(atPath: root + "/bin/" + tool) {
            throw ToolchainError.incomplete(root: root, missing: tool)
        }
        let answer = try ChildProcess(root + "/bin/swift-frontend", ["-version"], environment: environment).output
        guard let range = answer.range(of: #"Swift version [0-9][0-9.]*"#, options: .regularExpression) else {
            throw ToolchainError.incomplete(root: root, missing: "a swift-frontend that tells its version")
        }
        version = String(answer[range].dropFirst("Swift version ".count))
        guard version == Self.builtWith || version.hasPrefix(Self.builtWith + ".") else {
            throw ToolchainError.otherVersion(root: root, found: version, needed: Self.builtWith)
        }
    }
}

/// What can be wrong with the toolchain, and how to mend it.
public enum ToolchainError: Error, Equatable, CustomStringConvertible, Sendable {
    case notFound(searched: String)
    case incomplete(root: String, missing: String)
    case otherVersion(root: String, found: String, needed: String)
    case cannotStart(program: String, reason: String)

    public var description: String {
        switch self {
        case .notFound(let searched):
            return "no Swift toolchain found in \(searched). Install Swift \(Toolchain.builtWith) from swift.org and put its usr/bin on the PATH, or set HOOKE_TOOLCHAIN to its folder."
        case .incomplete(let root, let missing):
            return "the Swift toolchain in \(root) lacks \(missing). Install a complete Swift \(Toolchain.builtWith) toolchain from swift.org."
        case .otherVersion(let root, let found, let needed):
            return "the Swift toolchain in \(root) is \(found), but Hooke was built with \(needed). Put Swift \(needed) first on the PATH (or set HOOKE_TOOLCHAIN), or rebuild Hooke with `make build`."
        case .cannotStart(let program, let reason):
            return "cannot start \(program): \(reason)."
        }
    }
}
