import Foundation

/// The bytes of a file, mapped into memory and read-only: pages are read when they are touched, and all processes that map the same
/// file share them.
///
///     let file = try FileBytes(mapping: "weights.bin")
///     let kernel = Tensor(shape: [7, 7, 3, 64], in: file, at: 0)     // a view: nothing is copied
///
/// **When somebody changes the file meanwhile.** Programs that replace a file by renaming another over it (as everything in Hooke does)
/// are harmless: the mapping keeps the old file. A file that is overwritten in place is not: its new bytes may appear in what was not
/// yet read, and where it was cut the system has nothing to give and sends SIGBUS. No reader can prevent that without a copy; so
/// `hasChanged` tells, and weight files ask it before every tensor. What was read through a view after that ends a notebook's cell
/// as a bad pointer does: the kernel and the other cells go on.
public final class FileBytes: @unchecked Sendable {
    // @unchecked: the bytes are only read from the end of `init` to `deinit`, and all properties are constant.

    /// What the file is called in errors.
    public let name: String
    /// The number of bytes.
    public let count: Int
    @usableFromInline let base: UnsafeRawPointer
    private let ownership: Ownership

    private enum Ownership {
        case mapping(descriptor: Int32, seconds: Int, nanoseconds: Int)
        case allocation
    }

    /// Why a file cannot be mapped.
    public struct Failure: Error, CustomStringConvertible, Equatable, Sendable {
        public let file, reason: String
        public var description: String { "\(file) cannot be read: \(reason)" }
    }

    /// Maps a file.
    /// - Throws: ``Failure`` unless it is a regular file that may be read; reading a pipe or a device might never end.
    public init(mapping path: String) throws(Failure) {
        func failure(_ reason: String = String(cString: strerror(errno))) -> Failure { Failure(file: path, reason: reason) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw errno == ENOENT ? failure("there is no such file") : failure() }
        var isDone = false
        defer { if !isDone { close(descriptor) } }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure() }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw failure(status.st_mode & S_IFMT == S_IFDIR ? "it is a folder" : "it is not a regular file")
        }
        name = path
        count = Int(status.st_size)
        if count > 0 {
            guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else { throw failure() }
            base = UnsafeRawPointer(start)
        } else {
            base = UnsafeRawPointer(UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64))
        }
        ownership = .mapping(descriptor: descriptor, seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
        isDone = true
    }

    /// A copy of bytes in memory.
    public init(_ data: Data, name: String) {
        (self.name, count) = (name, data.count)
        let copy = UnsafeMutableRawPointer.allocate(byteCount: max(64, data.count), alignment: 64)
        data.copyBytes(to: UnsafeMutableRawBufferPointer(start: copy, count: data.count))
        base = UnsafeRawPointer(copy)
        ownership = .allocation
    }

    deinit {
        guard case .mapping(let descriptor, _, _) = ownership else { return base.deallocate() }
        close(descriptor)
        if count > 0 { munmap(UnsafeMutableRawPointer(mutating: base), count) } else { base.deallocate() }
    }

    /// Whether somebody wrote into the file, or cut it, since it was mapped.
    public var hasChanged: Bool {
        guard case .mapping(let descriptor, let seconds, let nanoseconds) = ownership else { return false }
        var status = stat()
        return fstat(descriptor, &status) != 0 || Int(status.st_size) != count || status.st_mtim.tv_sec != seconds
            || status.st_mtim.tv_nsec != nanoseconds
    }

    /// Calls `body` with all bytes.
    @inlinable
    public func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        defer { extendLifetime(self) }
        return try body(UnsafeRawBufferPointer(start: base, count: count))
    }
}
