import CSodium
import Foundation

/// Signs messages with HMAC-SHA256 over their four dictionaries, in lower-case hexadecimal digits. Buffers are not covered: the
/// protocol leaves them out.
public struct MessageSigner: Sendable {
    /// The error of a signature scheme that Hooke does not have.
    public struct UnsupportedScheme: Error, Equatable, CustomStringConvertible, Sendable {
        public let scheme: String
        public var description: String {
            "signature scheme \"\(scheme)\" is not supported; set signature_scheme to \"hmac-sha256\" in the connection file"
        }
    }

    private let key: [UInt8]

    /// A signer with the key of a connection; with an empty key messages are not signed, and the scheme does not matter.
    /// - Throws: ``UnsupportedScheme`` for any scheme but `hmac-sha256`.
    public init(key: String, scheme: String = "hmac-sha256") throws(UnsupportedScheme) {
        guard scheme == "hmac-sha256" || key.isEmpty else { throw UnsupportedScheme(scheme: scheme) }
        _ = sodium_init()
        self.key = Array(key.utf8)
    }

    /// Whether messages are signed at all.
    public var isSigning: Bool { !key.isEmpty }

    /// The signature of the parts in their order: 64 hexadecimal digits, or nothing without a key.
    public func signature(of parts: [Data]) -> Data {
        guard isSigning else { return Data() }
        var state = crypto_auth_hmacsha256_state()
        crypto_auth_hmacsha256_init(&state, key, key.count)
        for part in parts {
            part.withUnsafeBytes { bytes in
                _ = crypto_auth_hmacsha256_update(&state, bytes.bindMemory(to: UInt8.self).baseAddress, UInt64(bytes.count))
            }
        }
        var digest = [UInt8](repeating: 0, count: Int(crypto_auth_hmacsha256_BYTES))
        crypto_auth_hmacsha256_final(&state, &digest)
        let digits = Array("0123456789abcdef".utf8)
        return Data(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    /// Whether the signature is that of the parts, found out in a time that does not depend on where it differs.
    public func isValid(signature: Data, of parts: [Data]) -> Bool {
        guard isSigning else { return true }
        let expected = Array(self.signature(of: parts))
        let given = Array(signature)
        return given.count == expected.count && sodium_memcmp(given, expected, expected.count) == 0
    }
}
