import Foundation

/// Writes files so that readers, and whoever looks after a crash, find the old content or the new, never a part.
public enum AtomicFile {
    /// Replaces the content of a file, or makes it. A link is followed; the permissions of an existing file stay.
    /// - Throws: ``NotebookError``.
    public static func write(_ data: Data, to path: String) throws(NotebookError) {
        // Renaming over a link would replace the link.
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let folder = (target as NSString).deletingLastPathComponent
        let temporary = "\(folder)/.\((target as NSString).lastPathComponent.prefix(60)).\(getpid())-\(UInt32.random(in: 0 ... .max))"
        func failure() -> NotebookError {
            NotebookError(
                file: path, problem: "cannot be written (\(String(cString: strerror(errno))))",
                mend: "Choose a folder that exists, that you may write to, and that has room: -o FILE")
        }
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure() }
        var isDone = false
        defer {
            close(descriptor)
            if !isDone { unlink(temporary) }
        }
        var existing = stat()
        if stat(target, &existing) == 0 { _ = fchmod(descriptor, existing.st_mode & 0o7777) }
        let isWritten = data.withUnsafeBytes { bytes in
            var position = 0
            while position < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + position }, bytes.count - position)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return false }
                position += count
            }
            return true
        }
        // Without fsync a power failure could keep the new name and lose the content.
        guard isWritten, fsync(descriptor) == 0, rename(temporary, target) == 0 else { throw failure() }
        isDone = true
    }
}
