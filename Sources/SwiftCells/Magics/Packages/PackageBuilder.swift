import Foundation

/// Has SwiftPM build one shared library of a package: of a small package that depends on the products.
struct PackageBuilder {
    let toolchain: Toolchain
    let job: ChildJob
    /// The folder in the cache, to be filled.
    let folder: String
    /// The end of the library's name, different for each package.
    let key: String
    /// Refuses modules that the process has already.
    let check: (_ package: String, _ modules: [String]) throws -> Void
    /// Shows how far it is.
    let progress: (String) -> Void

    private var wrapper: String { "HookePackage\(key.prefix(12))" }

    /// - Parameters:
    ///   - declaration: the dependency in a manifest: `.package(path: "…")`.
    ///   - identity: SwiftPM's name for the dependency.
    ///   - checkout: the package's own folder; nil for the one that SwiftPM fetches.
    /// - Throws: ``MagicError`` with SwiftPM's message, ``ChildJob/Stopped``.
    func build(_ declaration: String, name: String, identity: String, checkout: String?, products wanted: [String]) throws -> BuiltPackage {
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(atPath: folder + "/Sources/\(wrapper)", withIntermediateDirectories: true)
        try write("", to: "Sources/\(wrapper)/\(wrapper).swift")
        try write(manifest(declaration, products: [], identity: identity), to: "Package.swift")
        if checkout == nil { try swift(["package", "resolve", "--package-path", folder], doing: "fetching \(name)") }
        let source = checkout ?? folder + "/.build/checkouts/" + identity
        let description = try describe(source, name: name)
        let products = try description.libraries(named: wanted, of: name)
        var imports: [String] = []
        for target in products.flatMap(\.targets) where !imports.contains(Self.moduleName(target)) { imports.append(Self.moduleName(target)) }
        try check(name, imports)
        try write(manifest(declaration, products: products.map(\.name), identity: identity), to: "Package.swift")
        try swift(["build", "-c", "release", "--package-path", folder, "--product", wrapper], doing: "building \(name)")
        let release = URL(fileURLWithPath: folder + "/.build/release").resolvingSymlinksInPath().path
        let files = (try? FileManager.default.contentsOfDirectory(atPath: release + "/Modules")) ?? []
        let modules = files.filter { $0.hasSuffix(".swiftmodule") }.map { String($0.dropLast(".swiftmodule".count)) }.filter { $0 != wrapper }.sorted()
        let built = BuiltPackage(
            name: name, library: "\(release)/lib\(wrapper).so", arguments: ["-I", release + "/Modules"] + clangArguments(release),
            imports: imports, modules: modules)
        try check(name, built.modules)
        guard FileManager.default.fileExists(atPath: built.library) else { throw error("SwiftPM built \(name) but left no library") }
        return built
    }

    private func manifest(_ declaration: String, products: [String], identity: String) -> String {
        let dependencies = products.map { ".product(name: \"\($0)\", package: \"\(identity)\")" }.joined(separator: ", ")
        return """
            // swift-tools-version: 5.9
            import PackageDescription
            let package = Package(
                name: "\(wrapper)", products: [.library(name: "\(wrapper)", type: .dynamic, targets: ["\(wrapper)"])],
                dependencies: [\(declaration)],
                targets: [.target(name: "\(wrapper)", dependencies: [\(dependencies)])])

            """
    }

    private func write(_ text: String, to file: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + file)) }

    // MARK: - SwiftPM

    /// Runs SwiftPM, shows its progress and returns what it printed.
    @discardableResult
    private func swift(_ arguments: [String], doing what: String) throws -> [String] {
        progress(what)
        var lines: [String] = []
        var environment = ProcessInfo.processInfo.environment
        // Nobody is there to type a password.
        environment["GIT_TERMINAL_PROMPT"] = "0"
        environment["SWIFTPM_BUILD_DIR"] = nil
        let status = try job.run(toolchain.root + "/bin/swift", arguments, environment: environment) { line in
            lines.append(line)
            let shown = withoutPaths(line).trimmingCharacters(in: .whitespaces)
            let compiles = shown.hasPrefix("[") && shown.contains("Compiling") && !line.contains(wrapper)
            if compiles || ["Fetch", "Creating", "Computing"].contains(where: shown.hasPrefix) { progress("\(what): \(shown)") }
        }
        if job.wasStopped { throw ChildJob.Stopped() }
        guard status == 0 else { throw failure(lines, doing: what) }
        return lines
    }

    /// SwiftPM's own words, from the first error on.
    private func failure(_ lines: [String], doing what: String) -> MagicError {
        let known = lines.map(withoutPaths).filter { !$0.hasPrefix("[") && !$0.isEmpty && !$0.hasPrefix("error: fatalError") }
        let start = known.firstIndex { $0.contains("error:") } ?? max(0, known.count - 10)
        var seen: Set<String> = []
        let text = known[start...].filter { $0.contains("error:") ? seen.insert($0).inserted : true }.prefix(30)
        return error("\(what) failed\n" + text.joined(separator: "\n").trimmingCharacters(in: .whitespacesAndNewlines))
    }

    private func error(_ text: String) -> MagicError { MagicError.package(text) }

    /// A line without the cache's folders, which mean nothing to the reader.
    private func withoutPaths(_ line: String) -> String {
        var text = line
        let real = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
        for place in ["/.build/checkouts/", "/.build/repositories/", "/"] {
            for root in [folder, real] { text = text.replacingOccurrences(of: root + place, with: "") }
        }
        for root in [folder, real] { text = text.replacingOccurrences(of: root, with: "the cache") }
        for name in [wrapper, URL(fileURLWithPath: folder).lastPathComponent] { text = text.replacingOccurrences(of: name, with: "the notebook") }
        return text
    }

    // MARK: - What was built

    struct Description: Decodable {
        struct Product: Decodable {
            let name: String
            let targets: [String]
            let type: [String: [String]?]
        }
        let products: [Product]

        /// The libraries to add: those named, or all.
        func libraries(named wanted: [String], of package: String) throws(MagicError) -> [Product] {
            let libraries = products.filter { $0.type["library"] != nil }
            let names = libraries.map(\.name)
            guard !libraries.isEmpty else { throw MagicError.package("\(package) has no product that is a library") }
            for name in wanted where !names.contains(name) {
                let suggestion = Spelling.nearest(to: name, among: names).map { "Did you mean '\($0)'? " } ?? ""
                throw MagicError.package("\(package) has no library '\(name)'. \(suggestion)It has \(names.joined(separator: ", "))")
            }
            return wanted.isEmpty ? libraries : libraries.filter { wanted.contains($0.name) }
        }
    }

    private func describe(_ source: String, name: String) throws -> Description {
        // The scratch folder keeps SwiftPM from writing into the package.
        let lines = try swift(["package", "--package-path", source, "--scratch-path", folder + "/.describe", "dump-package"], doing: "reading \(name)")
        let json = lines.drop { !$0.hasPrefix("{") }.joined(separator: "\n")
        guard let description = try? JSONDecoder().decode(Description.self, from: Data(json.utf8)) else {
            throw error("SwiftPM's description of \(name) cannot be read")
        }
        return description
    }

    /// What SwiftPM tells the compiler of C modules and macros where the products are imported.
    private func clangArguments(_ release: String) -> [String] {
        struct Plan: Decodable {
            struct Command: Decodable {
                let moduleName: String?
                let otherArguments: [String]?
            }
            let swiftCommands: [String: Command]
        }
        guard let data = FileManager.default.contents(atPath: release + "/description.json"),
            let plan = try? JSONDecoder().decode(Plan.self, from: data),
            let command = plan.swiftCommands.values.first(where: { $0.moduleName == wrapper })
        else { return [] }
        let all = command.otherArguments ?? []
        var wanted: [String] = []
        for (flag, value) in zip(all, all.dropFirst()) {
            let isModule = flag == "-Xcc" && ["-fmodule-map-file=", "-I/", "-D"].contains { value.hasPrefix($0) }
            let isMacro = flag == "-Xfrontend" && value.hasPrefix("-load-plugin") || flag == "-load-plugin-executable"
            if isModule || isMacro { wanted += [flag, value] }
        }
        // `-Xcc -I -Xcc folder` comes in two pairs.
        for index in all.indices.dropLast(3) where all[index] == "-Xcc" && all[index + 1] == "-I" { wanted += all[index..<index + 4] }
        return wanted
    }

    private static func moduleName(_ target: String) -> String {
        let name = String(target.map { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" ? $0 : "_" })
        return name.first?.isNumber == true ? "_" + name.dropFirst() : name
    }
}
