import Foundation

/// What follows `%package`.
struct PackageRequest: Equatable {
    enum Source: Equatable {
        /// A folder with a Package.swift, resolved.
        case folder(String)
        /// A git repository.
        case repository(String)
        /// A library of the system that pkg-config knows, or a folder with a module map.
        case system(String)
    }
    enum Requirement: Equatable {
        case newest, from(String), exact(String), branch(String), revision(String)

        /// As a package manifest has it.
        var declaration: String {
            switch self {
            case .newest: "branch: \"HEAD\""
            case .from(let version): "from: \"\(version)\""
            case .exact(let version): "exact: \"\(version)\""
            case .branch(let name): "branch: \"\(name)\""
            case .revision(let id): "revision: \"\(id)\""
            }
        }
    }

    let source: Source
    /// Products of a package; headers of a library of the system.
    var names: [String] = []
    var requirement = Requirement.newest

    /// - Throws: ``MagicError`` that says what is missing.
    init(_ words: [String]) throws(MagicError) {
        guard let first = words.first else {
            throw MagicError("%package takes a folder, a URL or system:NAME, such as `%package https://github.com/apple/swift-algorithms`")
        }
        if first.hasPrefix("system:") {
            let name = String(first.dropFirst("system:".count))
            guard !name.isEmpty else {
                throw MagicError("%package system: takes the name of a library that pkg-config knows, or a folder with a module map")
            }
            source = .system(name)
            names = Array(words.dropFirst())
            return
        }
        source = try Self.source(first)
        for word in words.dropFirst() {
            let parts = word.split(separator: ":", maxSplits: 1).map(String.init)
            let safe = word.unicodeScalars.allSatisfy { $0.isASCII && $0.value > 0x20 && $0 != "\"" && $0 != "\\" }
            guard safe else { throw MagicError("'\(word)' is not the name of a product, nor a version") }
            if parts.count == 2 {
                switch parts[0] {
                case "from": requirement = .from(try Self.version(parts[1]))
                case "exact": requirement = .exact(try Self.version(parts[1]))
                case "branch": requirement = .branch(parts[1])
                case "revision": requirement = .revision(parts[1])
                default: throw MagicError("'\(word)': a version is written 1.2.0, from:1.2.0, exact:1.2.0, branch:NAME or revision:ID")
                }
            } else if let version = try? Self.version(word) {
                requirement = .from(version)
            } else {
                names.append(word)
            }
        }
        if case .folder = source, requirement != .newest {
            throw MagicError("a package in a folder is taken as it is; a version belongs to a URL (file:// too)")
        }
    }

    private static func source(_ text: String) throws(MagicError) -> Source {
        guard text.unicodeScalars.allSatisfy({ $0.value > 0x1F && $0 != "\"" && $0 != "\\" }) else { throw MagicError("'\(text)' is no path and no URL") }
        if text.contains("://") || text.range(of: #"^[\w.-]+@[\w.-]+:"#, options: .regularExpression) != nil { return .repository(text) }
        let path = URL(fileURLWithPath: NSString(string: text).expandingTildeInPath).resolvingSymlinksInPath().path
        guard FileManager.default.fileExists(atPath: path) else { throw MagicError.package("there is no folder \(text)") }
        guard FileManager.default.fileExists(atPath: path + "/Package.swift") else {
            throw MagicError.package("the folder \(text) holds no Package.swift. A library with a module map is added by %package system:\(text)")
        }
        return .folder(path)
    }

    /// A version with three numbers.
    private static func version(_ text: String) throws(MagicError) -> String {
        guard text.range(of: #"^v?[0-9]+(\.[0-9]+){0,2}(-[0-9A-Za-z.-]+)?$"#, options: .regularExpression) != nil else {
            throw MagicError("'\(text)' is no version; one looks like 1.2.0")
        }
        let plain = text.hasPrefix("v") ? String(text.dropFirst()) : text
        let parts = plain.split(separator: "-", maxSplits: 1)
        let missing = 3 - parts[0].split(separator: ".").count
        return parts[0] + String(repeating: ".0", count: missing) + (parts.count > 1 ? "-\(parts[1])" : "")
    }
}
