import Foundation

/// A library of the system as a module: by the module map in a folder, or by what pkg-config knows and a module map made of it.
struct SystemLibrary {
    let toolchain: Toolchain
    let job: ChildJob
    /// The session's folder, for what is made.
    let folder: String

    /// - Parameter name: a folder, or a name for pkg-config.
    /// - Throws: ``MagicError``.
    func package(_ name: String, headers: [String]) throws -> BuiltPackage {
        let path = URL(fileURLWithPath: NSString(string: name).expandingTildeInPath).path
        if FileManager.default.fileExists(atPath: path + "/module.modulemap") { return try byModuleMap(in: path, name: name) }
        if name.contains("/") { throw error("the folder \(name) holds no module.modulemap") }
        return try byPkgConfig(name, headers: headers)
    }

    private func byModuleMap(in path: String, name: String) throws -> BuiltPackage {
        let map = try String(contentsOfFile: path + "/module.modulemap", encoding: .utf8)
        func values(_ pattern: String) -> [String] {
            guard let expression = try? NSRegularExpression(pattern: pattern, options: .anchorsMatchLines) else { return [] }
            let matches = expression.matches(in: map, range: NSRange(map.startIndex..., in: map))
            return matches.compactMap { Range($0.range(at: 1), in: map).map { String(map[$0]) } }
        }
        guard let module = values(#"^\s*(?:framework\s+)?module\s+([A-Za-z_][A-Za-z0-9_]*)"#).first else {
            throw error("the module map in \(name) declares no module")
        }
        let links = values(#"link\s+(?:framework\s+)?"([^"]+)""#)
        return BuiltPackage(
            name: module, library: try link(["-L\(path)"] + links.map { "-l\($0)" }, module: module),
            arguments: ["-Xcc", "-fmodule-map-file=\(path)/module.modulemap"], imports: [module], modules: [module])
    }

    private func byPkgConfig(_ name: String, headers: [String]) throws -> BuiltPackage {
        let (status, flags) = try pkgConfig(["--cflags", "--libs", name])
        guard status == 0 else {
            throw error(
                "pkg-config knows no '\(name)'. Install the library with its headers (on Debian a package that ends in -dev), "
                    + "or name a folder: %package system:FOLDER\n" + flags.joined(separator: "\n"))
        }
        let words = flags.joined(separator: " ").split(separator: " ").map(String.init)
        let include = words.filter { $0.hasPrefix("-I") || $0.hasPrefix("-D") }
        let libraries = words.filter { $0.hasPrefix("-l") || $0.hasPrefix("-L") }
        let folders = include.filter { $0.hasPrefix("-I") }.map { String($0.dropFirst(2)) }
            + (try pkgConfig(["--variable=includedir", name]).lines) + ["/usr/local/include", "/usr/include"]
        func find(_ header: String) -> String? {
            folders.lazy.map { $0 + "/" + header }.first { FileManager.default.fileExists(atPath: $0) }
        }
        var found: [String] = []
        for header in headers {
            guard let path = find(header) else { throw error("the header \(header) of \(name) is in none of \(folders.joined(separator: ", "))") }
            found.append(path)
        }
        if headers.isEmpty {
            guard let guess = Self.likelyHeaders(name).lazy.compactMap(find).first else {
                throw error("which header of \(name) is meant? Name it: %package system:\(name) HEADER.h")
            }
            found = [guess]
        }
        let module = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        let place = "\(folder)/system-\(module)"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        let map = "module \(module) [system] {\n\(found.map { "  header \"\($0)\"\n" }.joined())  export *\n}\n"
        try Data(map.utf8).write(to: URL(fileURLWithPath: place + "/module.modulemap"))
        return BuiltPackage(
            name: name, library: try link(libraries, module: module),
            arguments: ["-Xcc", "-fmodule-map-file=\(place)/module.modulemap"] + include.flatMap { ["-Xcc", $0] }, imports: [module], modules: [module])
    }

    /// What the main header is called: of `libpng16` perhaps `libpng16.h`, `png16.h`, `libpng.h`, `png.h`.
    private static func likelyHeaders(_ name: String) -> [String] {
        let stems = [name, name.split(separator: "-").first.map(String.init) ?? name]
        let short = stems + stems.map { String($0.reversed().drop { $0.isNumber || $0 == "." || $0 == "-" }.reversed()) }
        let all = short + short.filter { $0.hasPrefix("lib") }.map { String($0.dropFirst(3)) }
        return all.flatMap { ["\($0).h", "\($0)/\($0).h"] }
    }

    private func pkgConfig(_ arguments: [String]) throws -> (status: Int32, lines: [String]) {
        var lines: [String] = []
        let status = try job.run("/usr/bin/env", ["pkg-config"] + arguments, environment: ProcessInfo.processInfo.environment) { lines.append($0) }
        if job.wasStopped { throw ChildJob.Stopped() }
        return (status, lines)
    }

    /// A library without code that needs the others: the compiler's driver knows where they are and what they are called.
    private func link(_ flags: [String], module: String) throws -> String {
        let path = "\(folder)/system-\(module).so"
        var lines: [String] = []
        let arguments = ["-shared", "-nostdlib", "-fuse-ld=lld", "-Wl,--no-as-needed", "-o", path] + flags
        guard flags.contains(where: { $0.hasPrefix("-l") }) else { return "" }
        let status = try job.run(toolchain.root + "/bin/clang", arguments, environment: ProcessInfo.processInfo.environment) { lines.append($0) }
        if job.wasStopped { throw ChildJob.Stopped() }
        guard status == 0 else {
            let said = lines.joined(separator: "\n").replacingOccurrences(of: folder + "/", with: "")
            throw error("the library of \(module) cannot be linked\n" + said)
        }
        return path
    }

    private func error(_ text: String) -> MagicError { MagicError.package(text) }
}
