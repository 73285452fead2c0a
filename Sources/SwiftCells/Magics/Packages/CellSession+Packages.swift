import Foundation

extension CellSession {
    /// `%package`: builds, loads and imports.
    func addPackage(_ words: [String]) throws {
        let request = try PackageRequest(words)
        let toolchain = try currentCompiler().toolchain
        let start = Stopwatch()
        let line = ProgressLine(say: say)
        defer { line.close() }
        let (package, isNew): (BuiltPackage, Bool)
        switch request.source {
        case .system(let name):
            let library = SystemLibrary(toolchain: toolchain, job: jobs, folder: folder)
            (package, isNew) = (try library.package(name, headers: request.names), true)
        case .folder(let path):
            let name = URL(fileURLWithPath: path).lastPathComponent
            let key = [path, PackageCache.contents(of: path), request.names.joined(separator: " "), toolchain.version].joined(separator: "\n")
            (package, isNew) = try built(PackageCache.key(key), with: toolchain, line: line) {
                try $0.build(".package(path: \"\(path)\")", name: name, identity: name, checkout: path, products: request.names)
            }
        case .repository(let url): (package, isNew) = try built(url, request, with: toolchain, line: line)
        }
        try load(package)
        let source: String
        if case .system = request.source {
            source = "found"
        } else {
            source = isNew ? "built in \(PartTimes.words(start.elapsed.wall))" : "from the cache"
        }
        line.end("\(package.name) (\(source)): import \(package.imports.joined(separator: ", "))")
    }

    /// A package of a repository. A version that is fixed is not asked for again.
    private func built(_ url: String, _ request: PackageRequest, with toolchain: Toolchain, line: ProgressLine) throws -> (BuiltPackage, Bool) {
        let cache = PackageCache()
        var identity = String(url.split(separator: "/").last?.split(separator: ":").last ?? "")
        if identity.hasSuffix(".git") { identity = String(identity.dropLast(4)) }
        guard !identity.isEmpty else { throw MagicError.package("'\(url)' names no repository") }
        let asked = [url, request.requirement.declaration, request.names.joined(separator: " "), toolchain.version].joined(separator: "\n")
        var (requirement, version, key) = (request.requirement, "", PackageCache.key(asked))
        switch request.requirement {
        case .newest, .branch:
            line.show("asking \(url)")
            if let answer = try GitRepository(url: url, job: jobs).answer(to: request.requirement) {
                (requirement, version) = (answer.requirement, " " + answer.name)
                key = PackageCache.key([asked, requirement.declaration, answer.commit].joined(separator: "\n"))
            } else if let last = cache.lastKey(for: asked), cache.isReady(last) {
                key = last
            } else if case .newest = request.requirement {
                throw MagicError.package("\(url) cannot be asked for its versions. Is the address right, and is it reachable?")
            }
        case .from(let text), .exact(let text): version = " " + text
        case .revision(let id): version = " " + id.prefix(10)
        }
        let declaration = ".package(url: \"\(url)\", \(requirement.declaration))"
        let result = try built(key, with: toolchain, line: line) {
            try $0.build(declaration, name: identity + version, identity: identity, checkout: nil, products: request.names)
        }
        cache.remember(key, for: asked)
        return result
    }

    /// A package from the cache, or a new one.
    private func built(
        _ key: String, with toolchain: Toolchain, line: ProgressLine, _ build: (PackageBuilder) throws -> BuiltPackage
    ) throws -> (BuiltPackage, Bool) {
        let cache = PackageCache()
        if let package = cache.package(key) { return (package, false) }
        let waiting = { line.show("another session builds it; waiting") }
        return try cache.locked(key, isStopped: { [jobs] in jobs.wasStopped }, waiting: waiting) { folder in
            if let package = cache.package(key) { return (package, false) }
            let package = try build(PackageBuilder(
                toolchain: toolchain, job: jobs, folder: folder, key: key, check: refuseCollisions, progress: line.show))
            try cache.keep(package, as: key)
            return (package, true)
        }
    }

    /// Two modules of one name in a process would share symbols of different meaning.
    private func refuseCollisions(of package: String, modules: [String]) throws {
        let ownModules = ownModules, packages = lock.withLock { self.packages }
        for module in modules {
            if ownModules.contains(module) {
                throw MagicError.package(
                    "\(package) contains the module '\(module)', and so does Hooke itself: a process cannot hold two modules of one name. "
                        + "If it is Hooke's own that you want, write `import \(module)`")
            }
            if let other = packages.first(where: { $0.modules.contains(module) }) {
                let reason = other.name == package
                    ? "\(package) is already loaded, in another state or with other products"
                    : "\(package) and \(other.name), which is loaded, both contain the module '\(module)' (`import \(module)` takes the loaded one)"
                throw MagicError.package("\(reason). A process cannot hold two modules of one name: restart the kernel to load this one")
            }
        }
    }

    /// The modules that cells find beside Hooke, which are part of this process.
    private var ownModules: Set<String> {
        let files = searchPaths.flatMap { (try? FileManager.default.contentsOfDirectory(atPath: $0)) ?? [] }
        let names = files.filter { $0.hasSuffix(".swiftmodule") }.map { String($0.dropLast(".swiftmodule".count)) }
        return Set(names.filter { !$0.hasSuffix("Tests") })
    }

    /// Cells of subshells may add packages at the same time.
    private static let loading = NSLock()

    private func load(_ package: BuiltPackage) throws {
        Self.loading.lock()
        defer { Self.loading.unlock() }
        if !lock.withLock({ packages.contains(package) }) {
            try refuseCollisions(of: package.name, modules: package.modules)
            if !package.library.isEmpty, dlopen(package.library, RTLD_NOW | RTLD_GLOBAL) == nil {
                let reason = dlerror().map { String(cString: $0) } ?? "unknown reason"
                throw MagicError.package("\(package.name) cannot be loaded: \(reason.replacingOccurrences(of: package.library, with: "its library"))")
            }
            lock.withLock { packages.append(package) }
        }
        lock.withLock {
            compiler?.packageArguments = packages.flatMap(\.arguments)
            table.addImports(package.imports.map { "import \($0)" })
        }
    }
}

/// A line that is written over while something goes on.
final class ProgressLine {
    private let say: (String) -> Void
    private var length = 0

    init(say: @escaping (String) -> Void) { self.say = say }

    func show(_ text: String) { write(String(text.prefix(120))) }

    func end(_ text: String) {
        write(text, end: "\n")
        length = 0
    }

    /// Lets what follows begin on a line of its own.
    func close() {
        if length > 0 { say("\n") }
    }

    private func write(_ text: String, end: String = "") {
        // Spaces cover what is left of a longer text.
        say((length > 0 ? "\r" : "") + text + String(repeating: " ", count: max(0, length - text.count)) + end)
        length = text.count
    }
}
