import Foundation

/// The folders of a user that Jupyter looks into, found as Jupyter finds them.
enum RuntimeFolder {
    /// Where Jupyter looks for a user's kernels and other data.
    static var userData: URL {
        let environment = ProcessInfo.processInfo.environment
        if let chosen = environment["JUPYTER_DATA_DIR"] { return URL(fileURLWithPath: chosen) }
        let home = FileManager.default.homeDirectoryForCurrentUser
        if let data = environment["XDG_DATA_HOME"] { return URL(fileURLWithPath: data).appendingPathComponent("jupyter") }
        return home.appendingPathComponent(".local/share/jupyter")
    }

    /// The path of a running kernel's connection file. Makes the folder, for its owner alone, if there is none.
    /// - Throws: when it cannot be made.
    static func connectionFile(ofKernel id: String) throws -> String {
        let chosen = ProcessInfo.processInfo.environment["JUPYTER_RUNTIME_DIR"]
        let folder = chosen.map { URL(fileURLWithPath: $0) } ?? userData.appendingPathComponent("runtime")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return folder.appendingPathComponent("kernel-\(id).json").path
    }
}
