import Foundation

/// Where the files of models lie on this machine: the folders of `HOOKE_MODELS` (separated by colons), then `~/.cache/hooke/models` (or
/// `hooke/models` in `XDG_CACHE_HOME`), into which downloads go.
///
///     ModelLibrary.files.map(\.name)                 // ["googlenet", "inceptionv1"]
///     try ModelLibrary.fetch("googlenet")            // "…/hooke/models/googlenet.pth"
///     let model = try Model.load("googlenet")
///
/// Nothing is kept in a table: a file that is put into a folder is found. Its name is the model's, before the extension; the published
/// name works too (`googlenet-1378be20.pth` for "googlenet"). Beside a file may lie `<file>.labels.txt` with the names of the classes, one
/// in a line, and `<file>.json`, which says where the file came from (``ModelOrigin``).
public enum ModelLibrary {
    /// A file of a model.
    public struct File: Hashable, Sendable {
        /// What ``Model/load(_:)`` finds it by.
        public let name: String
        public let path: String
    }

    static let extensions = ["safetensors", "pth", "pt", "bin", "onnx", "pb", "npz"]

    /// The folder for downloads.
    public static var cache: String {
        let environment = ProcessInfo.processInfo.environment
        if let folder = environment["XDG_CACHE_HOME"], folder.hasPrefix("/") { return folder + "/hooke/models" }
        return (environment["HOME"] ?? NSHomeDirectory()) + "/.cache/hooke/models"
    }

    /// All folders, in the order in which they are searched.
    public static var folders: [String] {
        let chosen = (ProcessInfo.processInfo.environment["HOOKE_MODELS"] ?? "").split(separator: ":").map(String.init)
        return chosen.map { ($0 as NSString).expandingTildeInPath } + [cache]
    }

    /// The files of all folders, sorted by name; of two with one name the one that is found first.
    public static var files: [File] {
        var found: [String: File] = [:]
        for folder in folders {
            let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted { rank($0) < rank($1) }
            for file in names where rank(file).place < extensions.count {
                let name = (file as NSString).deletingPathExtension
                if found[name] == nil { found[name] = File(name: name, path: folder + "/" + file) }
            }
        }
        return found.values.sorted { $0.name < $1.name }
    }

    /// The file of a model, if there is one.
    public static func path(of name: String) -> String? {
        let files = files
        if let file = files.first(where: { $0.name == name }) { return file.path }
        guard let published = Zoo.architectures.first(where: { $0.name == name })?.publication?.fileName else { return nil }
        return files.first { ($0.path as NSString).lastPathComponent == published }?.path
    }

    /// Keeps a copy of a file in the cache, under a name that ``Model/load(_:)`` finds. The file must be a model.
    /// - Parameters:
    ///   - name: the architecture's name by default, or that of the file.
    ///   - labels: a text file with the names of the classes.
    /// - Returns: the name and the path.
    /// - Throws: ``ModelFileError``, and what loading the model throws.
    @discardableResult
    public static func add(_ path: String, name: String? = nil, labels: String? = nil) throws -> File {
        let model = try Model.load(file: path, labels: labels)
        let architecture = model.details.architecture
        let stem = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
        let name = try checked(name ?? (architecture.isEmpty ? stem : architecture))
        if let taken = self.path(of: name) { throw ModelFileError.exists(name: name, path: taken) }
        if Model.embedded.contains(name) { throw ModelFileError.exists(name: name, path: "it comes with Hooke") }
        let suffix = (path as NSString).pathExtension
        let target = "\(cache)/\(name).\(extensions.contains(suffix) ? suffix : "bin")"
        do {
            try FileManager.default.createDirectory(atPath: cache, withIntermediateDirectories: true)
            // Whole or not at all: files are found by looking into the folder.
            let part = target + ".\(ProcessInfo.processInfo.processIdentifier).part"
            try? FileManager.default.removeItem(atPath: part)
            try FileManager.default.copyItem(atPath: path, toPath: part)
            if let labels {
                try? FileManager.default.removeItem(atPath: target + ".labels.txt")
                try FileManager.default.copyItem(atPath: labels, toPath: target + ".labels.txt")
            }
            let digest = try FileDigest.sha256(part)
            try ModelOrigin(source: (path as NSString).lastPathComponent, sha256: digest, architecture: architecture).write(beside: target)
            guard rename(part, target) == 0 else { throw ModelFileError.unwritable(path: target, reason: String(cString: strerror(errno))) }
        } catch let error as ModelFileError { throw error } catch {
            throw ModelFileError.unwritable(path: target, reason: error.localizedDescription)
        }
        return File(name: name, path: target)
    }

    /// Downloads the published file of a network of the zoo into the cache, unless it is there.
    /// - Parameters:
    ///   - url: another place to get it from.
    ///   - progress: called a few times a second; by default a notebook shows a bar.
    /// - Returns: the file and its SHA-256.
    /// - Throws: ``ModelFileError``, `Interrupted`.
    @discardableResult
    public static func fetch(
        _ name: String, url: String? = nil, progress: ((Download.Progress) -> Void)? = nil
    ) throws -> (path: String, sha256: String) {
        let publication = Zoo.architectures.first { $0.name == name }?.publication
        guard let source = url ?? publication?.source else {
            throw ModelFileError.noPublication(name: name, known: Zoo.architectures.filter { $0.publication != nil }.map(\.name))
        }
        if let path = path(of: name) { return (path, try FileDigest.sha256(path)) }
        let suffix = (publication?.fileName ?? source).split(separator: ".").last.map(String.init) ?? ""
        let path = "\(cache)/\(try checked(name)).\(extensions.contains(suffix) ? suffix : "bin")"
        let download = Download(url: source, path: path, sha256: publication?.sha256)
        let digest = try progress.map(download.run(progress:)) ?? download.runShowingProgress(name)
        try ModelOrigin(source: source, sha256: digest, architecture: publication == nil ? "" : name).write(beside: path)
        return (path, digest)
    }

    /// The file of an address, downloaded into the cache when it is not there yet.
    static func file(at url: String) throws -> String {
        let bare = url.prefix { $0 != "?" && $0 != "#" }
        let file = bare.split(separator: "/").last.map(String.init) ?? "model"
        let stem = (file as NSString).deletingPathExtension.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
        let suffix = (file as NSString).pathExtension
        let name = "\(stem.drop { $0 == "." || $0 == "-" }.prefix(60))-\(FileDigest.sha256(of: url).prefix(8))"
        let path = "\(cache)/\(name).\(extensions.contains(suffix) ? suffix : "bin")"
        if FileManager.default.fileExists(atPath: path) { return path }
        let digest = try Download(url: url, path: path).runShowingProgress(file)
        try ModelOrigin(source: url, sha256: digest, architecture: "").write(beside: path)
        return path
    }

    /// Computes the SHA-256 of a model's file, compares it with what is known of it, and loads the model.
    /// - Returns: the SHA-256, and whether there was anything to compare it with.
    /// - Throws: ``ModelFileError``, and what loading throws.
    public static func verify(_ file: File) throws -> (sha256: String, isKnown: Bool) {
        let found = try FileDigest.sha256(file.path)
        let published = Zoo.architectures.first {
            $0.name == file.name || $0.publication?.fileName == (file.path as NSString).lastPathComponent
        }?.publication?.sha256
        // A file of one's own may bear a network's name: what was written down when it came counts more.
        let expected = ModelOrigin(beside: file.path)?.sha256 ?? published
        if let expected, !found.hasPrefix(expected) { throw ModelFileError.digest(file: file.path, expected: expected, found: found) }
        _ = try Model.load(file: file.path)
        return (found, expected != nil)
    }

    private static func rank(_ file: String) -> (place: Int, name: String) {
        (extensions.firstIndex(of: (file as NSString).pathExtension) ?? extensions.count, file)
    }

    private static func checked(_ name: String) throws -> String {
        let isSound = !name.isEmpty && name.utf8.count <= 100 && name.first != "." && name.first != "-"
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
        guard isSound else { throw ModelFileError.name(name) }
        return name
    }
}
