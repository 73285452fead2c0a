import CHooke
import Foundation

/// Where built packages are kept between sessions: a folder for each package, version and toolchain.
///
/// A folder is whole when it holds `ready.json`, which is written last. Whoever works on a folder holds a lock on the file beside it.
struct PackageCache {
    let folder: String

    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let home = FileManager.default.homeDirectoryForCurrentUser.path
        let base = value("HOOKE_CACHE") ?? (value("XDG_CACHE_HOME") ?? home + "/.cache") + "/hooke"
        folder = URL(fileURLWithPath: base + "/packages").path
    }

    /// The key of a text: two 64-bit FNV-1a hashes.
    static func key(_ text: String) -> String { hash(Array(text.utf8)) }

    private static func hash(_ bytes: [UInt8]) -> String {
        var first: UInt64 = 0xcbf2_9ce4_8422_2325, second: UInt64 = 0x8422_2325_cbf2_9ce4
        for byte in bytes {
            first = (first ^ UInt64(byte)) &* 0x100_0000_01b3
            second = (second ^ UInt64(byte) ^ 0x5a) &* 0x100_0000_01b3
        }
        return [first, second].map { String($0, radix: 16) }.map { String(repeating: "0", count: 16 - $0.count) + $0 }.joined()
    }

    /// In bytes.
    private static let largestSource = 8 << 20

    /// What the files of a package in a folder come to, with those of packages beside it that its manifest names by path.
    static func contents(of folder: String) -> String {
        var seen: Set<String> = []
        var text = ""
        func add(_ folder: String) {
            guard seen.insert(folder).inserted, let files = FileManager.default.enumerator(atPath: folder) else { return }
            var entries: [String] = []
            while let file = files.nextObject() as? String {
                // `.build`, `.git` and the like are no sources.
                if file.split(separator: "/").last?.hasPrefix(".") == true {
                    files.skipDescendants()
                    continue
                }
                let attributes = files.fileAttributes ?? [:]
                guard attributes[.type] as? FileAttributeType != .typeDirectory else { continue }
                // Of a large file, which is no source, size and date must do.
                if let size = attributes[.size] as? Int, size > largestSource {
                    entries.append("\(file) \(size) \((attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0)")
                } else if let data = FileManager.default.contents(atPath: folder + "/" + file) {
                    entries.append("\(file) \(hash(Array(data)))")
                }
            }
            text += folder + "\n" + entries.sorted().joined(separator: "\n") + "\n"
            guard let manifest = try? String(contentsOfFile: folder + "/Package.swift", encoding: .utf8),
                let path = try? NSRegularExpression(pattern: #"path:\s*"([^"]+)""#)
            else { return }
            for match in path.matches(in: manifest, range: NSRange(manifest.startIndex..., in: manifest)) {
                guard let range = Range(match.range(at: 1), in: manifest) else { continue }
                let base = URL(fileURLWithPath: folder + "/")
                let other = URL(fileURLWithPath: String(manifest[range]), relativeTo: base).resolvingSymlinksInPath().path
                if FileManager.default.fileExists(atPath: other + "/Package.swift") { add(other) }
            }
        }
        add(folder)
        return text
    }

    /// Runs `body` while no other process works on the folder of a key. A folder that is not whole afterwards is removed.
    /// - Parameter isStopped: asked while waiting.
    /// - Throws: ``MagicError`` when the cache cannot be written, ``ChildJob/Stopped``, and what `body` throws.
    func locked<R>(_ key: String, isStopped: () -> Bool, waiting: () -> Void, _ body: (_ folder: String) throws -> R) throws -> R {
        let path = folder + "/" + key
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw MagicError.package("the cache \(folder) cannot be made (\(error.localizedDescription)). Set HOOKE_CACHE to a folder that can be written")
        }
        let lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard lock >= 0 else {
            let reason = String(cString: strerror(errno))
            throw MagicError.package("the cache \(folder) cannot be written (\(reason)). Set HOOKE_CACHE to a folder that can")
        }
        defer { close(lock) }
        var hasSaid = false
        while flock(lock, LOCK_EX | LOCK_NB) != 0 {
            if isStopped() { throw ChildJob.Stopped() }
            if !hasSaid { waiting() }
            hasSaid = true
            usleep(50_000)
        }
        defer {
            if !isReady(key) { try? FileManager.default.removeItem(atPath: path) }
        }
        return try body(path)
    }

    func isReady(_ key: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/\(key)/ready.json") }

    /// What is known of a whole folder.
    func package(_ key: String) -> BuiltPackage? {
        guard let data = FileManager.default.contents(atPath: "\(folder)/\(key)/ready.json"),
            let package = try? JSONDecoder().decode(BuiltPackage.self, from: data),
            FileManager.default.fileExists(atPath: package.library)
        else { return nil }
        return package
    }

    func keep(_ package: BuiltPackage, as key: String) throws {
        try JSONEncoder().encode(package).write(to: URL(fileURLWithPath: "\(folder)/\(key)/ready.json"), options: .atomic)
    }

    /// What a request without a fixed version came to last time, for when the repository cannot be asked.
    func lastKey(for request: String) -> String? { try? String(contentsOfFile: "\(folder)/\(Self.key(request)).last", encoding: .utf8) }

    func remember(_ key: String, for request: String) {
        try? Data(key.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(Self.key(request)).last"), options: .atomic)
    }
}

/// A package as cells use it.
struct BuiltPackage: Codable, Equatable {
    /// As people know it: `swift-algorithms 1.2.0`.
    var name: String
    /// The shared library.
    var library: String
    /// What the compiler must be told.
    var arguments: [String]
    /// Modules that `%package` imports.
    var imports: [String]
    /// Every module in the library.
    var modules: [String]
}
