import Foundation
import WeightFiles

/// Writing a file so that whoever is killed meanwhile, or loses power, leaves either the old file or the new one.
package enum AtomicFile {
    /// - Throws: ``SafetensorsError/unwritable(file:reason:)``.
    package static func write(_ data: Data, to path: String) throws {
        let temporary = path + ".\(ProcessInfo.processInfo.processIdentifier).partial"
        func failure() -> SafetensorsError { .unwritable(file: path, reason: String(cString: strerror(errno))) }
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0 else { throw failure() }
        var isDone = false
        defer { if !isDone { unlink(temporary) } }
        let isWritten = data.withUnsafeBytes { bytes -> Bool in
            var place = 0
            while place < bytes.count {
                let count = Foundation.write(descriptor, bytes.baseAddress! + place, bytes.count - place)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                place += count
            }
            return fsync(descriptor) == 0
        }
        guard isWritten else {
            let error = failure()
            close(descriptor)
            throw error
        }
        guard close(descriptor) == 0, rename(temporary, path) == 0 else { throw failure() }
        isDone = true
        // The new name, too, is to survive a loss of power.
        let folder = open(path.lastIndex(of: "/").map { String(path[...$0]) } ?? ".", O_RDONLY)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }
}
