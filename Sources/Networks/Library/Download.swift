import CTransfer
import Foundation
import RichDisplay

/// A file downloaded into `<path>.part`, which becomes `path` when it is whole and right. A download that was stopped goes on where it was.
///
///     let url = "https://download.pytorch.org/models/googlenet-1378be20.pth"
///     try Download(url: url, path: "googlenet.pth", sha256: "1378be20").run { print($0) }      // "12.0 of 52.1 MB"
///
/// Beside the part lies what the server called that version of the file (`<path>.part.tag`), so that never two versions are put together.
/// libcurl does the work; it is loaded by the first download.
public struct Download: Sendable {
    /// How far it is.
    public struct Progress: Sendable, CustomStringConvertible {
        public let received: Int
        /// Nil when the server does not say.
        public let total: Int?

        public var description: String {
            func megabytes(_ bytes: Int) -> String { String(format: "%.1f", Double(bytes) / 1e6) }
            return total.map { "\(megabytes(received)) of \(megabytes($0)) MB" } ?? "\(megabytes(received)) MB"
        }
    }

    public let url: String
    public let path: String
    /// The SHA-256 that the file must have, or its first digits.
    public let sha256: String?

    public init(url: String, path: String, sha256: String? = nil) { (self.url, self.path, self.sha256) = (url, path, sha256) }

    /// Downloads the file.
    /// - Parameter progress: called a few times a second.
    /// - Returns: the SHA-256 of the file.
    /// - Throws: ``ModelFileError``, `Interrupted`.
    @discardableResult
    public func run(progress: (Progress) -> Void = { _ in }) throws -> String {
        let folder = (path as NSString).deletingLastPathComponent
        do { try FileManager.default.createDirectory(atPath: folder.isEmpty ? "." : folder, withIntermediateDirectories: true) } catch {
            throw ModelFileError.unwritable(path: folder, reason: error.localizedDescription)
        }
        // Whoever comes second downloads into a part of its own. A lock ends with its process.
        var part = path + ".part"
        var descriptor = open(part, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        if descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            close(descriptor)
            part = path + ".\(ProcessInfo.processInfo.processIdentifier)-\(UInt32.random(in: 0...UInt32.max)).part"
            descriptor = open(part, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        }
        guard descriptor >= 0 else { throw ModelFileError.unwritable(path: part, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        let tag = part + ".tag"
        try withoutActuallyEscaping(progress) { progress in
            let receiver = Receiver(descriptor: descriptor, progress: progress)
            receiver.tag = (try? String(contentsOfFile: tag, encoding: .utf8)).flatMap { $0.isEmpty ? nil : $0 }
            // A part that nobody can tell the version of is worth nothing.
            if receiver.tag == nil { try receiver.restart() }
            try receive(receiver, tagFile: tag)
        }
        guard fsync(descriptor) == 0 else { throw ModelFileError.unwritable(path: part, reason: String(cString: strerror(errno))) }
        let digest = try FileDigest.sha256(part)
        if let sha256, !digest.hasPrefix(sha256.lowercased()) {
            unlink(part)
            unlink(tag)
            throw ModelFileError.digest(file: url, expected: sha256, found: digest)
        }
        guard rename(part, path) == 0 else { throw ModelFileError.unwritable(path: path, reason: String(cString: strerror(errno))) }
        unlink(tag)
        return digest
    }

    private func receive(_ receiver: Receiver, tagFile: String) throws {
        let from = receiver.received
        var status = 0
        var reason = [CChar](repeating: 0, count: 256)
        let range = from > 0 ? "\(from)-" : nil, condition = from > 0 ? receiver.tag : nil
        receiver.tagFile = tagFile
        let result = withExtendedLifetime(receiver) {
            url.withCString { url in
                Self.withOptional(range) { range in
                    Self.withOptional(condition) { condition in
                        var transfer = transfer(
                            url: url, range: range, if_range: condition, context: Unmanaged.passUnretained(receiver).toOpaque(),
                            header: { Receiver.of($0)?.header(UnsafeRawBufferPointer(start: $1, count: $2)) },
                            body: { Receiver.of($0)?.body(status: $1, UnsafeRawBufferPointer(start: $2, count: $3)) ?? 1 },
                            tick: { Receiver.of($0)?.tick() ?? 1 })
                        return transfer_run(&transfer, &status, &reason)
                    }
                }
            }
        }
        func failure(_ reason: String) -> ModelFileError { .download(url: url, reason: reason, path: path) }
        switch result {
        case TRANSFER_DONE:
            if let total = receiver.total, receiver.received < total {
                throw ModelFileError.cut(url: url, received: receiver.received, expected: total)
            }
        case TRANSFER_STOPPED:
            if let error = receiver.error { throw error }
            throw Interrupted()
        case TRANSFER_REFUSED where status == 416 && from > 0:
            // The part is whole already, or not of this file.
            if receiver.wholeCount == from { return }
            try receiver.restart()
            try receive(receiver, tagFile: tagFile)
        case TRANSFER_REFUSED: throw failure("the server answered \(status)")
        case TRANSFER_NO_LIBRARY:
            throw failure("libcurl is not installed (Debian and Ubuntu: apt-get install libcurl4)")
        default:
            if let total = receiver.total, receiver.received > 0, receiver.received < total {
                throw ModelFileError.cut(url: url, received: receiver.received, expected: total)
            }
            let message = reason.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
            throw failure(message.isEmpty ? "the connection failed" : message)
        }
    }

    private static func withOptional<R>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> R) -> R {
        guard let text else { return body(nil) }
        return text.withCString { body($0) }
    }
}

/// What arrives, on its way into the part file.
private final class Receiver {
    let descriptor: Int32
    let progress: (Download.Progress) -> Void
    private(set) var received = 0
    private(set) var total: Int?
    /// The length of the whole file, as a refusal of a range says it.
    private(set) var wholeCount: Int?
    private(set) var error: ModelFileError?
    /// The server's name for this version of the file: an entity tag, or a date.
    var tag: String?
    var tagFile = ""
    private var hasBegun = false
    private var headers: [String: String] = [:]
    private var shown = Date.distantPast

    init(descriptor: Int32, progress: @escaping (Download.Progress) -> Void) {
        (self.descriptor, self.progress) = (descriptor, progress)
        received = max(0, Int(lseek(descriptor, 0, SEEK_END)))
    }

    static func of(_ context: UnsafeMutableRawPointer?) -> Receiver? {
        context.map { Unmanaged<Receiver>.fromOpaque($0).takeUnretainedValue() }
    }

    func restart() throws {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw ModelFileError.unwritable(path: tagFile, reason: String(cString: strerror(errno)))
        }
        (received, total, wholeCount, tag, hasBegun) = (0, nil, nil, nil, false)
        if !tagFile.isEmpty { unlink(tagFile) }
    }

    func header(_ bytes: UnsafeRawBufferPointer) {
        let line = String(decoding: bytes.prefix(8192), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        if line.hasPrefix("HTTP/") { headers = [:] }
        guard let colon = line.firstIndex(of: ":") else { return }
        headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        // "bytes */51200" beside the refusal of a range
        if let range = headers["content-range"], range.hasPrefix("bytes */") { wholeCount = Int(range.dropFirst(8)) }
    }

    func body(status: Int, _ bytes: UnsafeRawBufferPointer) -> Int32 {
        if !hasBegun {
            guard begin(status: status) else { return 1 }
        }
        var place = 0
        while place < bytes.count {
            let count = write(descriptor, bytes.baseAddress! + place, bytes.count - place)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                error = .unwritable(path: String(tagFile.dropLast(4)), reason: String(cString: strerror(errno)))
                return 1
            }
            place += count
        }
        received += bytes.count
        return tick()
    }

    /// Looks at the header of the answer before its first bytes are kept.
    private func begin(status: Int) -> Bool {
        hasBegun = true
        if status == 206 {
            // "bytes 1024-51199/51200"
            let parts = (headers["content-range"] ?? "").dropFirst(6).split { $0 == "-" || $0 == "/" }
            guard parts.first.flatMap({ Int($0) }) == received else {
                error = .download(url: "the server", reason: "it answered with another part of the file than was asked for", path: tagFile)
                return false
            }
            total = parts.count == 3 ? Int(parts[2]) : nil
        } else {
            // The whole file, from the beginning: the server knows no ranges, or has another version by now.
            do { try restart() } catch {
                self.error = error as? ModelFileError
                return false
            }
            hasBegun = true
            total = headers["content-encoding"] == nil ? headers["content-length"].flatMap { Int($0) } : nil
        }
        // Weak tags name versions that mean the same, not the same bytes.
        let name = headers["etag"].flatMap { $0.hasPrefix("W/") ? nil : $0 } ?? headers["last-modified"]
        if let name, name.utf8.count < 400 { try? name.write(toFile: tagFile, atomically: true, encoding: .utf8) }
        return true
    }

    func tick() -> Int32 {
        if Interruption.isRequested { return 1 }
        if Date().timeIntervalSince(shown) > 0.2, received > 0 {
            shown = Date()
            progress(Download.Progress(received: received, total: total))
        }
        return 0
    }
}
