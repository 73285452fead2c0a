import CSodium
import Foundation
import Tensors

/// The SHA-256 of files, texts and tensors.
public enum FileDigest {
    /// The SHA-256 of a file as 64 hexadecimal digits, read a megabyte at a time.
    ///
    ///     try FileDigest.sha256("googlenet-1378be20.pth").prefix(8)      // "1378be20"
    ///
    /// - Throws: ``ModelFileError/unreadable(path:reason:)``.
    public static func sha256(_ path: String) throws -> String {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw ModelFileError.unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        defer { try? handle.close() }
        var state = crypto_hash_sha256_state()
        crypto_hash_sha256_init(&state)
        do {
            while let part = try handle.read(upToCount: 1 << 20), !part.isEmpty {
                part.withUnsafeBytes { bytes in
                    _ = crypto_hash_sha256_update(&state, bytes.bindMemory(to: UInt8.self).baseAddress, UInt64(bytes.count))
                }
            }
        } catch { throw ModelFileError.unreadable(path: path, reason: error.localizedDescription) }
        return finish(&state)
    }

    /// The SHA-256 of a text.
    package static func sha256(of text: String) -> String {
        var state = crypto_hash_sha256_state()
        crypto_hash_sha256_init(&state)
        let bytes = Array(text.utf8)
        crypto_hash_sha256_update(&state, bytes, UInt64(bytes.count))
        return finish(&state)
    }

    /// The SHA-256 of a tensor: of its shape and the bytes of its elements.
    package static func sha256(of tensor: Tensor) -> String {
        var state = crypto_hash_sha256_state()
        crypto_hash_sha256_init(&state)
        let shape = Array("\(tensor.shape)".utf8)
        crypto_hash_sha256_update(&state, shape, UInt64(shape.count))
        tensor.withUnsafeScalars { scalars in
            let bytes = UnsafeRawBufferPointer(scalars).bindMemory(to: UInt8.self)
            if let base = bytes.baseAddress { _ = crypto_hash_sha256_update(&state, base, UInt64(bytes.count)) }
        }
        return finish(&state)
    }

    static func finish(_ state: inout crypto_hash_sha256_state) -> String {
        var digest = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_BYTES))
        crypto_hash_sha256_final(&state, &digest)
        return digest.map { String(format: "%02x", $0) }.joined()
    }
}
